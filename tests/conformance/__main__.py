"""Plays clients directly and through Sluice: python3 -m conformance [--only NAME] [--upstreams [12,18]] [--suites] [--write] [-v]; ./dev conformance does it."""

import argparse
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))

from conformance import report, upstreams  # noqa: E402
from conformance.clients import CLIENTS, Client, databases_of  # noqa: E402
from conformance.compare import out_of_date, reason  # noqa: E402
from conformance.report import Row, SuiteRow  # noqa: E402
from conformance.run import play_all, play_suite  # noqa: E402
from conformance.sides import MASKED, Sides  # noqa: E402
from conformance.suites import SUITES, database_of  # noqa: E402


def main() -> int:
    arguments = _arguments()
    chosen = [client for client in CLIENTS if arguments.only in client.name]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda client: client.prepare(), chosen))
    rows = play_clients(chosen, Sides)
    by_upstream: dict[str, list[Row]] = {}
    if arguments.upstreams:
        upstreams.install()
        for version in arguments.upstreams.split(",") if arguments.upstreams != "all" else upstreams.VERSIONS:
            print(f"PostgreSQL {upstreams.exact_version(version)}", flush=True)
            some = [client for client in chosen if client.name in upstreams.CLIENTS]
            by_upstream[upstreams.exact_version(version)] = play_clients(some, partial(Sides, postgres=upstreams.postgres_of(version)))
    suites = play_suites() if arguments.suites else []
    everything = rows + [row for versions in by_upstream.values() for row in versions]
    unexplained = [difference for row in everything for difference in row.differences if reason(difference) is None]
    for difference in [difference for row in everything for difference in row.differences] if arguments.verbose else unexplained:
        print(difference)
    for line in out_of_date([difference for row in rows for difference in row.differences], [row.client for row in rows]):
        print(line)
    if arguments.write:
        report.write(rows, by_upstream, suites)
    return 1 if unexplained else 0


def play_clients(clients: list[Client], sides_for: Callable[[list[str]], Sides]) -> list[Row]:
    rows = []
    with sides_for([*databases_of(clients), MASKED]) as sides:
        for client in clients:
            rows.append(play_all(sides, client))
            print(report.table(rows[-1:])[-1], flush=True)
    return rows


def play_suites() -> list[SuiteRow]:
    rows = []
    for suite in SUITES:
        suite.prepare()
    with Sides([database_of(suite) for suite in SUITES]) as sides:
        for suite in SUITES:
            rows.append(play_suite(sides, suite))
            print(f"{suite.name}: {rows[-1].passed} pass directly", flush=True)
            for grade, failed in rows[-1].failed_through.items():
                print(f"  {grade}: {len(failed)} of them do not", *(f"    {test}: {why}" for test, why in failed.items()), sep="\n", flush=True)
    return rows


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="conformance", description="Plays real clients directly and through Sluice and compares.")
    parser.add_argument("--only", default="", help="clients whose name contains this text")
    parser.add_argument("--upstreams", nargs="?", const="all", help="also before PostgreSQL of other versions: 12,13,14,16,17,18 or some of them")
    parser.add_argument("--suites", action="store_true", help="also the drivers' own tests, as far as Debian's packages carry them")
    parser.add_argument("--write", action="store_true", help="write docs/conformance.md")
    parser.add_argument("-v", "--verbose", action="store_true", help="print the differences that are accepted, too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
