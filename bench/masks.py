"""What each masking function costs inside PostgreSQL: the rewritten statement, run there by itself. `python3 -m bench.masks`"""

import json
import sys
import tempfile
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/integration"))

from harness import Postgres, Sluice  # noqa: E402
from harness.shop import PASSWORDS, TOKENS, shop_config, shop_secrets  # noqa: E402

ROWS, RUNS = 200_000, 5
KEY = "0123456789abcdef0123456789abcdef"
MASKS = {"in clear": None, "null": "null", "constant": {"constant": "hidden"}, "token": {"token": "tok-"}, "email": "email",
         "partial": {"partial": {"keep_last": 4}}, "pseudonym": {"pseudonym": {"key_file": "secrets/pseudonym.key"}}, "year": "year",
         "bucket": {"bucket": 1000}}
COLUMNS = {"year": "born", "bucket": "amount"}


def rewritten(server: Postgres, mask, column: str, statement: str) -> str:
    config = shop_config(server)
    config["tags"] = {"shop": {f"public.people.{column}": ["secret"]}}
    config["rules"] = [config["rules"][0], {"id": "mask", "effect": "mask", "groups": ["agents"], "tags": ["secret"], "mask": mask or "null"}]
    with tempfile.TemporaryDirectory() as directory:
        gateway = Sluice(config, Path(directory), secrets=shop_secrets() | {"secrets/pseudonym.key": KEY}, passwords=PASSWORDS, tokens=TOKENS)
        told = gateway.command("explain", statement, "--as", "support-bot", "--format", "json", "--config", str(gateway.config_file))
        return json.loads(told.stdout)["upstream"].replace("(key)", KEY)


def main() -> None:
    with Postgres() as server:
        server.execute("CREATE ROLE sluice_upstream LOGIN PASSWORD 'upstream secret'; CREATE DATABASE shop")
        server.execute(f"""CREATE TABLE people (id integer PRIMARY KEY, email text, born date, amount numeric(10,2));
            INSERT INTO people SELECT i, 'person' || i || '@mail.example.org', date '1950-01-01' + i % 20000, i FROM generate_series(1, {ROWS}) i;
            GRANT SELECT ON people TO sluice_upstream; VACUUM ANALYZE people""", "shop")
        print(f"| mask | ms for {ROWS} values |\n|---|---|")
        with psycopg.connect(server.admin_dsn("shop"), autocommit=True) as connection:
            connection.execute("SET max_parallel_workers_per_gather = 0")
            for name, mask in MASKS.items():
                column = COLUMNS.get(name, "email")
                statement = f"SELECT count({column}) FROM people"
                text = statement if mask is None else rewritten(server, mask, column, statement)
                times = [connection.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {text}").fetchone()[0][0]["Execution Time"] for _ in range(RUNS)]
                print(f"| {name} | {min(times):.0f} |")


if __name__ == "__main__":
    main()
