"""Agents of a soak: each uses a driver of its own, comes back after every loss, and knows what it was told."""

import asyncio
import itertools
import random
import socket
import struct
import threading
from dataclasses import dataclass, field

import asyncpg
import psycopg
import psycopg2

from harness.wire import SYNC, ConnectionEnded, Wire, bind, describe, execute, parse, query

# The connection, or what is behind it, was lost; anything else is a finding.
LOSSES = {"57P01", "57P02", "57P03", "57014", "08006", "08001", "53300", "25P02", "53400", "40001", "40P01", "58030"}


@dataclass
class Told:
    """What one agent was told. Written by its own thread, read after it has ended."""
    name: str
    inserted: list[str] = field(default_factory=list)   # titles whose INSERT was acknowledged
    tried: int = 0
    answers: int = 0
    losses: int = 0
    wrong: list[str] = field(default_factory=list)


class Agent(threading.Thread):
    """Works until `stop` is set. Subclasses know how to connect and what to do with a connection."""

    def __init__(self, number: int, dsn, stop: threading.Event, seed: int):
        super().__init__(name=f"{type(self).__name__.lower()}-{number}", daemon=True)
        self.told = Told(self.name)
        self.random = random.Random(f"{seed}/{self.name}")
        self._dsn = dsn
        self._stop_event = stop
        self._numbers = itertools.count(1)

    def run(self) -> None:
        while not self._stop_event.is_set():
            try:
                self.one_session()
            except Exception as error:  # noqa: BLE001 - sorted here into losses and findings
                self._sort(error)

    def one_session(self) -> None:
        raise NotImplementedError

    def going(self) -> bool:
        return not self._stop_event.is_set()

    def title(self) -> str:
        self.told.tried += 1
        return f"soak {self.name} {next(self._numbers)}"

    def expect(self, got, wanted) -> None:
        self.told.answers += 1
        if got != wanted:
            self.told.wrong.append(f"{self.name}: got {got!r}, expected {wanted!r}")

    def _sort(self, error: Exception) -> None:
        code = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
        lost = isinstance(error, (ConnectionEnded, OSError, EOFError, psycopg.OperationalError, psycopg2.OperationalError, psycopg2.InterfaceError,
                                  asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError))
        if lost or code in LOSSES:
            self.told.losses += 1
            self._stop_event.wait(0.02)  # do not spin while the other side is away
        else:
            self.told.wrong.append(f"{self.name}: {type(error).__name__}: {error}")


class Psycopg3(Agent):
    def one_session(self) -> None:
        with psycopg.connect(self._dsn(), connect_timeout=5) as connection:
            while self.going():
                customer, title = self.random.randint(1, 200), self.title()
                self.expect(connection.execute("SELECT email, %s::text FROM customers WHERE id = %s", (title, customer)).fetchone(), (f"tok-{customer}", title))
                connection.execute("INSERT INTO tasks (title) VALUES (%s)", (title,))
                if self.random.random() < 0.2:
                    connection.rollback()
                else:
                    connection.commit()
                    self.told.inserted.append(title)
                with connection.cursor(name="some") as cursor:
                    cursor.execute("SELECT id FROM orders ORDER BY id")
                    self.expect([row[0] for row in cursor.fetchmany(50)], list(range(1, 51)))
                with connection.pipeline():
                    cursors = [connection.execute("SELECT %s::int + 1", (number,), binary=True) for number in range(20)]
                self.expect([cursor.fetchone()[0] for cursor in cursors], list(range(1, 21)))
                connection.commit()


class Psycopg2(Agent):
    def one_session(self) -> None:
        connection = psycopg2.connect(self._dsn(), connect_timeout=5)
        connection.autocommit = True
        try:
            cursor = connection.cursor()
            while self.going():
                title = self.title()
                cursor.execute("INSERT INTO tasks (title) VALUES (%s) RETURNING title", (title,))
                self.told.inserted.append(title)
                self.expect(cursor.fetchone(), (title,))
                try:
                    cursor.execute("SELECT 1 / (n - 7) FROM regions, generate_series(1, 7) AS g(n)")
                    self.expect("no error", "division by zero")
                except psycopg2.errors.DivisionByZero:
                    pass
                cursor.execute("SELECT count(*), max(amount) FROM hr.salaries")
                self.expect(cursor.fetchone(), (40, None))
        finally:
            connection.close()


class Asyncpg(Agent):
    def one_session(self) -> None:
        asyncio.run(self._session())

    async def _session(self) -> None:
        connection = await asyncpg.connect(self._dsn(), timeout=5)
        try:
            while self.going():
                title = self.title()
                async with connection.transaction():
                    await connection.execute("INSERT INTO tasks (title) VALUES ($1)", title)
                self.told.inserted.append(title)
                customer = self.random.randint(1, 200)
                self.expect(await connection.fetchval("SELECT phone FROM customers WHERE id = $1", customer), f"tok-{customer}")
                rows = await connection.fetch("SELECT id, total FROM orders WHERE id <= $1 ORDER BY id", 200)
                self.expect([row["id"] for row in rows], list(range(1, 201)))
        finally:
            connection.terminate()


class Rude(Agent):
    """Speaks the protocol by hand: leaves in the middle of everything, by RST and by FIN, and cancels."""

    def one_session(self) -> None:
        wire = self._dsn("wire")
        try:
            for _ in range(self.random.randint(1, 6)):
                if not self.going() or not self._do_something(wire):
                    return
        finally:
            if self.random.random() < 0.5:
                wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            wire.close()

    def _do_something(self, wire: Wire) -> bool:
        """False: time to leave, in the middle of an answer."""
        chosen = self.random.randrange(6)
        if chosen == 0:
            title = self.title()
            answer = [message.kind for message in wire.simple(f"SELECT '{title}'")]
            self.expect(answer, ["T", "D", "C", "Z"])
        elif chosen == 1:  # half a pipeline, and away
            wire.send(parse("SELECT email FROM customers"), bind(), describe(), execute(limit=7))
            return False
        elif chosen == 2:
            wire.send(query("SELECT repeat('x', 2000) FROM generate_series(1, 20000)"))
            wire.until("D")
            return False
        elif chosen == 3:
            wire.send(query("SELECT pg_sleep(5)"))
            wire.cancel()
            wire.until_ready()
        elif chosen == 4:
            wire.simple("BEGIN")
            wire.simple("SELECT * FROM no_such_table")
            self.expect(wire.simple("ROLLBACK")[-1].body, b"I")
        else:
            wire.send(*[message for n in range(50) for message in (parse(f"SELECT {n}, name FROM regions"), bind(), execute(), SYNC)])
            for _ in range(50):
                wire.until_ready()
        return True


AGENTS = (Psycopg3, Psycopg2, Asyncpg, Rude)
