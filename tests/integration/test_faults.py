"""What breaks around the gateway, and the gateway itself."""

import json
import os
import random
import signal
import socket
import subprocess
import threading
import time

import psycopg
import pytest

from conftest import through_sluice_only
from harness import Postgres, eventually
from harness.approver import ApiError
from harness.certificates import make_certificates
from harness.shop import create_shop
from harness.wire import ConnectionEnded, Wire, query

pytestmark = through_sluice_only


@pytest.fixture
def own_upstream():
    with Postgres() as server:
        create_shop(server)
        yield server


def connect(gateway, user: str = "support-bot"):
    return psycopg.connect(gateway.dsn(user), autocommit=True, connect_timeout=10)


def verify_audit(gateway) -> subprocess.CompletedProcess:
    return gateway.command("audit", "verify", str(gateway.audit_directory))


def audit_verifies(gateway) -> bool:
    done = verify_audit(gateway)
    assert done.returncode == 0, done.stdout + done.stderr
    return True


def test_an_upstream_that_is_dead_at_the_start_and_comes_later(own_upstream, own_gateway):
    own_upstream.stop()
    gateway = own_gateway(own_upstream).start(wait_ready=False)
    eventually(lambda: gateway.approver("bob").health("livez") == 200, "the process to live")
    assert gateway.approver("bob").health("readyz") == 503
    with pytest.raises(psycopg.OperationalError) as refused:
        connect(gateway)
    assert "upstream" not in str(refused.value) or str(own_upstream.port) not in str(refused.value)
    own_upstream.start()
    gateway.wait_ready()
    with connect(gateway) as connection:
        assert connection.execute("SELECT email FROM customers WHERE id = 1").fetchone() == ("tok-1",)


def test_an_upstream_that_dies_in_the_middle_of_a_result(own_upstream, own_gateway):
    with own_gateway(own_upstream) as gateway:
        with Wire(gateway.port).login("support-bot", gateway.password("support-bot")) as wire:
            wire.send(query("SELECT repeat('x', 1000) FROM generate_series(1, 10000000)"))
            wire.until("D")
            own_upstream.stop(signal.SIGQUIT)
            assert wire.at_end()
            errors = [message.fields() for message in wire.heard if message.kind == "E"]
            assert len(errors) <= 1 and all(error["S"] == "FATAL" and error["C"][:2] in ("08", "57") for error in errors)
        gateway.check_running()
        own_upstream.start()
        eventually(lambda: _answers(gateway), "sessions to work again")
        audit_verifies(gateway)


def _answers(gateway) -> bool:
    try:
        with connect(gateway) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def test_a_backend_that_is_terminated_gives_its_own_error_and_no_second(shop):
    with shop.wire() as wire:
        wire.send(query("SELECT pg_sleep(20)"))
        eventually(lambda: shop.upstream.query(f"SELECT state FROM pg_stat_activity WHERE pid = {wire.process_id}") == "active", "it to run")
        shop.upstream.query(f"SELECT pg_terminate_backend({wire.process_id})")
        assert wire.at_end()
        assert [message.fields()["C"] for message in wire.heard if message.kind == "E"] == ["57P01"]


def test_an_upstream_that_dies_while_a_statement_is_held(own_upstream, own_gateway):
    with own_gateway(own_upstream) as gateway:
        with Wire(gateway.port).login("support-bot", gateway.password("support-bot")) as wire:
            wire.send(query("CREATE TABLE held_then_dead (id integer)"))
            request = gateway.approver("bob").wait_for_pending("held_then_dead")
            own_upstream.stop(signal.SIGQUIT)
            own_upstream.start()
            try:
                gateway.approver("bob").approve(request["id"])
            except ApiError as withdrawn:
                assert withdrawn.status == 409
            try:
                assert any(message.kind == "E" for message in wire.until_ready())
            except (ConnectionEnded, ConnectionResetError):
                pass
        assert own_upstream.query("SELECT to_regclass('held_then_dead') IS NULL", "shop") == "t"
        assert gateway.approver("bob").show(request["id"])["state"] != "pending"


@pytest.mark.timeout(120)
def test_kill_9_at_random_moments_of_approvals(own_upstream, own_gateway):
    """An approval that was acknowledged survives; no request is executed twice; the audit log verifies."""
    chance = random.Random(os.environ.get("SLUICE_SEED", "7"))
    own_upstream.execute("CREATE TABLE public.ran (name text); GRANT ALL ON public.ran TO PUBLIC; "
                         "CREATE FUNCTION public.note() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$BEGIN "
                         "INSERT INTO public.ran SELECT object_identity FROM pg_event_trigger_ddl_commands() WHERE object_type = 'view'; END$$; "
                         "CREATE EVENT TRIGGER note ON ddl_command_end EXECUTE FUNCTION public.note()", "shop")
    gateway = own_gateway(own_upstream).start()
    acknowledged: set[str] = set()
    for number in range(8):
        name = f"killed_{number}"
        agent = threading.Thread(target=_ask, args=(gateway, f"CREATE OR REPLACE VIEW public.{name} AS SELECT 1 AS one"))
        agent.start()
        approver = threading.Thread(target=_approve, args=(gateway, name, acknowledged))
        approver.start()
        time.sleep(chance.uniform(0.0, 0.25))  # the moment of the crash is what varies; nothing waits for it
        gateway.kill()
        agent.join()
        approver.join()
        gateway.start()
        audit_verifies(gateway)
    states = {request["id"]: request["state"] for request in gateway.approver("bob").call("GET", "/api/v1/approvals")["items"]}
    assert all(states.get(request) in ("approved", "consumed") for request in acknowledged), states
    for number in range(8):
        _ask(gateway, f"CREATE OR REPLACE VIEW public.killed_{number} AS SELECT 1 AS one", patience=0)  # uses what approvals are left, and only those
        count = own_upstream.query(f"SELECT count(*) FROM ran WHERE name = 'public.killed_{number}'", "shop")
        assert int(count) <= 1
    consumed = sum(request["state"] == "consumed" for request in gateway.approver("bob").call("GET", "/api/v1/approvals")["items"])
    assert int(own_upstream.query("SELECT count(*) FROM ran", "shop")) <= consumed
    audit_verifies(gateway)


def _ask(gateway, statement: str, patience: float = 1.0) -> None:
    """Sends the statement again and again, as an agent does that was told to come back later."""
    deadline = time.monotonic() + patience
    try:
        with psycopg.connect(gateway.dsn("hasty-bot"), autocommit=True, connect_timeout=5) as connection:
            while True:
                try:
                    connection.execute(statement)
                    return
                except psycopg.Error as refused:
                    if refused.sqlstate is None or refused.sqlstate.startswith(("08", "57")) or time.monotonic() > deadline:
                        return
                    time.sleep(0.01)
    except (psycopg.Error, OSError):
        pass


def _approve(gateway, name: str, acknowledged: set[str]) -> None:
    try:
        approver = gateway.approver("bob")
        request = approver.wait_for_pending(name, timeout=2)
        approver.approve(request["id"])
        acknowledged.add(request["id"])
    except (ApiError, OSError, TimeoutError, ValueError):
        pass


def test_kill_9_loses_no_admitted_record(own_gateway):
    gateway = own_gateway().start()
    with connect(gateway) as connection:
        for number in range(200):
            connection.execute("SELECT name FROM customers WHERE id = %s", (number + 1,))
        gateway.kill()
    gateway.start()
    audit_verifies(gateway)
    assert sum(record["event"] == "statement_admitted" for record in gateway.audit_records()) >= 200


def test_a_tampered_audit_log_is_found_out(own_gateway):
    with own_gateway() as gateway, connect(gateway) as connection:
        for _ in range(20):
            connection.execute("SELECT 1")
    audit_verifies(gateway)
    file = max((path for path in (gateway.directory / "var/audit").rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    whole = file.read_bytes()
    middle = whole.index(b"\n", len(whole) // 3) + 20
    file.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1:])
    assert verify_audit(gateway).returncode == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_under_the_audit_log_stops_statements_and_loses_nothing(own_gateway, tmp_path):
    disk = tmp_path / "small"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("no tmpfs may be mounted here")
    try:
        gateway = own_gateway(audit={"directory": str(disk / "audit")}).start()
        with connect(gateway) as connection:
            connection.execute("SELECT 1")
            filler = disk / "filler"
            _fill(filler)
            refused = eventually(lambda: _refusal(connection), "statements to stop", timeout=30)
            assert refused == "58030" or refused[:2] in ("53", "58", "57", "XX"), refused
            filler.unlink()
            eventually(lambda: _refusal(connection) == "", "statements to go on", timeout=30)
        gateway.stop()
        audit_verifies(gateway)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def _fill(path) -> None:
    with path.open("wb") as file:
        try:
            while True:
                file.write(b"x" * 65536)
                file.flush()
        except OSError:
            pass


def _refusal(connection) -> str:
    """The SQLSTATE with which one of many statements is refused; empty if all work."""
    for _ in range(2000):
        try:
            connection.execute("SELECT name FROM customers WHERE id = 3")
        except psycopg.Error as refused:
            return refused.sqlstate or "lost"
    return ""


@pytest.fixture
def tls_gateway(own_gateway, tmp_path):
    certificates = make_certificates(tmp_path / "tls")
    with own_gateway(tls={"certificate": str(certificates.certificate), "key": str(certificates.key), "required": True}) as gateway:
        yield gateway, certificates


def test_tls_with_verification_of_the_gateway(tls_gateway):
    gateway, certificates = tls_gateway
    with psycopg.connect(gateway.dsn("support-bot", host="localhost", sslmode="verify-full", sslrootcert=str(certificates.authority)),
                         autocommit=True) as connection:
        assert connection.execute("SELECT email FROM customers WHERE id = 3").fetchone() == ("tok-3",)
        assert len(connection.execute("SELECT repeat('x', 100000) FROM generate_series(1, 100)").fetchall()) == 100


def test_plain_connections_are_refused_where_tls_is_required(tls_gateway):
    gateway, _ = tls_gateway
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(gateway.dsn("support-bot", sslmode="disable"))


def test_half_open_tls_does_not_stop_others(tls_gateway):
    gateway, certificates = tls_gateway
    half = []
    for step in range(20):
        agent = socket.create_connection(("127.0.0.1", gateway.port))
        agent.sendall(b"\0\0\0\x08\x04\xd2\x16\x2f")
        assert agent.recv(1) == b"S"
        if step % 2:
            agent.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc")
        half.append(agent)
    with psycopg.connect(gateway.dsn("support-bot", host="localhost", sslmode="verify-full", sslrootcert=str(certificates.authority))) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    for agent in half:
        agent.close()
    gateway.check_running()


def test_bytes_stuffed_before_tls_are_refused(tls_gateway):
    gateway, _ = tls_gateway
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as agent:
        agent.sendall(b"\0\0\0\x08\x04\xd2\x16\x2f" + b"\0\0\0\x09\0\x03\0\0\0")
        answer = b""
        while piece := agent.recv(100):
            answer += piece
        assert not answer.startswith(b"S") or len(answer) <= 1


def test_the_upstream_over_tls_is_verified(tmp_path, own_gateway):
    good, wrong = make_certificates(tmp_path / "good"), make_certificates(tmp_path / "wrong")
    with Postgres(certificates=good) as server:
        create_shop(server)
        for authority, works in ((good.authority, True), (wrong.authority, False)):
            gateway = own_gateway(server)
            config = gateway.config
            config["databases"]["shop"] |= {"host": "localhost", "tls": "verify-full", "ca_file": str(authority)}
            gateway.write_config(config)
            gateway.start(wait_ready=works)
            if works:
                with connect(gateway) as connection:
                    assert connection.execute("SELECT email FROM customers WHERE id = 3").fetchone() == ("tok-3",)
                assert server.query("SELECT count(*) > 0 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND usename = 'sluice_upstream'") in ("t", "f")
            else:
                eventually(lambda: gateway.approver("bob").health("readyz") == 503, "it to say that it is not ready")
                with pytest.raises(psycopg.OperationalError):
                    connect(gateway)
            gateway.stop()


def test_more_sessions_than_allowed_are_refused(own_gateway):
    with own_gateway(limits={"max_sessions": 3}) as gateway:
        sessions = [connect(gateway) for _ in range(3)]
        with pytest.raises(psycopg.OperationalError) as refused:
            connect(gateway)
        assert "too many" in str(refused.value)
        sessions.pop().close()
        eventually(lambda: _answers(gateway), "room for another session")
        for session in sessions:
            session.close()


def test_many_connections_at_once(shop):
    failures = []

    def one(number: int) -> None:
        try:
            with psycopg.connect(shop.dsn(), autocommit=True) as connection:
                assert connection.execute("SELECT email FROM customers WHERE id = %s", (number + 1,)).fetchone() == (f"tok-{number + 1}",)
        except Exception as failure:
            failures.append(failure)
    agents = [threading.Thread(target=one, args=(number,)) for number in range(60)]
    [agent.start() for agent in agents]
    [agent.join() for agent in agents]
    assert failures == []


def test_the_log_says_whose_an_upstream_session_is_and_nobody_sees_the_agents_password(shop):
    with psycopg.connect(shop.dsn(), autocommit=True) as connection:
        process = connection.info.backend_pid

        def owner() -> str | None:
            opened = [record for record in shop.gateway.audit_records() if record["event"] == "session_opened"]
            return next((record["identity"]["id"] for record in opened if record["upstream_process_id"] == process), None)
        assert eventually(owner, "the record of the session") == "support-bot"
    assert shop.password not in shop.upstream.log.read_text(errors="replace")
    assert shop.password not in shop.gateway.log_text() + shop.gateway.audit_text()


def test_usage_is_counted_and_reported(shop):
    with psycopg.connect(shop.dsn("other-bot"), autocommit=True) as connection:
        for _ in range(3):
            connection.execute("SELECT email FROM customers WHERE id <= 10").fetchall()

    def counted() -> dict | None:
        done = shop.gateway.command("report", "usage", "--config", str(shop.gateway.config_file), "--format", "json",
                                    "--identity", "other-bot", "--group-by", "table,column,tag,use,masked")
        assert done.returncode == 0, done.stderr
        return next((line for line in json.loads(done.stdout)["lines"] if line.get("tag") == "pii"), None)
    line = eventually(counted, "a line about pii in the report")
    assert (line["column"], line["use"], line["masked"], line["statements"], line["values"]) == ("email", "output", "masked", 3, 30)


def test_the_tour_of_a_journal_left_behind(own_gateway):
    """Whatever a crash leaves in var is taken up by the next start, also twice."""
    gateway = own_gateway().start()
    with connect(gateway) as connection:
        connection.execute("SELECT 1")
        gateway.kill()
    for _ in range(2):
        gateway.start()
        gateway.kill()
    gateway.start()
    audit_verifies(gateway)
