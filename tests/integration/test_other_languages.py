"""node-postgres, pgjdbc and DBD::Pg: programs of their own, each scenario of which prints one line."""

import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from harness.shop import PASSWORDS

HERE = Path(__file__).parent
JDBC = Path("/usr/share/java/postgresql.jar")


def scenarios_of(shop, command: list[str], held_tables: list[str], directory: Path) -> list[str]:
    environment = shop.environment() | {"EXPECT_MASKS": "1" if shop._gateway else "", "HASTY_PASSWORD": PASSWORDS["hasty-bot"]}
    with ExitStack() as people:
        for table in held_tables:
            people.enter_context(shop.approving(table))
        done = subprocess.run(command, text=True, capture_output=True, timeout=100, env=environment, cwd=directory)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def assert_all_ok(lines: list[str], expected: int) -> None:
    assert [line for line in lines if not line.startswith("ok ")] == []
    assert len(lines) == expected


@pytest.mark.timeout(120)
def test_node_postgres(shop):
    directory = HERE / "node"
    if not (directory / "node_modules/pg").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=directory, check=True, capture_output=True, timeout=100)
    assert_all_ok(scenarios_of(shop, ["node", "driver_test.mjs"], ["node_held", "node_pending"], directory), 13)


@pytest.mark.timeout(120)
def test_jdbc(shop, tmp_path):
    subprocess.run(["javac", "-cp", str(JDBC), "-d", str(tmp_path), str(HERE / "java/DriverTest.java")], check=True, timeout=100)
    assert_all_ok(scenarios_of(shop, ["java", "-Xshare:auto", "-cp", f"{JDBC}:{tmp_path}", "DriverTest"], ["jdbc_held", "jdbc_pending"], tmp_path), 14)


def test_perl_dbd_pg(shop):
    assert_all_ok(scenarios_of(shop, ["perl", "driver_test.pl"], ["perl_held"], HERE / "perl"), 8)
