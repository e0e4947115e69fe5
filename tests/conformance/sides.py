"""The sides on which a client plays its scenarios: PostgreSQL directly, and the same files of a database behind Sluice, once per grade of policy."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from harness import Postgres, Sluice, find_binary
from harness.credentials import scram_verifier
from harness.sluice import as_yaml

HERE = Path(__file__).parent
OWNER, PASSWORD = "app", "app wire password"
MASKED = "contacts"  # the database whose columns are tagged
FUNCTIONS = [f"public.{name}" for name in ("add_one", "titles_of", "fail_with", "remark", "cursor_on_books", "bump")]
EVERYTHING = {
    "governed": [{"id": "all", "effect": "allow", "groups": ["everybody"]}],
    "audit_only": [{"id": "all", "effect": "audit_only", "groups": ["everybody"]}],
}
MASKS = [
    {"id": "tokens", "effect": "mask", "groups": ["everybody"], "databases": [MASKED], "tags": ["pii"], "mask": {"token": "tok-"}},
    {"id": "last-four", "effect": "mask", "groups": ["everybody"], "databases": [MASKED], "tags": ["pci"],
     "mask": {"partial": {"keep_last": 4, "fill": "*", "fill_count": 12}}},
    {"id": "hidden", "effect": "mask", "groups": ["everybody"], "databases": [MASKED], "tags": ["secret"], "mask": "null"},
]
TAGS = {f"public.contacts.{column}": [tag] for column, tag in
        {"email": "pii", "phone": "pii", "card": "pci", "salary": "secret", "notes": "secret", "born": "secret"}.items()}


@dataclass
class Side:
    name: str  # "direct" or a grade
    server: Postgres
    gateway: Sluice | None = None

    @property
    def port(self) -> int:
        return self.gateway.port if self.gateway else self.server.port

    def environment(self, database: str) -> dict[str, str]:
        """What libpq and most drivers read."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return kept | {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": OWNER, "PGPASSWORD": PASSWORD, "PGDATABASE": database,
                       "PSQLRC": "/dev/null", "LC_ALL": "C.UTF-8", "TZ": "UTC", "PGTZ": "UTC", "PYTHONDONTWRITEBYTECODE": "1"}

    def stop(self) -> None:
        if self.gateway:
            self.gateway.stop()
        self.server.__exit__()


class Sides:
    """A server for each side, alike in all files, with a database for each client. `direct` is the measure of the others."""

    def __init__(self, databases: list[str], grades: list[str] | None = None, postgres=Postgres):
        self._directory = tempfile.TemporaryDirectory(prefix="sluice-sides-")
        memory = _in_memory()
        template = postgres(parent=memory)
        template.start()
        _fill(template, databases)
        template.stop()
        self.upstream = template.data.joinpath("PG_VERSION").read_text().strip()
        self.direct = Side("direct", postgres(copy_of=template, parent=memory))
        self.governed = [Side(grade, postgres(copy_of=template, parent=memory)) for grade in (grades or available_grades())]
        template.__exit__()
        for side in (self.direct, *self.governed):
            side.server.start()
        for database in {MASKED} & set(databases):
            _load_contacts(self.direct.server, database, shown=True)
            for side in self.governed:
                _load_contacts(side.server, database, shown=False)
        for side in self.governed:
            directory = Path(self._directory.name) / side.name
            side.gateway = Sluice(sluice_config(side.name, side.server.port, databases), directory, secrets={"secrets/password": PASSWORD})
            side.gateway.start()

    def __enter__(self) -> "Sides":
        return self

    def __exit__(self, *_) -> None:
        for side in (self.direct, *self.governed):
            side.stop()
        self._directory.cleanup()


def available_grades() -> list[str]:
    """The grades of policy that this Sluice knows."""
    return [grade for grade in EVERYTHING if _is_known(grade)]


def _is_known(grade: str) -> bool:
    with tempfile.TemporaryDirectory(prefix="sluice-grade-") as directory:
        path = Path(directory) / "sluice.yaml"
        (Path(directory) / "secrets").mkdir()
        password = Path(directory) / "secrets/password"
        password.touch(mode=0o600)
        password.write_text(PASSWORD)
        path.write_text(as_yaml({"listen": [{"address": "127.0.0.1", "port": 1}], "admin": {"address": "127.0.0.1", "port": 2},
                                 "store": {"path": "store.db"}, "audit": {"directory": "audit"}} | sluice_config(grade, 3, ["x"])))
        return subprocess.run([str(find_binary()), "check-config", str(path)], capture_output=True, cwd=directory).returncode == 0


def sluice_config(grade: str, port: int, databases: list[str]) -> dict:
    """Everything is allowed to one identity, who is known upstream by the same name; in the database `contacts` some columns are masked."""
    config = {
        "databases": {name: {"host": "127.0.0.1", "port": port, "database": name, "user": OWNER, "password_file": "secrets/password",
                             "tls": "disable", "upstream_privileges": "warn"} for name in databases},  # it owns all tables
        "identities": [{"id": OWNER, "kind": "person", "groups": ["everybody"], "scram_verifier": scram_verifier(PASSWORD)}],
        "rules": [rule | ({"databases": [name for name in databases if name != MASKED] or databases} if grade == "audit_only" else {})
                  for rule in EVERYTHING[grade]],
        "functions": FUNCTIONS,
    }
    if MASKED in databases:
        config["rules"] += MASKS + (EVERYTHING["governed"] if grade == "audit_only" else [])
        config["rules"][-1] = config["rules"][-1] | ({"id": "masked", "databases": [MASKED]} if grade == "audit_only" else {})
        config["tags"] = {MASKED: TAGS}
    return config


def _in_memory() -> Path | None:
    """The servers hold tens of thousands of small files, which some disks are slow to make and remove."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > 2 << 30 else None


def _fill(server: Postgres, databases: list[str]) -> None:
    server.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB CREATEROLE PASSWORD '{PASSWORD}'; CREATE DATABASE pattern OWNER {OWNER}")
    server.execute(f"SET ROLE {OWNER}; {(HERE / 'schema.sql').read_text()}", "pattern")
    for name in databases:
        server.execute(f'CREATE DATABASE "{name}" OWNER {OWNER} TEMPLATE pattern')


def _load_contacts(server: Postgres, database: str, shown: bool) -> None:
    server.execute(f"SET ROLE {OWNER};\n\\set shown {'on' if shown else 'off'}\n{(HERE / 'contacts.sql').read_text()}", database)
