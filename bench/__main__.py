"""Direct, PgBouncer and Sluice side by side: python3 -m bench [--quick] [--write]."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/integration"))

from bench import report, sample  # noqa: E402
from bench.targets import PgBouncer, Target, start_postgres, start_sluice  # noqa: E402

PROTOCOLS, CLIENTS = ("simple", "extended", "prepared"), (1, 8, 32)
REFERENCE = "PgBouncer session"


def main() -> None:
    arguments = _arguments()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # all children inherit it
    rounds, seconds = (arguments.rounds or (1 if arguments.quick else 5)), (1.0 if arguments.quick else 4.0)
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as directory, all_targets(Path(directory), arguments.sluice) as targets:
        os.chmod(directory, 0o755)
        results = measure(targets, workloads(seconds, Path(directory), arguments.only), rounds)
    text = (f"{date.today().isoformat()}, {report.machine()}. {rounds} round(s) of {seconds:.0f} s for each cell.\n\n"
            + report.tables(results, REFERENCE))
    print(text)
    if arguments.write:
        report.write_into(ROOT / "docs/performance.md", text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Measures Sluice beside PgBouncer and PostgreSQL itself.")
    parser.add_argument("--quick", action="store_true", help="one short round: the shape, not the figures")
    parser.add_argument("--rounds", type=int, help="how often each target has its turn (default 5)")
    parser.add_argument("--only", default="", help="workloads whose name contains this text")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    parser.add_argument("--sluice", type=Path, default=ROOT / "build/release/sluice", help="the program to measure")
    return parser.parse_args()


@contextmanager
def all_targets(directory: Path, binary: Path) -> Iterator[list[Target]]:
    directory.chmod(0o755)
    with ExitStack() as stack:
        server = start_postgres()
        stack.callback(server.__exit__)
        bouncers = [PgBouncer(server, mode, directory / mode) for mode in ("session", "transaction")]
        for bouncer in bouncers:
            stack.callback(bouncer.stop)
        sluice = start_sluice(server, directory / "sluice", binary)
        stack.callback(sluice.stop)
        yield [Target("direct", server.port, None), Target(REFERENCE, bouncers[0].port, bouncers[0].process),
               Target("PgBouncer transaction", bouncers[1].port, bouncers[1].process, prepared=False),
               Target("Sluice", sluice.port, sluice.process, user="bench-bot")]


def workloads(seconds: float, directory: Path, only: str) -> dict[str, Callable[[Target], sample.Sample | None]]:
    def reads(protocol: str, clients: int):
        def run(target: Target) -> sample.Sample | None:
            if protocol == "prepared" and not target.prepared:
                return None
            return sample.point_reads(target, protocol, clients, seconds, directory)
        return run
    chosen = {f"{protocol}, {clients} client{'s' if clients > 1 else ''}": reads(protocol, clients) for protocol in PROTOCOLS for clients in CLIENTS}
    chosen["bulk COPY out"] = sample.bulk_out
    return {name: run for name, run in chosen.items() if only in name}


def measure(targets: list[Target], runs: dict, rounds: int) -> report.Results:
    results: report.Results = {name: {target.name: [] for target in targets} for name in runs}
    for turn in range(rounds):
        order = targets[turn % len(targets):] + targets[:turn % len(targets)]
        for name, run in runs.items():
            for target in order:
                taken = run(target)
                for _ in range(2):
                    if taken is None or taken.steady or rounds == 1:
                        break
                    taken = run(target)
                if taken is not None:
                    results[name][target.name].append(taken)
                print(f"round {turn + 1}: {name}, {target.name}: {taken.rate:,.0f}" if taken else f"{name}: not with {target.name}", file=sys.stderr)
    return results


if __name__ == "__main__":
    main()
