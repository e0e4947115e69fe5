"""Mixed drivers, and kills of agents, upstream and gateway at random: python3 -m soak [seconds] [--seed N] [--no-kills]."""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))

from soak.soak import Soak  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("seconds", type=float, nargs="?", default=60)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(2), "big"))
    parser.add_argument("--no-kills", action="store_true", help="only agents that come and go; shows leaks best")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    with Soak(arguments.seed, kills=not arguments.no_kills) as soak:
        soak.run(arguments.seconds)
        findings = soak.findings()
        print(soak.summary())
    print("\n".join(finding[:400] for finding in findings[:20]) or "nothing leaked, nothing lost, nothing mixed up")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
