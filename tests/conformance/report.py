"""docs/conformance.md: what the last recorded run has found."""

from dataclasses import dataclass, field
from pathlib import Path

from . import compare

PAGE = Path(__file__).resolve().parents[2] / "docs/conformance.md"
HEAD = """# Conformance

Each client below plays the same scenarios several times in one run: on PostgreSQL, and on copies of the same files behind Sluice. What
it prints (rows, types, notices, errors with their positions, states) must be the same text. `./dev conformance` runs all clients,
`--upstreams` other versions of PostgreSQL too, `--suites` the drivers' own tests; `./dev test integration conformance` is the quick part.
This page was written by `./dev conformance --upstreams --suites --write`.
"""
GRADES = {
    "governed": "one rule that allows everything. Each statement is analysed; what Sluice refuses by design shows as a difference.",
    "audit_only": "everything passes and is recorded.",
    "masks": "some columns are masked, and the other side is a database that holds what the masks show.",
}


@dataclass
class Row:
    """One client against one upstream: how many of its scenarios answer alike, for each grade."""

    client: str
    version: str
    alike: dict[str, str] = field(default_factory=dict)
    differences: list[compare.Difference] = field(default_factory=list)


@dataclass
class SuiteRow:
    """A driver's own test suite: which of the tests that pass on PostgreSQL do not pass through Sluice, for each grade."""

    suite: str
    version: str
    passed: int = 0
    failed_through: dict[str, dict[str, str]] = field(default_factory=dict)


def write(rows: list[Row], upstreams: dict[str, list[Row]], suites: list[SuiteRow]) -> None:
    grades = dict.fromkeys(grade for row in rows for grade in row.alike)
    lines = [HEAD, *(f"- **{grade}**: {GRADES[grade]}" for grade in grades), "", "## Clients, in front of PostgreSQL 15", "",
             *table(rows), *_upstreams(upstreams), *_suites(suites), *_differences(rows, upstreams)]
    PAGE.write_text("\n".join(lines) + "\n")


def table(rows: list[Row]) -> list[str]:
    grades = list(dict.fromkeys(grade for row in rows for grade in row.alike))
    lines = [f"| client | version | {' | '.join(grades)} |", f"|---|---|{'---|' * len(grades)}"]
    return lines + [f"| {row.client} | {row.version} | {' | '.join(row.alike.get(grade, '–') for grade in grades)} |" for row in rows]


def _upstreams(upstreams: dict[str, list[Row]]) -> list[str]:
    """One line for each version and grade, one column for each client."""
    if not upstreams:
        return []
    clients = list(dict.fromkeys(row.client for rows in upstreams.values() for row in rows))
    lines = ["", "## Upstreams", "", f"| PostgreSQL | grade | {' | '.join(clients)} |", f"|---|---|{'---|' * len(clients)}"]
    for version, rows in upstreams.items():
        for grade in dict.fromkeys(grade for row in rows for grade in row.alike):
            alike = {row.client: row.alike.get(grade, "–") for row in rows}
            lines.append(f"| {version} | {grade} | {' | '.join(alike.get(client, '–') for client in clients)} |")
    return lines


def _suites(suites: list[SuiteRow]) -> list[str]:
    if not suites:
        return []
    grades = list(dict.fromkeys(grade for suite in suites for grade in suite.failed_through))
    lines = ["", "## The drivers' own tests", "", f"| suite | version | pass directly | {' | '.join(grades)} |", f"|---|---|---|{'---|' * len(grades)}"]
    for suite in suites:
        counts = " | ".join(f"{suite.passed - len(suite.failed_through.get(grade, {}))}" for grade in grades)
        lines.append(f"| {suite.suite} | {suite.version} | {suite.passed} | {counts} |")
    for suite in suites:
        for grade, failed in suite.failed_through.items():
            if failed:
                lines += ["", f"{suite.suite}, {grade}, only directly: {', '.join(f'`{test}`' for test in failed)}."]
    return lines


def _listed(names: list[str]) -> str:
    return ", ".join(names)


def _differences(rows: list[Row], upstreams: dict[str, list[Row]]) -> list[str]:
    by_reason: dict[str, dict[str, list[str]]] = {}
    for row in rows + [row for versions in upstreams.values() for row in versions]:
        for difference in row.differences:
            scenarios = by_reason.setdefault(compare.reason(difference) or "Not explained.", {}).setdefault(difference.client, [])
            if difference.scenario not in scenarios:
                scenarios.append(difference.scenario)
    lines = ["", "## What differs", ""]
    for why, clients in by_reason.items():
        lines += [f"- **{why}** {'; '.join(f'{client}: {_listed(names)}' for client, names in clients.items())}"]
    return lines if by_reason else [*lines, "Nothing."]
