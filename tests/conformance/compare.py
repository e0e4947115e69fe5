"""What differs between two sides, but for what differs from one run to the next on PostgreSQL itself."""

import difflib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

KNOWN = Path(__file__).with_name("known_differences.yaml")
VOLATILE = [
    (re.compile(r"(?<=\bport )\"?\d{4,5}\"?|(?<=\bPORT = ')\d+|(?<=:)\d{5}\b"), "NUMBER"),
    (re.compile(r"(?<=\bPID )\d+|(?<=\bpg_temp_)\d+|(?<=\bpg_toast_temp_)\d+"), "NUMBER"),
    (re.compile(r"(?m)^ +(?=Table \"pg_temp_)"), ""),  # centred
    (re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d \d{4}\b"), "NOW"),
    (re.compile(r"\b\d+[.,]\d+ ms\b"), "TIME ms"),
    (re.compile(r"0x[0-9a-f]{6,}"), "ADDRESS"),
    (re.compile(r"\b20(?:2[4-9]|[3-9]\d)-\d\d-\d\d[ T]\d\d:\d\d:\d\d\.\d{3,6}\b"), "NOW"),
]


@dataclass(frozen=True)
class Difference:
    client: str
    scenario: str
    grade: str
    lines: list[str]
    upstream: str = "15"  # its major version

    def __str__(self) -> str:
        return f"{self.client} | {self.scenario} | {self.grade}, PostgreSQL {self.upstream}\n  " + "\n  ".join(self.lines)


def compare(client: str, grade: str, direct: dict[str, str], through: dict[str, str], upstream: str = "15") -> list[Difference]:
    """One difference for each scenario whose results are not alike, or that does not work on PostgreSQL itself."""
    differences = []
    for name in {**direct, **through}:
        expected, got = _stable(direct.get(name, "(not played)")), _stable(through.get(name, "(not played)"))
        if expected != got:
            lines = [line for line in difflib.unified_diff(expected, got, "direct", grade, n=1, lineterm="") if not line.startswith(("@@", "---", "+++"))]
            differences.append(Difference(client, name, grade, lines, upstream))
    return differences


def undone(direct: dict[str, str]) -> list[str]:
    """Scenarios that do not get to their end on PostgreSQL itself: mistakes of their own."""
    return [f"{name}: {line}" for name, text in direct.items() for line in text.splitlines() if line.startswith("!! ")]


def reason(difference: Difference) -> str | None:
    """Why this difference is accepted; None if it is not."""
    for entry in _accepted():
        in_force = difference.grade in entry["grades"] and difference.upstream in entry.get("upstreams", [difference.upstream])
        if in_force and difference.scenario in entry["scenarios"].get(difference.client, ()):
            return entry["reason"]
    return None


def out_of_date(differences: list[Difference], clients: list[str]) -> list[str]:
    """Accepted differences of these clients that are no more."""
    seen = {(difference.grade, difference.client, difference.scenario) for difference in differences}
    listed = [(grade, client, scenario) for entry in _accepted() for grade in entry["grades"] for client, scenarios in entry["scenarios"].items()
              for scenario in scenarios if client in clients and "upstreams" not in entry]
    return [f"{client} | {scenario} | {grade}: no longer differs, take it off {KNOWN.name}" for grade, client, scenario in listed
            if (grade, client, scenario) not in seen]


@cache
def _accepted() -> list[dict]:
    return yaml.safe_load(KNOWN.read_text()) or []


def _stable(text: str) -> list[str]:
    for pattern, word in VOLATILE:
        text = pattern.sub(word, text)
    return text.splitlines()
