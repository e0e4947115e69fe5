"""The clients: programs that play scenarios on the connection that their environment names, and print what they saw.

A program prints `== NAME` before the result of each scenario and `!! why` where one did not get to its end.
"""

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from harness.postgres import BINARIES

from .sides import Side

HERE = Path(__file__).parent / "clients"
BUILT = Path(__file__).resolve().parents[2] / "build/conformance"
PYTHON = "/usr/bin/python3"
TIMEOUT = 170.0  # seconds for all scenarios of a client


@dataclass(frozen=True)
class Client:
    name: str
    command: list[str]
    version: list[str]  # a command that prints it
    directory: Path = HERE
    masks: bool = True  # has scenarios about masked columns
    quick: bool = True  # is part of ./dev test
    prepare: Callable[[], None] = lambda: None
    environment: dict[str, str] = field(default_factory=dict)
    databases: tuple[str, ...] = ()  # more databases than that of its name

    def play(self, side: Side, masked: bool = False) -> dict[str, str]:
        """The result of every scenario. A program that ends early leaves a scenario called "to the end" undone."""
        environment = side.environment("contacts" if masked else self.name) | self.environment
        try:
            done = subprocess.run([*self.command, *(["masked"] if masked else [])], cwd=self.directory, env=environment, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, errors="replace", stdin=subprocess.DEVNULL, timeout=TIMEOUT)
        except subprocess.TimeoutExpired as late:
            out = late.stdout or b""
            return read_results(out.decode(errors="replace") if isinstance(out, bytes) else out) | {"to the end": "!! not within its time"}
        results = read_results(done.stdout)
        if done.returncode or not results:
            results["to the end"] = f"!! status {done.returncode}: {done.stderr[-2000:]}"
        return results

    def installed_version(self) -> str:
        done = subprocess.run(self.version, cwd=self.directory, text=True, capture_output=True)
        return re.sub(r".*\(PostgreSQL\) (\S+).*", r"\1", done.stdout.strip()) or "unknown"


def read_results(text: str) -> dict[str, str]:
    results: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("== "):
            name = line[3:]
            results[name] = ""
        elif name:
            results[name] += line + "\n"
    return results


def version_of(package: str) -> str:
    """Of a Debian package, whether it is installed or not."""
    shown = subprocess.run(["apt-cache", "show", "--no-all-versions", package], text=True, capture_output=True).stdout
    return next((line.split()[1] for line in shown.splitlines() if line.startswith("Version:")), "unknown")


def debian(package: str) -> list[str]:
    return ["dpkg-query", "-W", "-f", "${Version}", package]


def python(program: str) -> list[str]:
    return [PYTHON, str(HERE / "python" / program)]


def npm_packages() -> None:
    stamp = HERE / "node/node_modules/.package-lock.json"
    if not stamp.exists() or stamp.stat().st_mtime < (HERE / "node/package-lock.json").stat().st_mtime:
        _make(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], HERE / "node")


def npm(package: str) -> list[str]:
    return ["node", "-p", f"JSON.parse(require('fs').readFileSync('node/node_modules/{package}/package.json')).version"]


def java_classes() -> None:
    _make(["javac", "-encoding", "UTF-8", "-cp", str(JDBC), "-d", str(BUILT / "java"), "java/UseJdbc.java"])


def go_program() -> None:
    _make(["go", "build", "-o", str(BUILT / "use_pq"), "./go"], GO111MODULE="off", GOPATH="/usr/share/gocode", GOCACHE=str(BUILT / "go-cache"))


def _make(command: list[str], directory: Path = HERE, **environment: str) -> None:
    BUILT.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, cwd=directory, text=True, capture_output=True, env=os.environ | environment)
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stdout}{done.stderr}")


JDBC = Path("/usr/share/java/postgresql.jar")
CLIENTS = [
    Client("psql", python("use_psql.py"), [str(BINARIES / "psql"), "--version"]),
    Client("pg_dump", python("use_pg_dump.py"), [str(BINARIES / "pg_dump"), "--version"], masks=False, databases=("restored",)),
    Client("pgbench", python("use_pgbench.py"), [str(BINARIES / "pgbench"), "--version"], masks=False),
    Client("psycopg2", python("use_psycopg2.py"), debian("python3-psycopg2")),
    Client("psycopg3", python("use_psycopg3.py"), debian("python3-psycopg")),
    Client("asyncpg", python("use_asyncpg.py"), debian("python3-asyncpg")),
    Client("sqlalchemy", python("use_sqlalchemy.py"), debian("python3-sqlalchemy")),
    Client("django", python("use_django.py"), debian("python3-django")),
    Client("odbc", python("use_odbc.py"), debian("odbc-postgresql")),
    Client("dbd-pg", ["perl", "perl/use_dbd_pg.pl"], debian("libdbd-pg-perl")),
    Client("ruby-pg", ["ruby", "ruby/use_pg.rb"], debian("ruby-pg")),
    Client("php-pdo", ["php", "-d", "display_errors=stderr", "php/use_pdo.php"], debian("php8.2-pgsql")),
    Client("node-pg", ["node", "node/use_pg.mjs"], npm("pg"), prepare=npm_packages),
    Client("postgres.js", ["node", "node/use_postgres.mjs"], npm("postgres"), prepare=npm_packages),
    Client("pgjdbc", ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", f"{JDBC}:{BUILT / 'java'}", "UseJdbc"], debian("libpostgresql-jdbc-java"),
           prepare=java_classes),
    Client("lib-pq", [str(BUILT / "use_pq")], debian("golang-github-lib-pq-dev"), prepare=go_program, quick=False),
]


def databases_of(clients: list[Client]) -> list[str]:
    return [name for client in clients for name in (client.name, *client.databases)]
