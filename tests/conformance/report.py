"""docs/conformance.md: what the last recorded run has found."""

from dataclasses import dataclass, field
from pathlib import Path

from . import compare

PAGE = Path(__file__).resolve().parents[2] / "docs/conformance.md"
HEAD = """# Conformance

Each client below plays the same scenarios twice in one run: on PostgreSQL, and on a copy of the same files behind Sluice. What it
prints (rows, types, notices, errors with their positions, states) must be the same text. `./dev conformance` runs all of it,
`./dev test integration conformance` the quick part. This page was written by `./dev conformance --write`.

- **governed**: one rule that allows everything. Each statement is analysed; what Sluice refuses by design shows as a difference.
- **audit_only**: everything passes and is recorded.
- **masks**: some columns are masked, and the other side is a database that holds what the masks show.
"""


@dataclass
class Row:
    """One client against one upstream: how many of its scenarios answer alike, for each grade."""

    client: str
    version: str
    played: int = 0
    alike: dict[str, int] = field(default_factory=dict)
    differences: list[compare.Difference] = field(default_factory=list)


def write(rows: list[Row], upstreams: dict[str, list[Row]], suites: list[str]) -> None:
    PAGE.write_text("\n".join([HEAD, *_table("Clients, in front of PostgreSQL 15", rows), *_upstreams(upstreams), *suites, *_differences(rows, upstreams)]) + "\n")


def text(rows: list[Row]) -> str:
    return "\n".join(_table("", rows)[2:])


def _table(title: str, rows: list[Row]) -> list[str]:
    grades = list(dict.fromkeys(grade for row in rows for grade in row.alike))
    lines = [f"## {title}", "", f"| client | version | scenarios | {' | '.join(grades)} |", f"|---|---|---|{'---|' * len(grades)}"]
    lines += [f"| {row.client} | {row.version} | {row.played} | {' | '.join(str(row.alike.get(grade, '–')) for grade in grades)} |" for row in rows]
    return lines


def _upstreams(upstreams: dict[str, list[Row]]) -> list[str]:
    if not upstreams:
        return []
    rows = [row for versions in upstreams.values() for row in versions]
    grades = list(dict.fromkeys(grade for row in rows for grade in row.alike))
    lines = ["", "## Upstreams", "", f"| PostgreSQL | client | scenarios | {' | '.join(grades)} |", f"|---|---|---|{'---|' * len(grades)}"]
    for version, versions in upstreams.items():
        lines += [f"| {version} | {row.client} | {row.played} | {' | '.join(str(row.alike.get(grade, '–')) for grade in grades)} |" for row in versions]
    return lines


def _differences(rows: list[Row], upstreams: dict[str, list[Row]]) -> list[str]:
    by_reason: dict[str, list[str]] = {}
    for row in rows + [row for versions in upstreams.values() for row in versions]:
        for difference in row.differences:
            why = compare.reason(difference) or "not explained"
            where = f"{difference.client}: {difference.scenario} ({difference.grade})"
            if where not in by_reason.setdefault(why, []):
                by_reason[why].append(where)
    lines = ["", "## What differs", ""]
    lines += [f"- **{why}** {'; '.join(places)}" for why, places in by_reason.items()] or ["Nothing."]
    return lines
