"""The worlds that scenarios are played in, and their gateways."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg

from harness import Postgres, Sluice
from harness.canaries import Canaries
from harness.shop import (DATABASE, PASSWORDS, SCHEMA, TOKENS, UPSTREAM_PASSWORD, agents_only, load_script, narrow_role, rows,
                          shop_config, shop_secrets)
from harness.wire import Wire

from . import corners, stored_code

AGENT = "hasty-bot"  # held statements fail at once instead of waiting for somebody
MORE = (stored_code, corners)  # what the worlds hold besides the shop


def _config(server: Postgres) -> dict:
    config = shop_config(server)
    for more in MORE:
        config["tags"][DATABASE] |= more.TAGS
    config["rules"][0]["actions"].append("code")
    config["rules"][0]["tables"].append("lab.*")
    return config


class World:
    """One database and, unless `direct`, a Sluice in front of it."""

    def __init__(self, server: Postgres, seed: int, masked: bool, direct: bool, directory: Path, narrow: bool = False):
        self.server = server
        self.direct = direct
        self._script = "\n".join([load_script(seed, masked), *(more.load_script(seed, masked) for more in MORE)])
        data, secrets = rows(seed)
        for more in MORE:
            secrets.values |= more.rows(seed, masked)[1]
        samples = corners.rows(seed, masked)[0]["lab.samples"]
        self.canaries = Canaries(secrets, seed)
        self.guessable = {"email": {row[0]: row[2] for row in data["public.customers"]},
                          "card": {row[0]: row[2] for row in data["public.cards"]},
                          "salary": {row[1]: row[2] for row in data["hr.salaries"]},
                          "ssn": {row[0]: row[2] for row in data["public.people"]},
                          "sample": {row[0]: row[2] for row in samples}}
        server.start()
        server.execute(self._script, DATABASE)
        self._admin = psycopg.connect(server.admin_dsn(DATABASE), autocommit=True)
        self._clean = self._next_transaction()
        config = agents_only(_config(server)) if narrow else _config(server)
        if narrow:
            narrow_role(server, config)
        self.gateway = None if direct else Sluice(config, directory, secrets=shop_secrets(), passwords=PASSWORDS, tokens=TOKENS).start()

    def connect(self, identity: str = "") -> Wire:
        if self.gateway is None:
            return Wire(self.server.port, timeout=10).login("sluice_upstream", UPSTREAM_PASSWORD, DATABASE)
        return Wire(self.gateway.port, timeout=10).login(identity or AGENT, PASSWORDS[identity or AGENT], DATABASE)

    def is_dirty(self) -> bool:
        """Has anything been written since the rows were loaded?"""
        return self._next_transaction() != self._clean

    def reload(self) -> None:
        self._admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sluice_upstream' AND state LIKE 'idle in%'")
        self.server.execute(self._script, DATABASE)
        self._clean = self._next_transaction()

    def close(self) -> None:
        self._admin.close()
        if self.gateway:
            self.gateway.stop()
        self.server.__exit__()

    def _next_transaction(self) -> str:
        return str(self._admin.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())").fetchone()[0])


class Worlds:
    """`left` and `right` differ in masked cells only; `reference` is `left` as an agent ought to see it, without a gateway."""

    def __init__(self, *, direct: bool = False, narrow: bool = False):
        """`narrow`: the upstream role of the worlds behind a gateway has the fewest privileges that do."""
        self._directory = tempfile.TemporaryDirectory(prefix="sluice-worlds-")
        template = Postgres()
        template.start()
        template.execute(f"CREATE DATABASE {DATABASE}")
        template.execute(SCHEMA.read_text(), DATABASE)
        for more in MORE:
            template.execute(more.SCHEMA.read_text(), DATABASE)
        template.stop()
        plans = {"left": (1, False, direct), "right": (2, False, direct), "reference": (1, True, True)}
        made = {name: World(Postgres(copy_of=template), seed, masked, no_gateway, Path(self._directory.name) / name, narrow and not no_gateway)
                for name, (seed, masked, no_gateway) in plans.items()}
        template.__exit__()
        self.left, self.right, self.reference = made["left"], made["right"], made["reference"]
        self._pool = ThreadPoolExecutor(3)

    def __enter__(self) -> "Worlds":
        return self

    def __exit__(self, *_) -> None:
        for world in self.all():
            world.close()
        self._directory.cleanup()

    def all(self) -> list[World]:
        return list(dict.fromkeys([self.left, self.right, self.reference]))

    def in_each(self, worlds: list[World], action) -> list:
        return list(self._pool.map(action, worlds))

    def clean(self, worlds: list[World]) -> None:
        """Loads the rows anew in all given worlds if any of them was written to, so that they stay alike."""
        if any(world.is_dirty() for world in worlds):
            self.in_each(worlds, World.reload)
