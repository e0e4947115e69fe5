"""One client on all sides."""

from concurrent.futures import ThreadPoolExecutor

from . import compare
from .clients import Client
from .report import Row
from .sides import Sides


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
    row.played += 0 if masked else len(direct)
    for side, results in zip(behind, through):
        grade = "masks" if masked else side.name
        differences = compare.compare(client.name, grade, direct, results, sides.upstream)
        row.differences += differences
        row.alike[grade] = len(direct) - len(differences) if not masked else f"{len(direct) - len(differences)} of {len(direct)}"
