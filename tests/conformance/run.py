"""One client on all sides."""

from concurrent.futures import ThreadPoolExecutor

from . import compare
from .clients import Client, version_of
from .report import Row, SuiteRow
from .sides import Sides
from .suites import Suite, database_of


class Unsound(Exception):
    """A scenario does not get to its end on PostgreSQL itself."""


def play_all(sides: Sides, client: Client, masked: bool | None = None) -> Row:
    """Plays what the client has: its scenarios with each grade, then those with masks; `masked` chooses one kind."""
    row = Row(client.name, client.installed_version())
    for with_masks in (False, True):
        if masked in (None, with_masks) and (client.masks or not with_masks):
            _play(sides, client, with_masks, row)
    return row


def _play(sides: Sides, client: Client, masked: bool, row: Row) -> None:
    behind = sides.governed[:1] if masked else sides.governed
    with ThreadPoolExecutor(2) as pool:
        direct, *through = pool.map(lambda side: client.play(side, masked), [sides.direct, *behind])
    if mistakes := compare.undone(direct):
        raise Unsound(f"{client.name}: {mistakes}")
    for side, results in zip(behind, through):
        grade = "masks" if masked else side.name
        differences = compare.compare(client.name, grade, direct, results, sides.upstream)
        row.differences += differences
        row.alike[grade] = f"{len(direct) - len(differences)} of {len(direct)}"


def play_suite(sides: Sides, suite: Suite) -> SuiteRow:
    """A driver's own tests on all sides."""
    direct = suite.play(sides.direct, database_of(suite))
    passed = [test for test, result in direct.items() if result == "ok"]
    row = SuiteRow(suite.name, version_of(suite.package), len(passed))
    for side in sides.governed:
        results = suite.play(side, database_of(suite))
        row.failed_through[side.name] = {test: results.get(test, "not played") for test in passed if results.get(test) != "ok"}
    return row
