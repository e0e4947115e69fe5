"""The same bytes to Sluice and to PostgreSQL itself: both must answer the same messages, field by field."""

import re

import pytest

from conftest import through_sluice_only
from harness.shop import PASSWORDS
from harness.wire import COPY_DONE, FLUSH, SYNC, ConnectionEnded, Wire, bind, describe, execute, frame, parse, query

pytestmark = through_sluice_only

COPY = "COPY counters FROM STDIN"
WRONG = frame("d", b"a\tno number\n")


def copy_fail(reason: str = "no more") -> bytes:
    return frame("f", reason.encode() + b"\0")


def function_call(oid: int, *arguments: bytes) -> bytes:
    body = oid.to_bytes(4, "big") + (1).to_bytes(2, "big") + (1).to_bytes(2, "big") + len(arguments).to_bytes(2, "big")
    for argument in arguments:
        body += len(argument).to_bytes(4, "big") + argument
    return frame("F", body + (1).to_bytes(2, "big"))


EXTENDED_COPY = (parse(COPY), bind(), execute())

# What is sent at once; then what is sent after the answer to it has come, and so on.
COPIES = {
    "nothing": [[query(COPY)], [COPY_DONE]],
    "sync and flush": [[query(COPY)], [SYNC, FLUSH, SYNC], [COPY_DONE, query("SELECT 1")]],
    "sync with the query": [[query(COPY), SYNC, SYNC, FLUSH, COPY_DONE, query("SELECT 1")]],
    "all at once": [[query(COPY), COPY_DONE, query("SELECT 1")]],
    "fail": [[query(COPY)], [copy_fail(), query("SELECT 1")]],
    "fail at once": [[query(COPY), copy_fail(), query("SELECT 1")]],
    "wrong data": [[query(COPY)], [WRONG, WRONG, COPY_DONE, query("SELECT 1")]],
    "wrong data at once": [[query(COPY), WRONG, COPY_DONE, query("SELECT 1"), parse("SELECT 2"), bind(), execute(), SYNC]],
    "wrong data and no end": [[query(COPY)], [WRONG], [query("SELECT 1")]],
    "never begun": [[query("BEGIN READ ONLY")], [query(COPY), COPY_DONE, query("ROLLBACK")]],
    "two copies": [[query(f"{COPY}; {COPY}")], [COPY_DONE], [COPY_DONE, query("SELECT 1")]],
    "two copies at once": [[query(f"{COPY}; {COPY}; SELECT 2"), COPY_DONE, COPY_DONE, query("SELECT 1")]],
    "the first of two fails": [[query(f"{COPY}; {COPY}"), copy_fail(), COPY_DONE, query("SELECT 1")]],
    "extended": [[*EXTENDED_COPY, SYNC], [COPY_DONE, SYNC], [query("SELECT 1")]],
    "extended at once": [[*EXTENDED_COPY, SYNC, COPY_DONE, SYNC, query("SELECT 1")]],
    "extended, wrong data": [[*EXTENDED_COPY, SYNC], [WRONG, COPY_DONE, SYNC], [query("SELECT 1")]],
    "extended, wrong data, no end": [[*EXTENDED_COPY, SYNC], [WRONG], [parse("SELECT 1"), bind(), execute(), SYNC]],
    "extended, fail": [[*EXTENDED_COPY, FLUSH], [copy_fail(), SYNC], [query("SELECT 1")]],
    "extended, in a pipeline": [[parse("SELECT 1"), bind(), execute(), *EXTENDED_COPY, COPY_DONE, parse("SELECT 2"), bind(), execute(), SYNC]],
    "data of no copy": [[COPY_DONE, frame("d", b"lost"), copy_fail(), query("SELECT 1")]],
    "data in a failed pipeline": [[parse("SELECT 1/0"), bind(), execute(), COPY_DONE, WRONG, SYNC, query("SELECT 1")]],
    "in a transaction": [[query("BEGIN")], [query(COPY)], [copy_fail()], [query("SELECT 1")], [query("ROLLBACK")]],
    **{f"{name} instead of data": [[query(COPY)], [message]] for name, message in {
        "query": query("SELECT 1"), "parse": parse("SELECT 1"), "bind": bind(), "describe": describe(), "execute": execute(),
        "close": frame("C", b"P\0"), "function call": function_call(1259)}.items()},
    "query after data": [[query(COPY)], [SYNC, query("SELECT 1"), query("SELECT 2")]],
    "extended, query instead of data": [[*EXTENDED_COPY, SYNC], [query("SELECT 1"), SYNC]],
    "query at once instead of data": [[query(COPY), query("SELECT 1")]],
}


@pytest.mark.parametrize("name", COPIES)
def test_copy_data_and_what_does_not_belong_into_it(shop, name):
    direct, through = both(shop, COPIES[name])
    # A message about a portal that does not exist fails upstream as another one that fails for certain.
    assert [re.sub("type 0x..", "type", text) for text in through] == [re.sub("type 0x..", "type", text) for text in direct]


def both(shop, steps: list[list[bytes]], user: str = "support-bot"):
    return play(shop.upstream.port, user, steps), play(shop.port, user, steps)


def play(port: int, user: str, steps: list[list[bytes]]) -> list[str]:
    """Everything that is answered, one line a message, with an empty line where the next step began."""
    with Wire(port, timeout=10).login(user, PASSWORDS[user]) as wire:
        lines: list[str] = []
        try:
            for step in steps:
                wire.send(*step)
                lines += [*heard(wire), ""]
        except (ConnectionEnded, ConnectionResetError, BrokenPipeError):
            lines.append("closed")
        return lines


def heard(wire: Wire) -> list[str]:
    """What comes until nothing more does, or until the connection is closed."""
    lines = []
    try:
        wire.socket.settimeout(5)
        while True:
            lines.append(line(wire.read()))
            wire.socket.settimeout(0.3)  # the end of an answer cannot be told from its kinds alone
    except TimeoutError:
        return lines
    except (ConnectionEnded, ConnectionResetError):
        return [*lines, "closed"]


def line(message) -> str:
    if message.kind not in "EN":
        return f"{message.kind} {message.body!r}"
    return f"{message.kind} {[(key, value) for key, value in message.fields().items() if key not in 'FLR']}"


@pytest.mark.parametrize("before", [[], [query("BEGIN")], [query("BEGIN"), query("SELECT 1/0")], [parse("SELECT 1"), bind(), execute()],
                                    [parse("SELECT 1/0"), bind(), execute()]])
def test_a_refused_function_call_fails_where_it_stands(shop, before):
    """PostgreSQL's own error for a function that does not exist, but for its words."""
    steps = [[*before, function_call(0), query("SELECT 2")], [SYNC]]
    direct, through = ([text if text.startswith("E") is False else "E" for text in lines] for lines in both(shop, steps))
    assert through == direct
