"""One PostgreSQL with the sample shop and one Sluice before it, for all tests of a run.

SLUICE_DIRECT=1 points the same tests at PostgreSQL itself: what they expect of a driver must hold there too.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness import Postgres, Sluice
from harness.shop import PASSWORDS, TOKENS, create_shop, rows, shop_config, shop_secrets
from harness.wire import Wire

DIRECT = os.environ.get("SLUICE_DIRECT") == "1"
through_sluice_only = pytest.mark.skipif(DIRECT, reason="PostgreSQL alone neither masks nor holds")


class Shop:
    """Where the drivers connect, and what an agent must see there."""

    def __init__(self, upstream: Postgres, gateway: Sluice | None):
        self.upstream = upstream
        self._gateway = gateway
        self.port = gateway.port if gateway else upstream.port
        self.host, self.database, self.user, self.password = "127.0.0.1", "shop", "support-bot", PASSWORDS["support-bot"]
        self._customers = rows(1)[0]["public.customers"]

    @property
    def gateway(self) -> Sluice:
        assert self._gateway, "this test needs Sluice"
        return self._gateway

    def dsn(self, user: str = "support-bot", **parameters) -> str:
        words = {"host": self.host, "port": self.port, "user": user, "password": PASSWORDS[user], "dbname": self.database} | parameters
        return " ".join(f"{name}='{value}'" for name, value in words.items())

    def environment(self, user: str = "support-bot") -> dict[str, str]:
        """For programs that use libpq or read the same variables."""
        return os.environ | {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": user, "PGPASSWORD": PASSWORDS[user],
                             "PGDATABASE": self.database, "PSQLRC": "/dev/null", "LC_ALL": "C.UTF-8"}

    def wire(self, user: str = "support-bot", **parameters) -> Wire:
        return Wire(self.port).login(user, PASSWORDS[user], self.database, **parameters)

    def email(self, customer: int) -> str:
        """What an agent finds in customers.email."""
        return f"tok-{customer}" if self._gateway else self._customers[customer - 1][2]

    @contextmanager
    def approving(self, statement_part: str, by: str = "bob") -> Iterator[None]:
        """While the block runs, an approver waits for a held statement with this text and approves it."""
        if not self._gateway:
            yield
            return
        failures: list[BaseException] = []

        def approve() -> None:
            try:
                approver = self.gateway.approver(by)
                approver.approve(approver.wait_for_pending(statement_part)["id"], "looks right")
            except BaseException as failure:  # reported by the test's own thread
                failures.append(failure)

        person = threading.Thread(target=approve)
        person.start()
        try:
            yield
        finally:
            person.join()
        if failures:
            raise failures[0]


@pytest.fixture(scope="session")
def upstream() -> Iterator[Postgres]:
    with Postgres() as server:
        create_shop(server)
        for name, password in PASSWORDS.items():
            server.execute(f"CREATE ROLE \"{name}\" LOGIN PASSWORD '{password}' IN ROLE sluice_upstream")
        yield server


@pytest.fixture(scope="session")
def shop(upstream: Postgres, tmp_path_factory) -> Iterator[Shop]:
    if DIRECT:
        yield Shop(upstream, None)
        return
    directory = tmp_path_factory.mktemp("gateway")
    with Sluice(shop_config(upstream), directory, secrets=shop_secrets(), passwords=PASSWORDS, tokens=TOKENS) as gateway:
        yield Shop(upstream, gateway)
        gateway.check_running()


@pytest.fixture
def own_gateway(upstream: Postgres, tmp_path: Path):
    """Makes a Sluice for one test, which may break it: own_gateway(**changes of the configuration)."""
    if DIRECT:
        pytest.skip("needs Sluice")
    made: list[Sluice] = []

    def make(server: Postgres = upstream, wrapper: list[str] | None = None, **changes) -> Sluice:
        gateway = Sluice(shop_config(server, **changes), tmp_path / f"gateway{len(made)}", secrets=shop_secrets(), passwords=PASSWORDS,
                         tokens=TOKENS, wrapper=wrapper)
        made.append(gateway)
        return gateway

    yield make
    for gateway in made:
        gateway.stop()
