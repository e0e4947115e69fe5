"""The servers that a statement is played on, and what each of them answered."""

import struct
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from harness import Postgres, Sluice
from harness.credentials import scram_verifier
from harness.wire import COPY_DONE, ConnectionEnded, Message, Wire, frame, query

DATABASE, PASSWORD, TESTER = "regression", "regression password", "tester"
SETUP = f"""
ALTER ROLE postgres PASSWORD '{PASSWORD}';
CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C';
ALTER DATABASE {DATABASE} SET lc_messages TO 'C';
ALTER DATABASE {DATABASE} SET lc_monetary TO 'C';
ALTER DATABASE {DATABASE} SET lc_numeric TO 'C';
ALTER DATABASE {DATABASE} SET lc_time TO 'C';
ALTER DATABASE {DATABASE} SET bytea_output TO 'hex';
ALTER DATABASE {DATABASE} SET timezone TO 'PST8PDT';
ALTER DATABASE {DATABASE} SET datestyle TO 'Postgres, MDY';
ALTER DATABASE {DATABASE} SET intervalstyle TO 'postgres_verbose';
"""
MASKED = "CREATE SCHEMA locked; CREATE TABLE locked.away (id integer PRIMARY KEY, word text NOT NULL);"
FIRST_USER_OID = 16384


@dataclass
class Answer:
    columns: list[tuple] = field(default_factory=list)
    rows: list[list] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    error: dict[str, str] | None = None
    copied: bytes = b""
    status: str = "I"
    ended: bool = False


class Side:
    """One server, and a session on it: directly, or through a gateway."""

    def __init__(self, server: Postgres, gateway: Sluice | None = None):
        self.server, self.gateway = server, gateway
        self._wire: Wire | None = None
        self._owner: Wire | None = None
        self.status = "I"

    def reconnect(self) -> None:
        self.close()
        self._wire = self._connect(self.gateway is not None)
        self.status = "I"

    def close(self) -> None:
        for wire in (self._wire, self._owner):
            if wire:
                wire.close()
        self._wire = self._owner = None

    def play(self, text: str, data) -> Answer:
        """`data()` gives what to send when the server asks for COPY data."""
        answer = _play(self._wire, text, data)
        self.status = answer.status
        if answer.ended:
            self.reconnect()
        return answer

    def play_as_owner(self, text: str, data) -> Answer:
        """Beside the session, and beside the gateway."""
        self._owner = self._owner or self._connect(False)
        answer = _play(self._owner, text, data)
        if answer.ended or answer.status != "I":
            self._owner.close()
            self._owner = None
        return answer

    def _connect(self, through: bool) -> Wire:
        port, user = (self.gateway.port, TESTER) if through else (self.server.port, "postgres")
        return Wire(port, timeout=30).login(user, PASSWORD, DATABASE, application_name="regression")


class Sides:
    """`plain` and `again` are alike, so that what differs between them is nobody's fault; `through` has a gateway in front."""

    def __init__(self, *, masks: bool):
        self._directory = tempfile.TemporaryDirectory(prefix="sluice-regression-")
        settings = {"max_connections": "40", "wal_level": "replica", "max_prepared_transactions": "4"}
        template = Postgres(settings=settings).start()
        template.execute(SETUP)
        template.execute(MASKED, DATABASE)
        template.stop()
        servers = [Postgres(copy_of=template, settings=settings).start() for _ in range(3)]
        template.__exit__()
        gateway = Sluice(_config(servers[2], masks), Path(self._directory.name), secrets={"secrets/upstream": PASSWORD},
                         passwords={TESTER: PASSWORD}).start()
        self.plain, self.again, self.through = Side(servers[0]), Side(servers[1]), Side(servers[2], gateway)

    def __enter__(self) -> "Sides":
        return self

    def __exit__(self, *_) -> None:
        for side in (self.plain, self.again, self.through):
            side.close()
            if side.gateway:
                side.gateway.stop()
            side.server.__exit__()
        self._directory.cleanup()


def _config(server: Postgres, masks: bool) -> dict:
    rules = [{"id": "everything", "effect": "allow", "groups": ["testers"]}]
    if masks:
        rules.append({"id": "nothing-of-this", "effect": "mask", "groups": ["testers"], "tags": ["secret"], "mask": {"constant": "?"}})
    return {
        "databases": {DATABASE: {"host": "127.0.0.1", "port": server.port, "database": DATABASE, "user": "postgres",
                                 "password_file": "secrets/upstream", "tls": "disable"}},
        "identities": [{"id": TESTER, "kind": "person", "groups": ["testers"], "scram_verifier": scram_verifier(PASSWORD)}],
        "tags": {DATABASE: {"locked.away.word": ["secret"]}},
        "rules": rules,
    }


def _play(wire: Wire, text: str, data) -> Answer:
    answer = Answer()
    wire.heard.clear()
    try:
        wire.send(query(text))
        while True:
            message = wire.read()
            _note(answer, message)
            if message.kind == "Z":
                return answer
            if message.kind == "G":
                body = data()
                wire.send(*([frame("d", body)] if body else []), COPY_DONE)
    except (ConnectionEnded, ConnectionResetError, BrokenPipeError, TimeoutError):
        answer.ended = True
        return answer


def _note(answer: Answer, message: Message) -> None:
    kind, body = message.kind, message.body
    if kind == "T":
        answer.columns += _columns(body)
    elif kind == "D":
        answer.rows.append(message.row())
    elif kind == "C":
        answer.tags.append(body.rstrip(b"\0").decode())
    elif kind == "N":
        fields = message.fields()
        answer.notices.append(f"{fields.get('S')}: {fields.get('M')}")
    elif kind == "E":
        answer.error = answer.error or message.fields()
    elif kind == "d":
        answer.copied += body
    elif kind == "Z":
        answer.status = body.decode()


def _columns(body: bytes) -> list[tuple]:
    out, at = [], 2
    for _ in range(struct.unpack_from("!h", body)[0]):
        end = body.index(b"\0", at)
        oid, size, modifier = struct.unpack_from("!Ihi", body, end + 7)
        out.append((body[at:end].decode(errors="replace"), oid if oid < FIRST_USER_OID else "own", size, modifier))
        at = end + 19
    return out
