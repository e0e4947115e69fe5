"""The clients: programs that play scenarios on the connection that their environment names, and print what they saw.

A program prints `== NAME` before the result of each scenario and `!! why` where one did not get to its end.
"""

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
        return done.stdout.strip().splitlines()[0] if done.stdout.strip() else "unknown"


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


def debian(package: str) -> list[str]:
    return ["dpkg-query", "-W", "-f", "${Version}", package]


def python(program: str) -> list[str]:
    return [PYTHON, str(HERE / "python" / program)]


CLIENTS = [
    Client("psql", python("use_psql.py"), [str(BINARIES / "psql"), "--version"]),
    Client("psycopg2", python("use_psycopg2.py"), debian("python3-psycopg2")),
    Client("psycopg3", python("use_psycopg3.py"), debian("python3-psycopg")),
    Client("asyncpg", python("use_asyncpg.py"), debian("python3-asyncpg")),
    Client("sqlalchemy", python("use_sqlalchemy.py"), debian("python3-sqlalchemy")),
    Client("django", python("use_django.py"), debian("python3-django")),
    Client("odbc", python("use_odbc.py"), debian("odbc-postgresql")),
    Client("dbd-pg", ["perl", "perl/use_dbd_pg.pl"], debian("libdbd-pg-perl")),
    Client("ruby-pg", ["ruby", "ruby/use_pg.rb"], debian("ruby-pg")),
]


def client(name: str) -> Client:
    return next(client for client in CLIENTS if client.name == name)
