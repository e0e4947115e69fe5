#!/usr/bin/env python3
"""Writes the tables of docs/sql-support.md from the golden cases of tests/sql_cases/constructs; with --check, says whether it is up to date."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/sql-support.md"
CASES = ROOT / "tests/sql_cases/constructs"
BEGIN, END = "<!-- tables: tools/sql_support.py writes them -->\n", "<!-- end of tables -->\n"


def outcome(statement: str, plan: str) -> str:
    lines = dict(line.split(": ", 1) for line in plan.splitlines() if ": " in line)
    if error := lines.get("error"):
        return "refused: " + re.sub(r"^\w+( at \d+)?: (permission denied: )?", "", error)
    if lines.get("upstream", "").startswith("nothing"):
        return "by the policy"
    if "mask" in lines and lines["upstream"] != "unchanged":
        return "masked"
    return "passes" if lines.get("upstream") == "unchanged" else "passes, names pinned"


def read(path: Path) -> tuple[str, list[tuple[str, str, str, str]]]:
    head, *cases = re.split(r"^## ", path.read_text(), flags=re.MULTILINE)
    section = re.search(r"^# section: (.*)$", head, re.MULTILINE)
    if not section:
        sys.exit(f"{path}: no section")
    rows = []
    for case in cases:
        title, rest = case.split("\n", 1)
        statement, plan = rest.split("\n----\n", 1)
        construct, situation = title.rsplit(": ", 1)
        rows.append((construct, situation, statement, outcome(statement, plan)))
    return section[1], rows


def table(rows: list[tuple[str, str, str, str]]) -> str:
    text = "| construct | nothing is masked | columns are masked |\n|---|---|---|\n"
    for construct in dict.fromkeys(row[0] for row in rows):
        cells: dict[bool, list[str]] = {False: [], True: []}
        for _, situation, _, result in (row for row in rows if row[0] == construct):
            masked, _, more = situation.partition(", ") if situation.startswith("masked, ") else (situation, "", "")
            cells[masked != "clear"].append(f"{more}: {result}" if more else result)
        text += f"| {construct} | {'; '.join(cells[False])} | {'; '.join(cells[True])} |\n".replace("|  |", "| |")
    return text


def page() -> str:
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    if not rest or not after:
        sys.exit(f"{PAGE}: the marks around the tables are gone")
    tables = "".join(f"\n## {section}\n\n{table(rows)}" for section, rows in map(read, sorted(CASES.glob("*.case"))))
    return before + BEGIN + tables + "\n" + END + after


def main() -> None:
    text = page()
    if "--check" not in sys.argv:
        PAGE.write_text(text)
    elif text != PAGE.read_text():
        sys.exit("docs/sql-support.md is out of date: ./dev golden")


if __name__ == "__main__":
    main()
