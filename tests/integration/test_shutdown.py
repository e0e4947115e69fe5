"""SIGTERM in each state of a session, and what systemd hears of it."""

import signal
import socket
from pathlib import Path

import psycopg
import pytest

from conftest import through_sluice_only
from harness import eventually
from harness.wire import COPY_DONE, FLUSH, SYNC, Wire, frame, parse, query, startup_packet

pytestmark = through_sluice_only


def wire(gateway, user: str = "support-bot") -> Wire:
    return Wire(gateway.port).login(user, gateway.password(user))


def drain(gateway) -> None:
    gateway.process.send_signal(signal.SIGTERM)
    eventually(lambda: "shutting down" in gateway.log_text(), "the drain to begin")


def status_of(gateway, timeout: float = 20) -> int:
    return gateway.process.wait(timeout)


def errors(wire: Wire) -> list[tuple[str, str]]:
    return [(message.fields()["S"], message.fields()["C"]) for message in wire.heard if message.kind == "E"]


def test_idle_sessions_end_and_nobody_new_gets_in(own_gateway):
    gateway = own_gateway().start()
    with wire(gateway) as idle, wire(gateway) as busy:
        busy.simple("BEGIN")
        drain(gateway)
        assert idle.at_end() and errors(idle) == [("FATAL", "57P01")]
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(gateway.dsn("support-bot"), connect_timeout=5)
        assert gateway.approver("bob").health("readyz") == 503
        assert busy.simple("SELECT 1")[-1].kind == "Z"
        busy.simple("COMMIT")
        assert busy.at_end() and errors(busy) == [("FATAL", "57P01")]
    assert status_of(gateway) == 0


def test_a_statement_a_pipeline_and_a_copy_under_way_are_finished(own_gateway, upstream):
    gateway = own_gateway().start()
    with wire(gateway) as running, wire(gateway) as piping, wire(gateway) as copying:
        running.send(query("SELECT pg_sleep(1)"))
        active = f"SELECT count(*) FROM pg_stat_activity WHERE pid = {running.process_id} AND state = 'active'"
        eventually(lambda: upstream.query(active) == "1", "the statement to run")
        piping.send(parse("SELECT 1"), FLUSH)
        piping.until("1")
        copying.send(query("COPY counters FROM STDIN"))
        copying.until("G")
        drain(gateway)
        assert running.until_ready()[-1].kind == "Z"
        piping.send(SYNC)
        assert piping.until_ready()[-1].kind == "Z"
        copying.send(frame("d", b"drained\t1\n"), COPY_DONE)
        assert [message.kind for message in copying.until_ready()] == ["C", "Z"]
        for one in (running, piping, copying):
            assert one.at_end() and errors(one) == [("FATAL", "57P01")]
    assert status_of(gateway) == 0


def test_a_held_statement_never_runs_and_its_request_stays_open(own_gateway, upstream):
    gateway = own_gateway().start()
    with wire(gateway) as held:
        held.send(query("CREATE TABLE drained_away ()"))
        request = gateway.approver("bob").wait_for_pending("drained_away")
        drain(gateway)
        assert held.at_end() and errors(held) == [("FATAL", "57P01")]
    assert status_of(gateway) == 0
    gateway.start()
    assert gateway.approver("bob").show(request["id"])["state"] == "pending"
    assert upstream.query("SELECT to_regclass('drained_away') IS NULL", "shop") == "t"


def test_who_is_logging_in_is_turned_away(own_gateway):
    gateway = own_gateway().start()
    with Wire(gateway.port) as said_who, Wire(gateway.port) as silent:
        said_who.send(startup_packet({"user": "support-bot", "database": "shop"}))
        said_who.until("R")
        drain(gateway)
        assert said_who.at_end() and errors(said_who) == [("FATAL", "57P03")]
        assert silent.at_end() and silent.heard == []
    assert status_of(gateway) == 0


@pytest.mark.parametrize("how", ["a second signal", "the time limit"])
def test_what_does_not_end_by_itself_is_ended(own_gateway, upstream, how):
    gateway = own_gateway(limits={"shutdown_timeout": "1s" if how == "the time limit" else "1h"}).start()
    with wire(gateway) as waiting, wire(gateway) as running:
        waiting.simple("BEGIN")
        running.send(query("SELECT pg_sleep(600)"))
        active = f"SELECT count(*) FROM pg_stat_activity WHERE pid = {running.process_id} AND state = 'active'"
        eventually(lambda: upstream.query(active) == "1", "the statement to run")
        drain(gateway)
        if how == "a second signal":
            gateway.process.send_signal(signal.SIGTERM)
        for one in (waiting, running):
            assert one.at_end() and errors(one) == [("FATAL", "57P01")]
        assert status_of(gateway) == 0
        eventually(lambda: upstream.query(active) == "0", "the statement to end")


def test_systemd_is_told(own_gateway, tmp_path: Path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        gateway = own_gateway(limits={"shutdown_timeout": "7s"}).start()
        assert manager.recv(1000) == b"READY=1"
        gateway.process.send_signal(signal.SIGTERM)
        said = manager.recv(1000).decode().splitlines()
        assert said[0] == "STOPPING=1"
        assert int(said[1].removeprefix("EXTEND_TIMEOUT_USEC=")) >= 7_000_000
        assert status_of(gateway) == 0
