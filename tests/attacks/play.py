"""Plays a scenario on one connection and keeps all that the agent was told."""

import re
import struct

from harness.wire import COPY_DONE, SYNC, ConnectionEnded, Message, Wire, bind, describe, execute, frame, parse, query

REQUEST_ID = re.compile(rb"AR[0-9A-Z]{26}")
EXPIRY = re.compile(rb'"expires":"[^"]*"')
DECISION_ID = re.compile(rb"[0-9A-Fa-f-]{32,36}")
CLOSED = Message("!", b"closed")
SILENT = Message("!", b"silent")


def play(wire: Wire, statements: list[str], protocol: str, parameters: list[str], data: bytes) -> list[Message]:
    """Everything that came back, statement by statement; ends early if the session does."""
    try:
        for statement in statements:
            if protocol == "simple":
                wire.send(query(statement))
            else:
                wire.send(parse(statement), bind(parameters), describe(), execute(), SYNC)
            _read_answers(wire, data, protocol)
    except (ConnectionEnded, ConnectionResetError, BrokenPipeError):
        return wire.heard + [CLOSED]
    except TimeoutError:
        return wire.heard + [SILENT]
    return list(wire.heard)


def _read_answers(wire: Wire, data: bytes, protocol: str) -> None:
    while (message := wire.read()).kind != "Z":
        if message.kind == "G":
            wire.send(*([frame("d", data)] if data else []), COPY_DONE)
            if protocol == "extended":
                wire.send(SYNC)  # PostgreSQL has swallowed the one that it read during COPY


def comparable(messages: list[Message]) -> list[Message]:
    """Without what differs from run to run for good reasons: in errors and notices, random ids and when a request expires."""
    return [_without_ids(message) if message.kind in "EN" else message for message in messages]


def _without_ids(message: Message) -> Message:
    return Message(message.kind, EXPIRY.sub(b"<expiry>", DECISION_ID.sub(b"<id>", REQUEST_ID.sub(b"<request>", message.body))))


def without_origin(messages: list[Message]) -> list[Message]:
    """Also without where a result column or an error comes from, and the words of errors: a gateway has its own."""
    return [_without_origin(message) for message in comparable(messages) if message.kind != "S"]


def _without_origin(message: Message) -> Message:
    if message.kind == "T":
        return Message("T", _columns_without_origin(message.body))
    if message.kind in "EN":
        kept = sorted(f"{code}{text}" for code, text in message.fields().items() if code in "SVCP")
        return Message(message.kind, "\0".join(kept).encode())
    return message


def _columns_without_origin(body: bytes) -> bytes:
    out, at = body[:2], 2
    for _ in range(struct.unpack_from("!h", body)[0]):
        end = body.index(b"\0", at) + 1
        out += body[at:end] + bytes(6) + body[end + 6:end + 18]
        at = end + 18
    return out


def outcome(messages: list[Message]) -> str:
    """In one word: answered, closed, silent, or the SQLSTATE of the first error."""
    for message in messages:
        if message.kind == "E":
            return message.fields().get("C", "?????")
        if message.kind == "!":
            return message.body.decode()
    return "answered"


def everything(messages: list[Message]) -> bytes:
    return b"".join(message.kind.encode() + message.body for message in messages)
