"""Real clients must answer through Sluice as they do directly; `./dev conformance` plays more of them, and more upstreams."""

import pytest

from conformance.clients import CLIENTS, Client, databases_of
from conformance.compare import reason
from conformance.run import play_all
from conformance.sides import MASKED, Sides
from conftest import through_sluice_only

QUICK = [client for client in CLIENTS if client.quick]
pytestmark = [through_sluice_only, pytest.mark.timeout(170)]


@pytest.fixture(scope="module")
def sides():
    with Sides([*databases_of(QUICK), MASKED]) as sides:
        yield sides


@pytest.mark.parametrize("client", QUICK, ids=[client.name for client in QUICK])
def test_a_client_cannot_tell_sluice_from_postgresql(sides: Sides, client: Client):
    client.prepare()
    row = play_all(sides, client)
    assert [str(difference) for difference in row.differences if reason(difference) is None] == []
