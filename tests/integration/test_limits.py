"""Every limit: what an agent sees when it is hit, that the gateway lives on, and that a metric counts it."""

import re
import socket
import threading
import urllib.request

import psycopg
import pytest

from conftest import through_sluice_only
from harness import eventually
from harness.wire import SYNC, ConnectionEnded, Wire, bind, execute, frame, parse, query, startup_packet

pytestmark = through_sluice_only
MIB = 1 << 20


def connect(gateway, user: str = "support-bot", **parameters):
    return psycopg.connect(gateway.dsn(user, **parameters), autocommit=True, connect_timeout=10)


def metrics(gateway) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{gateway.admin_port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))}


def hits(gateway, limit: str) -> float:
    return metrics(gateway)[f'sluice_limits_hit_total{{limit="{limit}"}}']


def wire(gateway, user: str = "support-bot", **parameters) -> Wire:
    return Wire(gateway.port).login(user, gateway.password(user), **parameters)


def last_error(wire: Wire) -> dict[str, str]:
    return [message.fields() for message in wire.heard if message.kind == "E"][-1]


def limited(own_gateway, **limits):
    return own_gateway(limits=limits, workers=1)


def nobody_logs_in(gateway) -> None:
    """What looked whether the port is open may count as a login for a moment."""
    eventually(lambda: metrics(gateway)['sluice_sessions{state="login"}'] == 0, "all logins to be over")


def test_sessions_of_one_identity(own_gateway):
    with limited(own_gateway, groups={"agents": {"max_sessions_per_identity": 2}}) as gateway:
        sessions = [connect(gateway) for _ in range(2)]
        with pytest.raises(psycopg.OperationalError, match='too many connections for role "support-bot"'):
            connect(gateway)
        connect(gateway, "other-bot").close()
        assert hits(gateway, "max_sessions_per_identity") == 1
        assert metrics(gateway)['sluice_refusals_total{sqlstate="53300"}'] == 1
        for session in sessions:
            session.close()
        eventually(lambda: metrics(gateway)['sluice_sessions{state="idle"}'] == 0, "the sessions to end")
        connect(gateway).close()


def test_an_idle_session_ends_and_one_that_works_does_not(own_gateway):
    with limited(own_gateway, idle_session_timeout="1s") as gateway:
        with wire(gateway) as idle, wire(gateway) as busy:
            busy.send(query("SELECT pg_sleep(1.5)"))
            assert idle.at_end()
            assert (last_error(idle)["C"], last_error(idle)["S"]) == ("57P05", "FATAL")
            assert busy.until_ready()[-1].kind == "Z"
        assert hits(gateway, "idle_session_timeout") >= 1


def test_an_idle_transaction_ends_and_leaves_no_locks(own_gateway, upstream):
    with limited(own_gateway, idle_in_transaction_session_timeout="1s") as gateway:
        with wire(gateway) as idle:
            idle.simple("BEGIN")
            idle.simple("LOCK TABLE counters")
            assert idle.at_end()
            assert (last_error(idle)["C"], last_error(idle)["S"]) == ("25P03", "FATAL")
        eventually(lambda: upstream.query("SELECT count(*) FROM pg_locks WHERE relation = 'counters'::regclass", "shop") == "0", "the lock to go")
        assert hits(gateway, "idle_in_transaction_session_timeout") == 1


def test_a_statement_that_takes_too_long_is_cancelled_and_the_session_lives_on(own_gateway):
    with limited(own_gateway, statement_timeout="1s") as gateway, connect(gateway) as session:
        with pytest.raises(psycopg.errors.QueryCanceled, match="canceling statement due to statement timeout"):
            session.execute("SELECT pg_sleep(60)")
        assert session.execute("SELECT 1").fetchone() == (1,)
        # What the agent sets for itself cannot lift the limit.
        session.execute("SET statement_timeout = 0")
        with pytest.raises(psycopg.errors.QueryCanceled):
            session.execute("SELECT pg_sleep(60)")
        assert hits(gateway, "statement_timeout") == 2
        assert metrics(gateway)["sluice_cancels_total"] == 2


def test_a_wait_for_an_approval_ends(own_gateway):
    with limited(own_gateway, hold_timeout="1s") as gateway, connect(gateway) as session:
        with pytest.raises(psycopg.Error) as pending:
            session.execute("CREATE TABLE never_made ()")
        assert pending.value.sqlstate == "SL001"
        assert session.execute("SELECT 1").fetchone() == (1,)
        assert [request["id"] in str(pending.value) for request in gateway.approver("bob").pending()] == [True]
        assert hits(gateway, "hold_timeout") == 1
        assert metrics(gateway)['sluice_holds_total{outcome="expired"}'] == 1


def test_logins_that_trickle_are_ended_and_others_get_in(own_gateway):
    with limited(own_gateway, max_logins=2, login_timeout="2s") as gateway:
        nobody_logs_in(gateway)
        slow = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(2)]
        for number, one in enumerate(slow):
            one.sendall(startup_packet({"user": "support-bot"})[:5 + number])
        eventually(lambda: metrics(gateway)['sluice_sessions{state="login"}'] == 2, "both to be there")
        with pytest.raises(psycopg.OperationalError, match="too many clients"):
            connect(gateway)
        assert hits(gateway, "max_logins") >= 1
        nobody_logs_in(gateway)
        connect(gateway).close()
        assert [one.recv(10) for one in slow] == [b"", b""]  # PostgreSQL too says nothing before a start-up packet
        assert hits(gateway, "login_timeout") == 2


def test_a_login_that_takes_long_makes_room_for_others(own_gateway):
    with limited(own_gateway, max_logins=1, login_timeout="60s") as gateway:
        nobody_logs_in(gateway)
        with Wire(gateway.port) as slow:
            slow.send(startup_packet({"user": "support-bot", "database": "shop"}))
            slow.until("R")
            eventually(lambda: _gets_in(gateway), "room for another", 20)
            assert slow.at_end() and last_error(slow)["C"] == "53300"


def _gets_in(gateway) -> bool:
    try:
        connect(gateway).close()
        return True
    except psycopg.OperationalError:
        return False


def test_an_agent_that_never_reads_holds_nothing_for_ever(own_gateway, upstream):
    with limited(own_gateway, write_timeout="2s") as gateway, wire(gateway) as stuck:
        before = gateway.rss_kib()
        stuck.send(query("SELECT repeat('x', 100000) FROM generate_series(1, 100000)"))
        eventually(lambda: hits(gateway, "write_timeout") == 1, "the write to be given up", 30)
        assert gateway.rss_kib() - before < 64 * 1024
        eventually(lambda: upstream.query(f"SELECT count(*) FROM pg_stat_activity WHERE pid = {stuck.process_id}") == "0", "the backend to end")
        assert stuck.at_end()
        connect(gateway).close()


def test_a_pipeline_that_nobody_reads_is_held_back_and_comes_through(own_gateway):
    """Statements without end are sent before an answer is read: the sender must wait, and memory must not grow."""
    with limited(own_gateway) as gateway, wire(gateway) as agent:
        agent.send(parse("SELECT $1::text", "s"), SYNC)
        agent.until_ready()
        before = gateway.rss_kib()
        one = bind(["y" * 500], name="s") + execute()
        count = 60_000
        data = one * count + SYNC
        sent = 0
        agent.socket.settimeout(1)
        try:
            while sent < len(data):
                sent += agent.socket.send(data[sent:sent + MIB])
        except TimeoutError:
            pass
        assert sent < len(data), "the sender never had to wait"
        assert gateway.rss_kib() - before < 64 * 1024
        agent.socket.settimeout(20)
        rest = threading.Thread(target=agent.socket.sendall, args=(data[sent:],))
        rest.start()
        messages = agent.until_ready()
        rest.join()
        assert sum(message.kind == "D" for message in messages) == count
        assert not any(message.kind == "E" for message in messages)
        assert agent.simple("SELECT 1")[-1].kind == "Z"


def test_many_pipelined_statements_without_a_sync_do_not_get_stuck(own_gateway):
    """Their answers are small enough to stay in the upstream's buffer until somebody flushes it."""
    with limited(own_gateway) as gateway, wire(gateway) as agent:
        count = 9_000
        agent.send(*[parse("SELECT 1", "")] * count)
        agent.send(SYNC)
        assert "".join(message.kind for message in agent.until_ready()) == "1" * count + "Z"
        assert hits(gateway, "pipeline") >= 1


def test_prepared_statements_and_cursors(own_gateway):
    with limited(own_gateway, max_prepared_statements=3, max_cursors=2) as gateway, wire(gateway) as agent:
        agent.send(*[parse("SELECT 1", f"s{i}") for i in range(5)], SYNC)
        messages = agent.until_ready()
        assert ("".join(message.kind for message in messages), last_error(agent)["C"]) == ("111EZ", "54000")
        assert "limit is 3" in last_error(agent)["M"]
        agent.simple("PREPARE another AS SELECT 1")
        assert last_error(agent)["C"] == "54000"
        agent.send(parse("SELECT 2"), bind(), execute(), SYNC)  # the unnamed one always works
        assert "E" not in [message.kind for message in agent.until_ready()]
        agent.simple("DEALLOCATE s1")
        assert "E" not in [message.kind for message in agent.simple("PREPARE another AS SELECT 1")]
        agent.simple("BEGIN")
        agent.simple("DECLARE one CURSOR FOR SELECT 1")
        agent.simple("DECLARE two CURSOR FOR SELECT 1")
        agent.simple("DECLARE three CURSOR FOR SELECT 1")
        assert (last_error(agent)["C"], "cursors" in last_error(agent)["M"]) == ("54000", True)
        assert "E" not in [message.kind for message in agent.simple("ROLLBACK")]
        assert (hits(gateway, "max_prepared_statements"), hits(gateway, "max_cursors")) == (2, 1)


def test_memory_of_all_sessions(own_gateway):
    with limited(own_gateway, max_memory=4 * MIB) as gateway, wire(gateway) as agent, wire(gateway) as other:
        agent.send(query("COPY counters FROM STDIN"))
        agent.until("G")
        with pytest.raises((ConnectionEnded, OSError)):
            agent.send(frame("d", b"x" * (16 * MIB)))
            while True:
                agent.read()
        errors = [message.fields() for message in agent.heard if message.kind == "E"]
        assert not errors or errors[-1]["C"] == "53200"  # its own bytes that nobody reads may break the connection first
        assert hits(gateway, "max_memory") == 1
        assert other.simple("SELECT 1")[-1].kind == "Z"
        eventually(lambda: metrics(gateway)["sluice_session_memory_bytes"] < MIB, "the memory to be given back")


def test_memory_of_one_session(own_gateway):
    with limited(own_gateway, max_session_memory=4 * MIB) as gateway, wire(gateway) as agent:
        agent.send(*[parse(f"SELECT '{'x' * 500_000}'", f"s{i}") for i in range(6)], SYNC)
        messages = agent.until_ready()
        assert ("E" in [message.kind for message in messages], last_error(agent)["C"]) == (True, "53200")
        assert agent.simple("SELECT 1")[-1].kind == "Z"
        assert hits(gateway, "max_session_memory") >= 1


def test_message_bytes(own_gateway):
    with limited(own_gateway, max_statement_bytes=4096, groups={"agents": {"max_message_bytes": 100_000}}) as gateway:
        with wire(gateway) as agent:
            agent.send(query("SELECT " + "1" * 100_001))
            assert agent.at_end() and last_error(agent)["C"] == "54000"
        assert hits(gateway, "max_message_bytes") == 1


def test_a_storm_of_connections_above_the_number_of_descriptors(own_gateway):
    with own_gateway(wrapper=["prlimit", "--nofile=100:100"], workers=1) as gateway:
        storm = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(150)]
        for one in storm:
            one.close()
        eventually(lambda: _gets_in(gateway), "agents to get in again", 30)
        gateway.check_running()


def test_metrics_tell_what_happened(own_gateway):
    with limited(own_gateway) as gateway:
        with connect(gateway) as session:
            session.execute("SELECT email FROM customers WHERE id = 1")
            session.execute("SELECT email FROM customers WHERE id = 1")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute("DO $$ BEGIN END $$")
            session.execute("BEGIN")
            numbers = metrics(gateway)
            assert numbers['sluice_sessions{state="idle_in_transaction"}'] == 1
            assert numbers['sluice_statements_total{verdict="allow",kind="select"}'] == 2
            assert numbers['sluice_statements_total{verdict="deny",kind="code"}'] == 1
            assert numbers['sluice_refusals_total{sqlstate="42501"}'] == 1
            assert numbers["sluice_rows_total"] == 2
            assert numbers["sluice_plan_cache_hits_total"] >= 1
            assert numbers["sluice_upstream_connects_total"] == 1
            for name in ("agent_received", "agent_sent", "upstream_received", "upstream_sent"):
                assert numbers[f"sluice_{name}_bytes_total"] > 50, name
            assert 0 <= numbers["sluice_journal_fill_ratio"] <= 1
        text = urllib.request.urlopen(f"http://127.0.0.1:{gateway.admin_port}/metrics", timeout=10).read().decode()
        assert not re.search("support-bot|customers|shop", text)
        eventually(lambda: sum(value for name, value in metrics(gateway).items() if name.startswith("sluice_sessions{")) == 0, "the session to end")


def test_the_metrics_page_is_well_formed(shop):
    """The grammar of the text format, and what promtool looks for besides."""
    text = urllib.request.urlopen(f"http://127.0.0.1:{shop.gateway.admin_port}/metrics", timeout=10).read().decode()
    label = r'[a-z_]+="[^"\\\n]*"'
    family, families, samples = "", set(), set()
    for line in text.splitlines():
        if found := re.fullmatch(r"# HELP (sluice_[a-z_]+) [A-Z1].*\.", line):
            family = found[1]
            assert family not in families
            families.add(family)
        elif found := re.fullmatch(r"# TYPE (sluice_[a-z_]+) (counter|gauge)", line):
            assert found[1] == family and (found[2] == "counter") == family.endswith("_total"), line
        else:
            found = re.fullmatch(rf"((sluice_[a-z_]+)(\{{{label}(,{label})*\}})?) [0-9.e+-]+", line)
            assert found and found[2] == family and found[1] not in samples, line
            samples.add(found[1])
    assert len(samples) > 40 and text.endswith("\n")
