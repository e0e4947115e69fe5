"""Plays clients directly and through Sluice: python3 -m conformance [--only NAME] [--upstreams] [--suites] [--write] [-v]; ./dev conformance does it."""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))

from conformance import report  # noqa: E402
from conformance.clients import CLIENTS, databases_of  # noqa: E402
from conformance.compare import reason  # noqa: E402
from conformance.run import play_all  # noqa: E402
from conformance.sides import MASKED, Sides  # noqa: E402


def main() -> int:
    arguments = _arguments()
    chosen = [client for client in CLIENTS if arguments.only in client.name]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda client: client.prepare(), chosen))
    with Sides([*databases_of(chosen), MASKED]) as sides:
        rows = []
        for client in chosen:
            rows.append(play_all(sides, client))
            print(report.text(rows[-1:]).splitlines()[-1], flush=True)
    unexplained = [difference for row in rows for difference in row.differences if arguments.verbose or reason(difference) is None]
    for difference in unexplained:
        print(difference)
    if arguments.write:
        report.write(rows, {}, [])
    return 1 if any(reason(difference) is None for difference in unexplained) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="conformance", description="Plays real clients directly and through Sluice and compares.")
    parser.add_argument("--only", default="", help="clients whose name contains this text")
    parser.add_argument("--write", action="store_true", help="write docs/conformance.md")
    parser.add_argument("-v", "--verbose", action="store_true", help="print the differences that are accepted, too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
