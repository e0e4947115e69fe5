"""The protocol itself, message by message."""

import socket
import struct

import pytest

from conftest import DIRECT, through_sluice_only
from harness import eventually
from harness.wire import COPY_DONE, FLUSH, SYNC, TERMINATE, ConnectionEnded, Wire, bind, describe, execute, frame, parse, query, startup_packet


def kinds(messages) -> str:
    return "".join(message.kind for message in messages)


def sqlstate(messages) -> str:
    return next(message.fields()["C"] for message in messages if message.kind == "E")


def test_a_simple_query_and_its_messages(shop):
    with shop.wire() as wire:
        assert kinds(wire.simple("SELECT id FROM regions ORDER BY id")) == "TDDDDCZ"
        assert kinds(wire.simple("")) == "IZ"
        assert kinds(wire.simple("SELECT 1; SELECT 2")) == "TDCTDCZ"


def test_the_unnamed_statement_lives_until_the_next_simple_query(shop):
    with shop.wire() as wire:
        wire.send(parse("SELECT 1"), SYNC)
        assert kinds(wire.until_ready()) == "1Z"
        wire.send(bind(), execute(), SYNC)
        assert kinds(wire.until_ready()) == "2DCZ"
        wire.simple("SELECT 2")
        wire.send(bind(), execute(), SYNC)
        assert sqlstate(wire.until_ready()) == "26000"


def test_a_portal_with_a_row_limit_is_suspended_and_goes_on(shop):
    with shop.wire() as wire:
        wire.send(parse("SELECT id FROM regions ORDER BY id"), bind(portal="p"), execute("p", 3), execute("p", 3), SYNC)
        assert kinds(wire.until_ready()) == "12DDDsDCZ"


def test_two_portals_may_be_open_at_once(shop):
    with shop.wire() as wire:
        wire.simple("BEGIN")
        wire.send(parse("SELECT id FROM regions ORDER BY id", "a"), bind(portal="p", name="a"), bind(portal="q", name="a"),
                  execute("p", 1), execute("q", 2), execute("p", 1), frame("C", b"Pp\0"), execute("q"), SYNC)
        assert kinds(wire.until_ready()) == "122DsDDsDs3DDCZ"
        wire.simple("ROLLBACK")


def test_flush_brings_answers_without_a_sync(shop):
    with shop.wire() as wire:
        wire.send(parse("SELECT 7"), bind(), describe(), execute(), FLUSH)
        assert kinds(wire.until("C")) == "12TDC"
        wire.send(SYNC)
        assert kinds(wire.until_ready()) == "Z"


def test_describe_of_a_statement_tells_parameters_and_columns(shop):
    with shop.wire() as wire:
        wire.send(parse("SELECT id, email FROM customers WHERE id = $1 AND email = $2", "s"), describe("S", "s"), SYNC)
        messages = wire.until_ready()
        assert kinds(messages) == "1tTZ"
        assert struct.unpack("!hII", messages[1].body) == (2, 23, 25)


def test_an_error_skips_to_sync(shop):
    with shop.wire() as wire:
        wire.send(parse("SELECT 1/0"), bind(), execute(), parse("SELECT 1"), bind(), execute(), SYNC, parse("SELECT 2"), bind(), execute(), SYNC)
        assert kinds(wire.until_ready()) in ("12EZ", "1EZ")
        assert kinds(wire.until_ready()) == "12DCZ"


def test_a_refused_parse_skips_to_sync(shop):
    with shop.wire() as wire:
        wire.send(parse("SELECT rolpassword FROM pg_authid"), bind(), execute(), parse("SELECT 1"), SYNC, parse("SELECT 2"), bind(), execute(), SYNC)
        messages = wire.until_ready()
        assert (kinds(messages)[-2:], sqlstate(messages)) == ("EZ", "42501")
        assert kinds(wire.until_ready()) == "12DCZ"


def test_ten_thousand_statements_are_sent_before_anything_is_read(shop):
    count = 10000
    with shop.wire() as wire:
        import threading
        sender = threading.Thread(target=wire.send, args=([parse("SELECT $1::int", "s")] + [bind([str(i)], name="s") + execute() for i in range(count)] + [SYNC]))
        sender.start()
        messages = wire.until_ready()
        sender.join()
        assert kinds(messages).count("D") == count


def test_close_of_statements_and_portals_that_do_not_exist_is_no_error(shop):
    with shop.wire() as wire:
        wire.send(frame("C", b"Snosuch\0"), frame("C", b"Pnosuch\0"), SYNC)
        assert kinds(wire.until_ready()) == "33Z"


def test_names_are_shared_between_protocol_and_sql(shop):
    with shop.wire() as wire:
        wire.send(parse("SELECT 5", "five"), SYNC)
        wire.until_ready()
        assert kinds(wire.simple("EXECUTE five")) == "TDCZ"
        assert kinds(wire.simple("DEALLOCATE five")) == "CZ"
        wire.send(bind(name="five"), SYNC)
        assert sqlstate(wire.until_ready()) == "26000"


def test_copy_in_with_copy_fail_and_with_messages_that_do_not_belong(shop):
    with shop.wire() as wire:
        wire.send(query("COPY counters FROM STDIN"))
        wire.until("G")
        wire.send(frame("d", b"a\t1\n"), FLUSH, SYNC, frame("f", b"changed my mind\0"))
        assert sqlstate(wire.until_ready()) == "57014"
        wire.send(query("COPY counters FROM STDIN"))
        wire.until("G")
        wire.send(query("SELECT 1"))
        assert sqlstate(wire.until("E")) == "08P01"


def test_an_error_in_copy_in_swallows_the_rest_of_the_data(shop):
    with shop.wire() as wire:
        wire.send(query("COPY counters FROM STDIN"))
        wire.until("G")
        wire.send(frame("d", b"a\tnot a number\n"), *[frame("d", b"b\t2\n")] * 1000, COPY_DONE)
        assert sqlstate(wire.until_ready()) == "22P02"
        assert kinds(wire.simple("SELECT 1")) == "TDCZ"


def test_two_copies_in_one_query(shop):
    with shop.wire() as wire:
        wire.send(query("COPY (SELECT 1) TO STDOUT; COPY (SELECT 2) TO STDOUT"))
        assert kinds(wire.until_ready()) == "HdcCHdcCZ"


def test_half_close_still_gets_the_answer(shop):
    with shop.wire() as wire:
        wire.send(query("SELECT count(*) FROM generate_series(1, 200000)"))
        wire.socket.shutdown(socket.SHUT_WR)
        assert kinds(wire.until_ready()) == "TDCZ"
        assert wire.at_end()


def test_terminate_closes_and_the_upstream_session_ends(shop):
    wire = shop.wire()
    wire.send(TERMINATE)
    assert wire.at_end()
    eventually(lambda: shop.upstream.query(f"SELECT count(*) FROM pg_stat_activity WHERE pid = {wire.process_id}") == "0", "the backend to end")


def test_an_agent_that_vanishes_takes_its_backend_along(shop):
    """A connection reset, that is: who only ends its sending side still gets an answer."""
    wire = shop.wire()
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.send(query("SELECT pg_sleep(20)"))
    running = f"SELECT count(*) FROM pg_stat_activity WHERE pid = {wire.process_id} AND state = 'active'"
    eventually(lambda: shop.upstream.query(running) == "1", "the statement to run")
    wire.close()
    if not DIRECT:  # PostgreSQL alone does not notice before it writes
        eventually(lambda: shop.upstream.query(running) == "0", "the statement to end")


def test_cancel_with_a_wrong_key_is_ignored_in_silence(shop):
    with shop.wire() as wire:
        right = wire.secret_key
        wire.secret_key = bytes(byte ^ 1 for byte in right)
        wire.send(query("SELECT pg_sleep(0.3)"))
        wire.cancel()
        assert kinds(wire.until_ready()) == "TDCZ"
        wire.secret_key = right
        wire.send(query("SELECT pg_sleep(20)"))
        eventually(lambda: shop.upstream.query(f"SELECT state FROM pg_stat_activity WHERE pid = {wire.process_id}") == "active", "it to run")
        wire.cancel()
        assert sqlstate(wire.until_ready()) == "57014"


def test_a_cancel_does_not_reach_the_next_statement(shop):
    """Who sent the cancel may go on once that connection has been closed."""
    with shop.wire() as wire:
        for _ in range(10):
            wire.send(query("SELECT pg_sleep(0.01)"))
            wire.cancel()
            wire.until_ready()
            assert kinds(wire.simple("SELECT pg_sleep(0.02)")) == "TDCZ"
            wire.cancel()  # while idle
            assert kinds(wire.simple("SELECT pg_sleep(0.02)")) == "TDCZ"


def test_parameter_status_is_told_by_the_server(shop):
    with shop.wire(client_encoding="utf8", application_name="té") as wire:
        assert wire.parameters["client_encoding"] == "UTF8"
        assert {"server_version", "server_encoding", "DateStyle", "TimeZone", "integer_datetimes", "standard_conforming_strings",
                "is_superuser", "session_authorization", "IntervalStyle"} <= wire.parameters.keys()
        messages = wire.simple("SET timezone = 'Asia/Tokyo'")
        assert b"TimeZone\0Asia/Tokyo\0" in [message.body for message in messages if message.kind == "S"]
        wire.simple("BEGIN; SET timezone = 'Europe/Rome'")
        assert b"TimeZone\0Asia/Tokyo\0" in [message.body for message in wire.simple("ROLLBACK") if message.kind == "S"]


def test_a_wrong_setting_in_the_start_packet_is_told(shop):
    for parameters in ({"options": "-c statement_timeout=never"}, {"statement_timeout": "never"}):
        with pytest.raises(ConnectionEnded) as refused:
            shop.wire(**parameters)
        assert refused.value.args[0]["C"] in ("22023", "42501", "0A000")


def start(shop, packet: bytes, answer: int = 1) -> bytes:
    with socket.create_connection(("127.0.0.1", shop.port), timeout=10) as agent:
        agent.sendall(packet)
        return agent.recv(answer)


@through_sluice_only
def test_gss_encryption_is_declined_and_the_start_goes_on(shop):
    with Wire(shop.port) as wire:
        wire.send(struct.pack("!ii", 8, 80877104))
        assert wire.socket.recv(1) == b"N"
        wire.login(shop.user, shop.password)
        assert kinds(wire.simple("SELECT 1")) == "TDCZ"


def test_a_newer_protocol_is_negotiated_down(shop):
    with Wire(shop.port) as wire:
        wire.send(startup_packet({"user": shop.user, "database": "shop", "_pq_.nonsense": "1"}, version=196608 + 2))
        assert wire.read().kind == "v"
        wire._authenticate(shop.password)
        assert kinds(wire.until_ready()).startswith("S")


@pytest.mark.parametrize("packet,states", [
    (struct.pack("!ii", 8, 4 << 16), ("0A000", "08P01")),
    (struct.pack("!ii", 9, 196608) + b"\0", ("28000",)),
    (startup_packet({"user": "support-bot", "database": "nosuch"}), ("3D000", "28P01", "")),
], ids=["protocol 4", "no user", "unknown database"])
def test_start_packets_that_are_refused_with_a_reason(shop, packet, states):
    with Wire(shop.port) as wire:
        wire.send(packet)
        message = wire.read()
        if message.kind == "R":  # the password is asked for first, so that strangers learn nothing
            return
        assert message.kind == "E" and message.fields()["C"] in states and message.fields()["S"] == message.fields()["V"] == "FATAL"
        assert wire.at_end()


@pytest.mark.parametrize("packet", [
    struct.pack("!ii", 4, 196608), struct.pack("!ii", 0x7FFFFFFF, 196608), struct.pack("!ii", -1, 196608), b"GET / HTTP/1.1\r\n\r\n",
    struct.pack("!ii", 40, 196608) + b"user\0x\0no end", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
], ids=["too short", "too long", "negative", "HTTP", "unterminated", "TLS at once"])
def test_garbage_instead_of_a_start_packet_closes(shop, packet):
    with Wire(shop.port, timeout=5) as wire:
        wire.send(packet)
        wire.socket.shutdown(socket.SHUT_WR)
        assert wire.at_end() or wire.heard
    assert kinds(shop.wire().simple("SELECT 1")) == "TDCZ"


GARBAGE = {
    "an unknown message": frame("?", b"what"), "a backend's message": frame("Z", b"I"), "a negative length": b"Q" + struct.pack("!i", -5),
    "a length that is too small": b"Q" + struct.pack("!i", 3), "a huge length": b"Q" + struct.pack("!i", 0x7FFFFFFF),
    "a Query without its end": frame("Q", b"SELECT 1"), "a Bind cut short": frame("B", b"\0\0\0\1\0\0\0\5"),
    "a Bind with a negative count": frame("B", b"\0\0\xff\xff"), "a Parse cut short": frame("P", b"x"),
    "a password out of order": frame("p", b"secret\0"), "an empty Describe": frame("D"), "an Execute cut short": frame("E", b"\0\0"),
    "a Describe of something else": frame("D", b"X\0"), "a Close of nothing": frame("C"),
}


@pytest.mark.parametrize("state", ["before authentication", "idle", "in a transaction", "in COPY", "in a pipeline"])
@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_in_every_state_is_refused_or_closes(shop, garbage, state):
    with Wire(shop.port, timeout=5) as wire:
        if state == "before authentication":
            wire.send(startup_packet({"user": shop.user, "database": "shop"}))
            wire.read()
        else:
            wire.login(shop.user, shop.password)
        if state == "in a transaction":
            wire.simple("BEGIN")
        if state == "in COPY":
            wire.send(query("COPY counters FROM STDIN"))
            wire.until("G")
        if state == "in a pipeline":
            wire.send(parse("SELECT 1"))
        wire.heard.clear()
        wire.send(GARBAGE[garbage], SYNC)
        try:
            wire.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        assert wire.at_end(), "neither answered nor closed"
    if not DIRECT:
        shop.gateway.check_running()


@through_sluice_only
def test_messages_above_the_limit_are_refused(own_gateway):
    with own_gateway(limits={"max_statement_bytes": 1024}) as gateway:
        with Wire(gateway.port).login("support-bot", gateway.password("support-bot")) as wire:
            assert sqlstate(wire.simple("SELECT '" + "x" * 2000 + "'")) in ("54000", "54001")
            assert kinds(wire.simple("SELECT 1")) == "TDCZ"


@through_sluice_only
@pytest.mark.parametrize("statement", [
    "SELECT " + "(" * 4000 + "1" + ")" * 4000, "SELECT " + "1+" * 20000 + "1", "SELECT " + "NOT " * 20000 + "true",
    "SELECT 1 " + "UNION ALL SELECT 1 " * 10000, "SELECT " + "ARRAY[" * 3000 + "1" + "]" * 3000,
    "SELECT * FROM " + "(SELECT * FROM " * 2000 + "regions" + ") x" * 2000, "SELECT " + "- " * 20000 + "1",
], ids=["parentheses", "plus", "not", "union", "arrays", "subqueries", "minus"])
def test_hostile_nesting_is_refused_and_the_session_goes_on(shop, statement):
    with shop.wire() as wire:
        assert kinds(wire.simple(statement))[-2:] in ("EZ", "CZ")
        assert kinds(wire.simple("SELECT 1")) == "TDCZ"
