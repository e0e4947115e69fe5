"""What the tour's people do: the agent with unmodified drivers, approvers with the command line."""

import os
import subprocess
import threading

import psycopg

from demo.world import World


class Attempt(threading.Thread):
    """One statement on a connection of its own, in the background: it may have to wait for a person."""

    def __init__(self, dsn: str, statement: str):
        super().__init__(daemon=True)
        self.notices: list[str] = []
        self.answer: object = None
        self.error: psycopg.Error | None = None
        self._statement = statement
        self._dsn = dsn
        self._connection: psycopg.Connection | None = None
        self.start()

    def run(self) -> None:
        try:
            with psycopg.connect(self._dsn, autocommit=True) as self._connection:
                self._connection.add_notice_handler(lambda notice: self.notices.append(notice.message_primary))
                self.answer = execute(self._connection, self._statement)
        except psycopg.Error as error:
            self.error = error

    def cancel(self) -> None:
        assert self._connection
        self._connection.cancel()

    def finish(self) -> "Attempt":
        self.join(timeout=30)
        assert not self.is_alive(), f"still waiting: {self._statement}"
        return self

    def result(self) -> object:
        """The answer; the agent's error if there was one."""
        self.finish()
        if self.error:
            raise self.error
        return self.answer


def execute(connection: psycopg.Connection, statement: str, parameters: tuple | None = None) -> object:
    """Rows, the text of a COPY, or the command's tag."""
    if statement.startswith("COPY"):
        with connection.cursor().copy(statement) as copy:
            return b"".join(bytes(block) for block in copy).decode()
    cursor = connection.execute(statement, parameters)
    return cursor.fetchall() if cursor.description else cursor.statusmessage


def error_of(connection: psycopg.Connection, statement: str) -> psycopg.Error:
    try:
        answer = execute(connection, statement)
    except psycopg.Error as error:
        return error
    raise AssertionError(f"should have been refused: {statement} gave {answer!r}")


def psql(dsn: str, statement: str) -> str:
    """Aligned output, as a person sees it."""
    return subprocess.run(["psql", "-X", dsn, "-c", statement], check=True, text=True, capture_output=True, env=os.environ | {"PAGER": ""}).stdout


class Person:
    """Somebody with an API token at a command line."""

    def __init__(self, world: World, name: str):
        self._gateway = world.gateway
        self._token = world.tokens[name]

    def approvals(self, *arguments: str) -> subprocess.CompletedProcess:
        return self._gateway.command("approvals", *arguments, SLUICE_TOKEN=self._token,
                                     SLUICE_URL=f"http://127.0.0.1:{self._gateway.admin_port}")
