"""The test suites of drivers themselves, as Debian's packages carry them, directly and through Sluice.

Each test is run by itself, so that one that hangs or brings its program down costs no other.
"""

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .clients import BUILT, PYTHON
from .sides import Side

GO_PACKAGES = ["golang-github-cockroachdb-apd-dev", "golang-github-gofrs-uuid-dev", "golang-github-jackc-chunkreader-v2-dev", "golang-github-jackc-pgconn-dev",
               "golang-github-jackc-pgio-dev", "golang-github-jackc-pgmock-dev", "golang-github-jackc-pgpassfile-dev", "golang-github-jackc-pgproto3-v2-dev",
               "golang-github-jackc-pgservicefile-dev", "golang-github-jackc-pgtype-dev", "golang-github-jackc-pgx-v4-dev", "golang-github-jackc-puddle-dev",
               "golang-github-masterminds-semver-dev", "golang-github-pkg-errors-dev", "golang-github-shopspring-decimal-dev"]
GO_TREE = BUILT / "go-tree"  # unpacked there, because installing them would change much of a system
SYSTEM_TREE = Path("/usr/share/gocode")
HERE = Path(__file__).parent / "suites"


@dataclass(frozen=True)
class Suite:
    name: str
    package: str  # of Debian, for its version
    prepare: Callable[[], None]
    play: Callable[[Side, str], dict[str, str]]  # test -> ok, skipped or what went wrong; given a side and a database


def install_go_packages() -> None:
    """Once; what is half done is done again."""
    stamp = GO_TREE / "unpacked"
    if stamp.exists() and stamp.read_text().split() == GO_PACKAGES:
        return
    debs = BUILT / "debs"
    debs.mkdir(parents=True, exist_ok=True)
    subprocess.run(["apt-get", "-q", "download", *GO_PACKAGES], cwd=debs, check=True, capture_output=True)
    for package in GO_PACKAGES:
        subprocess.run(["dpkg", "-x", str(max(debs.glob(f"{package}_*.deb"))), str(GO_TREE)], check=True)
    stamp.write_text("\n".join(GO_PACKAGES))


def go_suite(name: str, package: str, import_path: str, tree: Path = GO_TREE / "usr/share/gocode") -> Suite:
    program, folder = BUILT / f"{name}.test", tree / "src" / import_path

    def prepare() -> None:
        if tree != SYSTEM_TREE:
            install_go_packages()
        environment = os.environ | {"GO111MODULE": "off", "GOPATH": f"{tree}:{SYSTEM_TREE}", "GOCACHE": str(BUILT / "go-cache")}
        if not program.exists():
            subprocess.run(["go", "test", "-c", "-o", str(program), "."], cwd=folder, check=True, env=environment)

    def play(side: Side, database: str) -> dict[str, str]:
        environment = side.environment(database)
        where = f"host=127.0.0.1 port={side.port} user={environment['PGUSER']} password='{environment['PGPASSWORD']}' dbname={database} sslmode=disable"
        environment |= {"PGSSLMODE": "disable", "PGX_TEST_DATABASE": where, "PGX_TEST_CONN_STRING": where, "PGX_TEST_TCP_CONN_STRING": where}
        listed = subprocess.run([str(program), "-test.list", "^Test"], cwd=folder, env=environment, capture_output=True, text=True).stdout.split()
        return {test: _run([str(program), "-test.v", "-test.run", f"^{test}$"], folder, environment, _go_result) for test in listed}
    return Suite(name, package, prepare, play)


def _run(command: list[str], directory: Path, environment: dict[str, str], judge: Callable[[str, int], str]) -> str:
    try:
        done = subprocess.run(command, cwd=directory, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=40)
    except subprocess.TimeoutExpired:
        return "not within its time"
    return judge(done.stdout, done.returncode)


def _go_result(text: str, status: int) -> str:
    if status:
        told = [line.strip() for line in text.splitlines() if re.search(r"_test\.go:\d+: \S|panic:|ERROR:|FATAL:|SQLSTATE|fatal", line)]
        return f"failed: {' / '.join(told)[:300]}"
    return "skipped" if "--- SKIP" in text and "--- PASS" not in text else "ok"


def sqlalchemy_suite() -> Suite:
    """What every dialect of SQLAlchemy must pass."""
    def play(side: Side, database: str) -> dict[str, str]:
        environment = side.environment(database)
        subprocess.run(["psql", "-Xqc", "CREATE SCHEMA IF NOT EXISTS test_schema"], env=environment, check=True)
        url = f"postgresql+psycopg2://{environment['PGUSER']}:{environment['PGPASSWORD'].replace(' ', '%20')}@127.0.0.1:{side.port}/{database}"
        folder = BUILT / f"sqlalchemy-{side.name}"
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("setup.cfg", "test_suite.py"):
            (folder / name).write_text((HERE / "sqlalchemy" / name).read_text())
        done = subprocess.run([PYTHON, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "-p", "sqlalchemy.testing.plugin.pytestplugin", "--tb=line", "--dburi", url, "test_suite.py"], cwd=folder, env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=900)
        results = {}
        for line in done.stdout.splitlines():
            if found := re.match(r"(PASSED|FAILED|ERROR|SKIPPED) (?:\[\d+\] )?test_suite\.py::(\S+)(.*)", line):
                results[re.sub(r"_?postgresql\+psycopg2_[\d_]+", "", found[2])] = "ok" if found[1] == "PASSED" else f"{found[1].lower()}{found[3]}"[:300]
        return results or {"the suite": f"failed: {done.stdout[-1500:]}"}
    return Suite("SQLAlchemy's dialect suite", "python3-sqlalchemy", lambda: None, play)


SUITES = [
    go_suite("lib-pq", "golang-github-lib-pq-dev", "github.com/lib/pq", SYSTEM_TREE),
    go_suite("pgx", "golang-github-jackc-pgx-v4-dev", "github.com/jackc/pgx/v4"),
    go_suite("pgx-stdlib", "golang-github-jackc-pgx-v4-dev", "github.com/jackc/pgx/v4/stdlib"),
    go_suite("pgxpool", "golang-github-jackc-pgx-v4-dev", "github.com/jackc/pgx/v4/pgxpool"),
    go_suite("pgconn", "golang-github-jackc-pgconn-dev", "github.com/jackc/pgconn"),
    sqlalchemy_suite(),
]


def database_of(suite: Suite) -> str:
    return re.sub(r"\W+", "_", f"suite {suite.name}".lower())
