"""Plays all attacks and all benign statements and prints a table: python3 -m attacks [--direct] [--only TEXT] [-v].

With `--random COUNT` (and `--sqlsmith`) it plays statements that were made at random instead.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))

from attacks import oracle, random_run  # noqa: E402
from attacks.corpus import HERE, Scenario, read_folder  # noqa: E402
from attacks.raw import RAW_ATTACKS, raw_attack  # noqa: E402
from attacks.worlds import Worlds  # noqa: E402


def main() -> int:
    arguments = _arguments()
    if arguments.random:
        return random_run.run(arguments.random, arguments.seed, arguments.sqlsmith, arguments.verbose)
    with Worlds(direct=arguments.direct) as worlds:
        attacks = [oracle.attack(worlds, scenario, protocol) for scenario, protocol in _chosen(read_folder(HERE), arguments.only)
                   if not (arguments.direct and scenario.outlasts_a_reload())]
        attacks += [raw_attack(worlds, name) for name in RAW_ATTACKS if arguments.only in name]
        if arguments.direct:
            worlds.left = worlds.reference  # shows which benign statements answer differently from one time to the next
        benign = [oracle.benign(worlds, scenario, protocol) for scenario, protocol in _chosen(read_folder(HERE / "benign"), arguments.only)]
        in_logs = oracle.logs(worlds)
    _print_table("attack", "leaks", attacks)
    _print_table("benign", "wrong", benign)
    for judgement in attacks + benign:
        if judgement.trouble or arguments.verbose:
            scenario = judgement.scenario
            print(f"{scenario.category} | {scenario.name} | {judgement.protocol} | {judgement.outcome} | {judgement.trouble or 'fine'}")
    print("\n".join(in_logs))
    return 1 if in_logs or any(judgement.trouble for judgement in attacks + benign) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="attacks", description="Plays the attack corpus against two worlds.")
    parser.add_argument("--direct", action="store_true", help="without Sluice: shows which attacks work on PostgreSQL itself")
    parser.add_argument("--only", default="", help="scenarios whose category or name contains this text")
    parser.add_argument("--random", type=int, default=0, metavar="COUNT", help="play so many statements made at random")
    parser.add_argument("--seed", type=int, default=1, help="number of the first of them; each number is always the same statement")
    parser.add_argument("--sqlsmith", action="store_true", help="let Debian's sqlsmith make them")
    parser.add_argument("-v", "--verbose", action="store_true", help="print the outcome of every scenario")
    return parser.parse_args()


def _chosen(scenarios: list[Scenario], only: str) -> list[tuple[Scenario, str]]:
    return [(scenario, protocol) for scenario in scenarios if only in scenario.category or only in scenario.name
            for protocol in scenario.protocols]


def _print_table(title: str, bad: str, judgements: list[oracle.Judgement]) -> None:
    print(f"{title:28} {'played':>7} {'answered':>9} {'refused':>8} {bad:>6}")
    categories = Counter(judgement.scenario.category for judgement in judgements)
    for category in [*sorted(categories), None]:
        chosen = [judgement for judgement in judgements if category in (None, judgement.scenario.category)]
        answered = sum(judgement.outcome == "answered" for judgement in chosen)
        print(f"{category or 'total':28} {len(chosen):7} {answered:9} {len(chosen) - answered:8} {sum(bool(j.trouble) for j in chosen):6}")
    print()


if __name__ == "__main__":
    sys.exit(main())
