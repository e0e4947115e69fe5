"""PostgreSQL of other versions as upstreams: real servers, as npm ships them."""

import shutil
import subprocess
from pathlib import Path

from harness import Postgres

FOLDER = Path(__file__).parent / "servers"
MODULES = Path(__file__).resolve().parents[2] / "build/conformance/upstreams"
VERSIONS = ["12", "13", "14", "16", "17", "18"]
CLIENTS = ["psql", "psycopg3", "asyncpg", "node-pg", "pgjdbc"]


def install() -> None:
    """Once; some 350 MB."""
    stamp = MODULES / "installed"
    wanted = (FOLDER / "package-lock.json").read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    MODULES.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(FOLDER / name, MODULES)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=MODULES, check=True)
    for version in VERSIONS:  # what the package's own script would have done
        subprocess.run(["node", "scripts/hydrate-symlinks.js"], cwd=MODULES / "node_modules" / f"postgresql-{version}", check=True)
    stamp.write_text(wanted)


def postgres_of(version: str):
    """A class of servers of this version."""
    binaries = MODULES / "node_modules" / f"postgresql-{version}" / "native/bin"

    def make(**options) -> Postgres:
        return Postgres(binaries=binaries, **options)
    return make


def exact_version(version: str) -> str:
    binary = MODULES / "node_modules" / f"postgresql-{version}" / "native/bin/postgres"
    return subprocess.run([str(binary), "--version"], capture_output=True, text=True).stdout.split()[-1]
