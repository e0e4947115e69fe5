"""Judges what came back: did anything of a masked cell get out, and does an honest agent get its answers?"""

import re
from dataclasses import dataclass

from harness.wire import ConnectionEnded, Message

from .corpus import Scenario, fill_in, not_supported_yet
from .play import CLOSED, comparable, everything, outcome, play, without_origin
from .worlds import World, Worlds

REFUSALS = ("0A000", "42501", "closed")


@dataclass(frozen=True)
class Judgement:
    scenario: Scenario
    protocol: str
    outcome: str
    trouble: str = ""  # empty: as it should be


def attack(worlds: Worlds, scenario: Scenario, protocol: str) -> Judgement:
    """No canary in any answer, and the same bytes from both worlds."""
    both = [worlds.left, worlds.right]
    left, right = worlds.in_each(both, lambda world: _play_in(world, worlds.left, scenario, protocol))
    trouble = _canaries(worlds.left, left, worlds, scenario) or _canaries(worlds.right, right, worlds, scenario)
    if not trouble and comparable(left) != comparable(right):
        if scenario.may_write():
            worlds.clean(both)
        again = _play_in(worlds.left, worlds.left, scenario, protocol)
        noisy = comparable(again) != comparable(left)
        trouble = "" if noisy else f"the worlds differ: {_first_difference(comparable(left), comparable(right))}"
    if not trouble and outcome(left) == "silent":
        trouble = "no answer within the deadline"
    if scenario.may_write():
        worlds.clean(both)
    return Judgement(scenario, protocol, outcome(left), trouble)


def benign(worlds: Worlds, scenario: Scenario, protocol: str) -> Judgement:
    """The answers through Sluice are those of a database that really holds what the masks show."""
    everywhere = worlds.all()
    expected = _play_in(worlds.reference, worlds.left, scenario, protocol)
    if worlds.reference is worlds.left and scenario.may_write():
        worlds.clean(everywhere)
    through = _play_in(worlds.left, worlds.left, scenario, protocol)
    trouble = ""
    if (scenario.category, scenario.name) in not_supported_yet():
        trouble = "" if outcome(through) in REFUSALS else "not refused any more: take it off the list of what is not supported yet"
    elif without_origin(through) != without_origin(expected):
        trouble = f"wrong answer: {_first_difference(without_origin(through), without_origin(expected))}"
    if scenario.may_write():
        worlds.clean(everywhere)
    return Judgement(scenario, protocol, outcome(through), trouble)


def logs(worlds: Worlds) -> list[str]:
    """Secrets in logs, audit records and approval cards, which hold for the whole run."""
    found = []
    for world in (worlds.left, worlds.right):
        if world.gateway:
            cards = str(world.gateway.approver("bob").call("GET", "/api/v1/approvals")).encode()
            guessed = [value for column in world.guessable.values() for value in column.values()]
            for value in guessed:
                cards = cards.replace(str(value).encode(), b"")  # an approver sees what the agent itself wrote
            places = {"log": world.gateway.log_text().encode(), "audit log": world.gateway.audit_text().encode(), "approval cards": cards}
            found += [f"{place} holds {secret!r}" for place, data in places.items() for secret in world.canaries.in_log(data)]
    return found


def _play_in(world: World, guesses_of: World, scenario: Scenario, protocol: str) -> list[Message]:
    statements = [fill_in(statement, guesses_of.guessable) for statement in scenario.statements]
    parameters = [fill_in(value, guesses_of.guessable) for value in scenario.parameters]
    data = fill_in(scenario.data, guesses_of.guessable).encode()
    try:
        with world.connect(scenario.identity) as wire:
            port = re.compile(rb"(?<![0-9A-Za-z])%d(?![0-9A-Za-z])" % world.server.port)  # not digits within a hash
            return [Message(message.kind, port.sub(b"PORT", message.body))
                    for message in play(wire, statements, protocol, parameters, data)]
    except (ConnectionEnded, OSError) as refused:
        return [CLOSED, Message("!", type(refused).__name__.encode())]


def _canaries(world: World, messages: list[Message], worlds: Worlds, scenario: Scenario) -> str:
    data = everything(messages)
    for column, row in scenario.guesses():
        data = data.replace(str(worlds.left.guessable[column][row]).encode(), b"")
    found = world.canaries.in_answer(data)
    return f"the agent saw {found[0]!r}" if found else ""


def _first_difference(left: list[Message], right: list[Message]) -> str:
    for number, (one, other) in enumerate(zip(left, right)):
        if one != other:
            return f"message {number}: {one.kind} {one.body[:160]!r} against {other.kind} {other.body[:160]!r}"
    return f"{len(left)} messages against {len(right)}"
