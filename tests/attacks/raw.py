"""Attacks below SQL: messages that drivers do not send, encodings, and the life of names across protocols."""

import struct

from harness.wire import SYNC, ConnectionEnded, Message, Wire, bind, describe, execute, frame, parse, query

from . import corners
from .corpus import Scenario
from .oracle import Judgement
from .play import CLOSED, SILENT, comparable, everything, outcome
from .worlds import World, Worlds


def function_call(oid: int, *arguments: bytes) -> bytes:
    body = struct.pack("!IhhH", oid, 1, 0, len(arguments))
    return frame("F", body + b"".join(struct.pack("!i", len(value)) + value for value in arguments) + struct.pack("!h", 0))


def _function_call_query_to_xml(wire: Wire) -> None:
    wire.send(function_call(2923, b"SELECT email FROM customers", b"t", b"f", b""))
    wire.until_ready()


def _function_call_current_user(wire: Wire) -> None:
    wire.send(function_call(745))
    wire.until_ready()


def _shift_jis_backslash(wire: Wire) -> None:
    wire.simple("SET client_encoding = 'SJIS'")
    wire.send(frame("Q", b"SELECT E'\x95\x5c' || (SELECT email FROM customers LIMIT 1) --'\0"))
    wire.until_ready()


def _big5_through_set_names(wire: Wire) -> None:
    wire.simple("SET NAMES 'BIG5'")
    wire.send(frame("Q", b"SELECT E'\xa5\x5c' || (SELECT string_agg(email, ',') FROM customers) --'\0"))
    wire.until_ready()


def _invalid_utf8(wire: Wire) -> None:
    wire.send(frame("Q", b"SELECT '\xc3\x28' || email FROM customers\0"))
    wire.until_ready()


def _nul_inside_a_query(wire: Wire) -> None:
    wire.send(frame("Q", b"SELECT 1\0; SELECT email FROM customers\0"))
    wire.until_ready()


def _sql_execute_of_a_protocol_statement(wire: Wire) -> None:
    wire.send(parse("SELECT email FROM customers WHERE id = 3", "mine"), SYNC)
    wire.until_ready()
    wire.simple("EXECUTE mine")


def _bind_of_a_sql_statement(wire: Wire) -> None:
    wire.simple("PREPARE mine AS SELECT email FROM customers WHERE id = 3")
    wire.send(bind(name="mine"), execute(), SYNC)
    wire.until_ready()


def _prepared_before_a_temporary_table_shadows(wire: Wire) -> None:
    wire.simple("CREATE TEMP TABLE regions (id integer, name text)")
    wire.send(parse("SELECT * FROM regions", "shadow"), SYNC)
    wire.until_ready()
    wire.simple("DROP TABLE pg_temp.regions")
    wire.simple("SET search_path = hr, clinic, public")
    wire.send(bind(name="shadow"), describe(), execute(), SYNC)
    wire.until_ready()


def _portal_fetched_by_sql(wire: Wire) -> None:
    wire.send(query("BEGIN"))
    wire.until_ready()
    wire.send(parse("SELECT email, phone FROM customers"), bind(portal="door"), execute("door", 2), SYNC)
    wire.until_ready()
    wire.simple("FETCH ALL FROM door")


def _cursor_executed_as_portal(wire: Wire) -> None:
    wire.simple("BEGIN")
    wire.simple("DECLARE door CURSOR FOR SELECT amount FROM hr.salaries")
    wire.send(describe("P", "door"), execute("door"), SYNC)
    wire.until_ready()


def _binary_results(wire: Wire) -> None:
    for statement in ("SELECT * FROM customers", "SELECT c FROM customers c", "SELECT amount FROM hr.salaries", "SELECT number FROM cards",
                      "SELECT array_agg(email) FROM customers", "SELECT * FROM clinic.vault"):
        wire.extended(statement, result_format=1)


def _odd_parameter_types(wire: Wire) -> None:
    for oid in (2205, 16, 17, 869, 2249, 2278, 705, 4294967295):
        wire.send(parse("SELECT email FROM customers WHERE email > $1", types=(oid,)), bind(["tok"]), describe(), execute(), SYNC)
        wire.until_ready()


def _regclass_parameter(wire: Wire) -> None:
    wire.send(parse("SELECT relname, reltuples, relpages FROM pg_class WHERE oid = $1", types=(2205,)), bind(["customers"]), execute(), SYNC)
    wire.until_ready()


def _parameter_of_a_type_that_looks(world: World) -> list[Message]:
    """A domain, an array of it, and a row with it: their checks read masked values when Bind makes one of a parameter."""
    guess = corners.rows(1, False)[0]["lab.samples"][2][2]
    with world.connect() as wire:
        for name, value in (("lab.known_value", guess), ("lab.known_value[]", f"{{{guess}}}"), ("lab.pair", f"(1,{guess})"), ("lab.known", f"(1,{guess},)")):
            wire.simple(f"SELECT '{name}'::regtype::oid::text")
            oid = int(next(message for message in reversed(wire.heard) if message.kind == "D").body[6:])
            wire.send(parse("SELECT 1 WHERE $1 IS NOT NULL", types=(oid,)), bind([value]), describe(), execute(), SYNC)
            wire.until_ready()
        return list(wire.heard)


def _replication_start(world: World) -> list[Message]:
    return _startup(world, replication="database")


def _startup_options(world: World) -> list[Message]:
    return _startup(world, options="-c role=shop_owner -c search_path=hr -c enable_seqscan=off -c log_statement=all")


def _startup_encoding(world: World) -> list[Message]:
    return _startup(world, client_encoding="SJIS")


def _startup(world: World, **parameters: str) -> list[Message]:
    from harness.shop import PASSWORDS, UPSTREAM_PASSWORD
    from .worlds import AGENT
    user, password = ("sluice_upstream", UPSTREAM_PASSWORD) if world.direct else (AGENT, PASSWORDS[AGENT])
    with Wire(world.gateway.port if world.gateway else world.server.port, timeout=10) as wire:
        wire.login(user, password, "shop", **parameters)
        wire.simple("SELECT * FROM salaries")
        wire.simple("SELECT * FROM hr.salaries")
        wire.simple("SHOW role")
        return list(wire.heard)


RAW_ATTACKS = {
    "a FunctionCall message runs query_to_xml": _function_call_query_to_xml,
    "a FunctionCall message asks who is there": _function_call_current_user,
    "a backslash inside a Shift-JIS character": _shift_jis_backslash,
    "SET NAMES BIG5 and a backslash inside a character": _big5_through_set_names,
    "a statement that is not valid UTF-8": _invalid_utf8,
    "a NUL byte inside a Query message": _nul_inside_a_query,
    "SQL EXECUTE of a statement prepared by Parse": _sql_execute_of_a_protocol_statement,
    "Bind of a statement prepared by SQL": _bind_of_a_sql_statement,
    "a prepared statement whose temporary table goes away": _prepared_before_a_temporary_table_shadows,
    "SQL FETCH from a portal made by Bind": _portal_fetched_by_sql,
    "Execute of a cursor made by DECLARE": _cursor_executed_as_portal,
    "binary results of masked columns": _binary_results,
    "parameters declared with odd types": _odd_parameter_types,
    "a parameter of type regclass": _regclass_parameter,
    "a parameter of a type whose values run code": _parameter_of_a_type_that_looks,
    "a replication connection": _replication_start,
    "settings in the options of the start packet": _startup_options,
    "an encoding in the start packet": _startup_encoding,
}


def raw_attack(worlds: Worlds, name: str) -> Judgement:
    """Like oracle.attack, for a conversation that is written in Python."""
    both = [worlds.left, worlds.right]
    left, right = worlds.in_each(both, lambda world: _converse(world, name))
    found = worlds.left.canaries.in_answer(everything(left)) + worlds.right.canaries.in_answer(everything(right))
    trouble = f"the agent saw {found[0]!r}" if found else ""
    if not trouble and comparable(left) != comparable(right):
        trouble = "the worlds differ"
    if not trouble and SILENT in left:
        trouble = "no answer within the deadline"
    worlds.clean(both)
    return Judgement(Scenario("protocol", name), "raw", outcome(left), trouble)


def _converse(world: World, name: str) -> list[Message]:
    conversation = RAW_ATTACKS[name]
    if conversation.__code__.co_varnames[0] == "world":
        try:
            return conversation(world)
        except (ConnectionEnded, ConnectionResetError):
            return [CLOSED]
        except TimeoutError:
            return [SILENT]
    with world.connect() as wire:
        try:
            conversation(wire)
        except (ConnectionEnded, ConnectionResetError, BrokenPipeError):
            return wire.heard + [CLOSED]
        except TimeoutError:
            return wire.heard + [SILENT]
        return list(wire.heard)
