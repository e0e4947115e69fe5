"""Plays files of SQL on PostgreSQL and through Sluice, and compares answer by answer: python3 -m regression FOLDER [--masks].

FOLDER holds .sql files written for psql, in an order of their own if it has a file `schedule` (or ../parallel_schedule) as pg_regress reads it.
"""

import argparse
import json
import re
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))

from regression.compare import KINDS, NOISY, REFUSED, SAME, STRICTER, compare, group  # noqa: E402
from regression.script import Script, Statement  # noqa: E402
from regression.sides import Answer, Sides  # noqa: E402

# Statements before which no savepoint can be set.
ENDS = re.compile(r"(begin|start|commit|end|rollback|abort|savepoint|release|prepare\s+transaction|set\s+(local\s+)?(transaction|session\s+char)"
                  r"|set\s+constraints)\b", re.IGNORECASE)
# Where these are refused, nobody else can do them for the session.
OF_SESSION = re.compile(r"(set|reset|prepare|execute|declare|fetch|move|close|deallocate|listen|unlisten|discard"
                        r"|create\s+((local|global)\s+)?temp\w*)\b", re.IGNORECASE)
REFUSALS = ("0A000", "42501")
POINT = "sluice_regression"


class Run:
    def __init__(self, sides: Sides, output):
        self.sides = sides
        self.counts: dict[str, Counter] = {}
        self.groups: Counter = Counter()
        self._output = output

    def file(self, path: Path, variables: dict[str, str]) -> None:
        for side in self._all():
            side.reconnect()
        self.counts[path.stem] = Counter()
        script = Script(path, variables)
        for statement in script:
            if statement.text:
                self._statement(path.stem, script, statement)
            elif re.match(r"(c|connect)\b", statement.command):
                for side in self._all():
                    side.reconnect()

    def _all(self):
        return self.sides.plain, self.sides.again, self.sides.through

    def _statement(self, file: str, script: Script, statement: Statement) -> None:
        data = _Data(script)
        text = statement.text
        in_transaction = [side.status == "T" for side in self._all()]
        guarded = all(in_transaction) and not ENDS.match(text)
        if guarded:
            self._everywhere(f"SAVEPOINT {POINT}")
        through = self.sides.through.play(text, data)
        if through.error and through.error.get("C") in REFUSALS and OF_SESSION.match(text) and (guarded or self.sides.plain.status == "I"):
            kind, told = self._refused_for_the_session(text, data, through)
        else:
            plain, again = self.sides.plain.play(text, data), self.sides.again.play(text, data)
            kind, told = compare(plain, again, through)
            if kind in (REFUSED, STRICTER) and not guarded and self.sides.through.status == "I" and not in_transaction[0]:
                self.sides.through.play_as_owner(text, data)
        if guarded:
            if kind in (REFUSED, STRICTER):
                self._everywhere(f"ROLLBACK TO SAVEPOINT {POINT}")
            if self.sides.plain.status == "T" and self.sides.through.status == "T":
                self._everywhere(f"RELEASE SAVEPOINT {POINT}")
        if len({side.status for side in self._all()}) > 1:
            self._everywhere("ROLLBACK")
        self._note(file, statement, kind, told)

    def _refused_for_the_session(self, text: str, data, through: Answer) -> tuple[str, str]:
        """It is tried on one side only and undone there: later statements then run in alike sessions."""
        plain = self.sides.again
        if plain.status == "I":
            plain.play("BEGIN", data)
            answer = plain.play(text, data)
            plain.play("ROLLBACK", data)
        else:
            answer = plain.play(text, data)
        return compare(answer, answer, through)

    def _everywhere(self, text: str) -> None:
        for side in self._all():
            side.play(text, lambda: b"")

    def _note(self, file: str, statement: Statement, kind: str, told: str) -> None:
        self.counts[file][kind] += 1
        if kind not in (SAME, NOISY):
            self.groups[kind, group(told)] += 1
            record = {"kind": kind, "told": told, "file": file, "line": statement.line, "text": statement.text}
            self._output.write(json.dumps(record, ensure_ascii=False).encode(errors="replace").decode() + "\n")
            self._output.flush()


class _Data:
    """Read from the script once, the same for everybody."""

    def __init__(self, script: Script):
        self._script, self._data = script, None

    def __call__(self) -> bytes:
        if self._data is None:
            self._data = self._script.copy_data()
        return self._data


def files_of(folder: Path) -> list[Path]:
    for schedule in (folder / "schedule", folder.parent / "parallel_schedule"):
        if schedule.exists():
            names = re.findall(r"^test:(.*)$", schedule.read_text(), re.MULTILINE)
            return [folder / f"{name}.sql" for line in names for name in line.split() if (folder / f"{name}.sql").exists()]
    return sorted(folder.glob("*.sql"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="regression", description="Compares PostgreSQL and Sluice over files of SQL.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--masks", action="store_true", help="a column of a table that no file knows is masked")
    parser.add_argument("--only", default="", help="files, separated by commas, after those that they need")
    parser.add_argument("--without", default="", help="files, separated by commas")
    parser.add_argument("--library", type=Path, help="directory of regress.so, for C functions")
    parser.add_argument("--output", type=Path, default=Path("regression.jsonl"), help="where each statement that differs is noted")
    arguments = parser.parse_args()
    source = str(arguments.folder.resolve().parent)
    variables = {"PG_ABS_SRCDIR": source, "PG_ABS_BUILDDIR": source, "PG_LIBDIR": str(arguments.library or source), "PG_DLSUFFIX": ".so",
                 "DBNAME": "regression", "USER": "postgres"}
    chosen, unwanted = set(filter(None, arguments.only.split(","))), set(arguments.without.split(","))
    with Sides(masks=arguments.masks) as sides, arguments.output.open("w") as output:
        run = Run(sides, output)
        for path in files_of(arguments.folder):
            if path.stem not in unwanted and (not chosen or path.stem in chosen):
                run.file(path, variables)
                print(f"{path.stem:28} " + " ".join(f"{kind}: {run.counts[path.stem][kind]};" for kind in KINDS), flush=True)
    total = sum(run.counts.values(), Counter())
    print(f"\n{sum(total.values())} statements\n" + "\n".join(f"{total[kind]:7} {kind}" for kind in KINDS) + "\n")
    for (kind, told), count in run.groups.most_common(60):
        print(f"{count:6} {kind}: {told[:180]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
