"""A short soak; `./dev soak` runs as long as one likes."""

import os

import pytest

from conftest import through_sluice_only
from soak.soak import Soak

pytestmark = [through_sluice_only, pytest.mark.timeout(280)]


@pytest.mark.parametrize("kills", [True, False], ids=["with kills", "without kills"])
def test_nothing_leaks_and_nothing_is_lost(kills):
    with Soak(int(os.environ.get("SLUICE_SEED", "7")), kills) as soak:
        soak.run(12)
        assert soak.findings() == [], soak.summary()
