"""hold_mode wait and hold_mode error are one contract: what ends a wait without a decision leaves the request open."""

import asyncio
import json
import signal
import threading

import asyncpg
import psycopg
import psycopg2
import psycopg2.extensions
import pytest

from conftest import through_sluice_only
from harness import eventually
from harness.approver import ApiError
from harness.shop import PASSWORDS
from harness.wire import ConnectionEnded, Wire, bind, execute, parse, query, SYNC

pytestmark = through_sluice_only

STATEMENT = "COPY (SELECT id, email FROM customers WHERE id = {0}) TO STDOUT"
UPDATE = "UPDATE counters SET value = value + 1 WHERE value >= 0 AND name LIKE '{0}%'"


def holding(config: dict, **keys) -> list[dict]:
    """The rules, with writes without a key held."""
    rules = config["rules"] + [{"id": "mass", "effect": "hold", "groups": ["agents", "hasty"], "actions": ["mass_write"], "approvers": ["approvers"],
                                "expires_after": "60s", "valid_for": "60s"}]
    return [rule | (keys if rule["effect"] == "hold" else {}) for rule in rules]


def code_of(messages) -> str:
    """The SQLSTATE of the error, or the command tag."""
    for message in messages:
        if message.kind == "E":
            return message.fields()["C"]
        if message.kind == "C":
            return message.body.rstrip(b"\0").decode()
    return ""


def detail_of(messages) -> dict:
    return next(json.loads(message.fields()["D"]) for message in messages if message.kind == "E")


def ways(statement: str) -> dict[str, list[bytes]]:
    return {"simple": [query(statement)], "extended": [parse(statement), bind(), execute(), SYNC]}


@pytest.mark.parametrize("protocol", ["simple", "extended"])
def test_a_wait_that_passes_its_limit_becomes_a_pending_error(own_gateway, upstream, protocol):
    with own_gateway(limits={"hold_timeout": "1s"}) as gateway, Wire(gateway.port).login("support-bot", PASSWORDS["support-bot"]) as wire:
        sent = ways(STATEMENT.format(1))[protocol]
        wire.send(*sent)
        answers = wire.until_ready()
        assert code_of(answers) == "SL001"
        request = detail_of(answers)
        assert request["state"] == "pending"
        approver = gateway.approver("bob")
        assert [pending["id"] for pending in approver.pending()] == [request["request"]]
        approver.approve(request["request"])
        wire.send(*sent)
        assert code_of(wire.until_ready()) == "COPY 1"
        assert approver.show(request["request"])["state"] == "consumed"
        assert any(message.kind == "D" for message in wire.simple("SELECT 1"))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_request_survives_the_gateway(own_gateway, how):
    gateway = own_gateway()
    with gateway:
        with Wire(gateway.port).login("support-bot", PASSWORDS["support-bot"]) as wire:
            wire.send(query(STATEMENT.format(2)))
            request = gateway.approver("bob").wait_for_pending("id = 2")["id"]
            gateway.stop(how)
            try:
                told = [message.fields() for message in wire.until_ready() if message.kind == "E"]
            except (ConnectionEnded, OSError):
                told = [message.fields() for message in wire.heard if message.kind == "E"]
            if how == signal.SIGTERM:
                assert told and told[-1]["C"] == "57P01" and json.loads(told[-1]["D"])["request"] == request
        gateway.start()
        approver = gateway.approver("bob")
        assert approver.show(request)["state"] == "pending"
        approver.approve(request)
        gateway.stop(how)
        gateway.start()
        with Wire(gateway.port).login("support-bot", PASSWORDS["support-bot"]) as wire:
            assert code_of(wire.simple(STATEMENT.format(2))) == "COPY 1"
        assert gateway.approver("bob").show(request)["state"] == "consumed"
        with Wire(gateway.port).login("support-bot", PASSWORDS["support-bot"]) as wire:
            wire.send(query(STATEMENT.format(2)))
            assert gateway.approver("bob").wait_for_pending("id = 2")["id"] != request, "an approval is for one execution"


def test_a_lost_upstream_leaves_the_request_open(shop):
    with shop.wire() as wire:
        wire.send(query(STATEMENT.format(3)))
        approver = shop.gateway.approver("bob")
        request = approver.wait_for_pending("id = 3")["id"]
        shop.upstream.execute(f"SELECT pg_terminate_backend({wire.process_id})")
        with pytest.raises((ConnectionEnded, OSError)):
            wire.until_ready()
        fatal = next(message.fields() for message in wire.heard if message.kind == "E")
        assert fatal["S"] == "FATAL"
    assert approver.show(request)["state"] == "pending"
    approver.approve(request)
    with shop.wire() as wire:
        assert code_of(wire.simple(STATEMENT.format(3))) == "COPY 1"


def test_a_cancel_and_a_disconnect_withdraw(shop):
    for leave in ("cancel", "close"):
        wire = shop.wire()
        wire.send(query(STATEMENT.format(4)))
        request = shop.gateway.approver("bob").wait_for_pending("id = 4")["id"]
        getattr(wire, leave)()
        eventually(lambda: shop.gateway.approver("bob").show(request)["state"] == "withdrawn", "the withdrawal")
        wire.close()


def test_a_cancel_that_races_with_an_approval_runs_once_or_not_at_all(shop):
    for turn in range(8):
        with shop.wire() as wire:
            statement = f"COPY (SELECT id, email FROM customers WHERE id = {100 + turn}) TO STDOUT"
            wire.send(query(statement))
            approver = shop.gateway.approver("bob")
            request = approver.wait_for_pending(f"id = {100 + turn})")["id"]
            canceler = threading.Thread(target=wire.cancel)
            canceler.start()
            try:
                approver.approve(request)
            except ApiError as late:
                assert late.status == 409
            canceler.join()
            outcome = code_of(wire.until_ready())
            state = approver.show(request)["state"]
            assert (outcome, state) in (("COPY 1", "consumed"), ("57014", "withdrawn"), ("57014", "consumed"), ("57014", "approved")), turn
            if state == "approved":
                assert code_of(wire.simple(statement)) == "COPY 1"


def test_of_parallel_reruns_of_one_approval_exactly_one_runs(own_gateway):
    config = own_gateway().config
    with own_gateway(rules=holding(config, hold_mode="error")) as gateway:
        def dsn():
            return gateway.dsn("support-bot")
        with psycopg.connect(dsn(), autocommit=True) as agent:
            agent.execute("INSERT INTO counters VALUES ('parallel a', 0) ON CONFLICT (name) DO UPDATE SET value = 0")
            statement = UPDATE.format("parallel")
            with pytest.raises(psycopg.Error):
                agent.execute(statement)
            approver = gateway.approver("bob")
            approver.approve(approver.wait_for_pending("parallel")["id"])
            outcomes: list[str] = []
            start = threading.Barrier(8)

            def run() -> None:
                with psycopg.connect(dsn(), autocommit=True) as other:
                    start.wait()
                    try:
                        other.execute(statement)
                        outcomes.append("ran")
                    except psycopg.Error as error:
                        outcomes.append(error.sqlstate)
            people = [threading.Thread(target=run) for _ in range(8)]
            [person.start() for person in people]
            [person.join() for person in people]
            assert outcomes.count("ran") == 1 and set(outcomes) == {"ran", "SL001"}, outcomes
            assert agent.execute("SELECT value FROM counters WHERE name = 'parallel a'").fetchone() == (1,)
            agent.execute("DELETE FROM counters WHERE name = 'parallel a'")


@pytest.mark.parametrize("between", ["SET search_path = hr, public", "SET DateStyle = 'SQL, DMY'", "SET TimeZone = 'Asia/Tokyo'"])
def test_what_changes_the_meaning_of_a_text_needs_another_approval(shop, between):
    statement = f"COPY (SELECT id, email FROM customers WHERE joined > '03/04/1990' AND id = 5) TO STDOUT /* {between[4:8]} */"
    approver = shop.gateway.approver("bob")
    with shop.wire("hasty-bot") as wire:
        first = wire.simple(statement)
        assert code_of(first) == "SL001"
        approver.approve(detail_of(first)["request"])
        wire.simple(between)
        second = wire.simple(statement)
        assert code_of(second) == "SL001" and detail_of(second)["request"] != detail_of(first)["request"]
        wire.simple("RESET ALL")
        assert code_of(wire.simple(statement)) == "COPY 1", "back as it was approved"
        approver.deny(detail_of(second)["request"])


def test_another_identity_database_or_parameter_needs_another_approval(shop):
    approver = shop.gateway.approver("bob")

    def export(wire, low: str):
        wire.send(parse("UPDATE customers SET city = city WHERE id > $1 AND false"), SYNC)
        wire.until_ready()
        wire.send(parse(f"COPY (SELECT id, email FROM customers WHERE id = {low}) TO STDOUT /* swap */"), bind(), execute(), SYNC)
        return wire.until_ready()
    with shop.wire("hasty-bot") as wire, shop.wire("hasty-bot", application_name="another") as same, shop.wire("support-bot") as other:
        first = export(wire, "6")
        request = detail_of(first)["request"]
        assert detail_of(export(same, "6"))["request"] == request, "the application's name is not part of it"
        approver.approve(request)
        swapped = export(wire, "7")
        assert code_of(swapped) == "SL001" and detail_of(swapped)["request"] != request
        other.send(query("COPY (SELECT id, email FROM customers WHERE id = 6) TO STDOUT /* swap */"))
        others = eventually(lambda: next((pending for pending in approver.pending() if pending["requester"]["id"] == "support-bot"
                                          and "swap" in json.dumps(pending)), None), "the other identity's own request")
        assert others["id"] != request
        approver.deny(others["id"])
        assert code_of(other.until_ready()) == "42501"
        assert code_of(export(same, "6")) == "COPY 1"
        approver.deny(detail_of(swapped)["request"])


def test_ddl_between_approval_and_run_makes_it_void(shop):
    approver = shop.gateway.approver("bob")
    statement = "COPY (SELECT id, email FROM customers WHERE id = 8) TO STDOUT"
    with shop.wire("hasty-bot") as wire:
        first = wire.simple(statement)
        approver.approve(detail_of(first)["request"])
        shop.upstream.execute("CREATE TABLE public.between_approval (id integer)", "shop")
        try:
            def asks_anew() -> bool:
                wire.simple("SELECT * FROM not_there_yet")  # a name that is unknown has the catalog read
                answer = wire.simple(statement)
                return code_of(answer) == "SL001" and detail_of(answer)["request"] != detail_of(first)["request"]
            wire.simple("SELECT count(*) FROM between_approval")
            assert asks_anew()
        finally:
            shop.upstream.execute("DROP TABLE public.between_approval", "shop")
        for pending in approver.pending():
            approver.deny(pending["id"])


def test_a_pending_error_fails_the_transaction_and_all_of_it_runs_again(shop):
    approver = shop.gateway.approver("bob")
    statement = "CREATE TABLE waits_in_transaction (id integer)"
    with psycopg.connect(shop.dsn("hasty-bot")) as agent:
        agent.execute("INSERT INTO counters VALUES ('pending', 1)")
        with pytest.raises(psycopg.Error) as pending:
            agent.execute(statement)
        assert pending.value.sqlstate == "SL001"
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            agent.execute(statement)
        agent.rollback()
        approver.approve(json.loads(pending.value.diag.message_detail)["request"])
        agent.execute("INSERT INTO counters VALUES ('pending', 1)")
        agent.execute(statement)
        agent.rollback()
        with pytest.raises(psycopg.Error) as again:
            agent.execute(statement)
        assert again.value.sqlstate == "SL001", "a rollback does not give an approval back"
        agent.rollback()
    approver.deny(json.loads(again.value.diag.message_detail)["request"])


def test_a_statement_of_a_failed_transaction_is_shown_to_nobody(shop):
    with shop.wire("hasty-bot") as wire:
        wire.simple("BEGIN")
        assert code_of(wire.simple("SELECT 1/0")) == "22012"
        assert code_of(wire.simple("CREATE TABLE never_asked (id integer)")) == "25P02"
        assert not [pending for pending in shop.gateway.approver("bob").pending() if "never_asked" in json.dumps(pending)]


def test_a_pipeline_gets_its_answers_up_to_the_held_statement(shop):
    with shop.wire() as wire:
        wire.send(parse("SELECT 11"), bind(), execute(), parse(STATEMENT.format(9)), bind(), execute(), parse("SELECT 12"), bind(), execute(), SYNC)
        approver = shop.gateway.approver("bob")
        request = approver.wait_for_pending("id = 9")["id"]
        assert any(message.kind == "D" and message.row() == [b"11"] for message in wire.until("N"))
        approver.approve(request)
        rest = wire.until_ready()
        assert [message.row() for message in rest if message.kind == "D"] == [[b"12"]]
        assert "".join(message.body.decode() for message in rest if message.kind == "d") == "9\ttok-9\n"


def test_the_planner_is_asked_for_the_card_in_both_protocols(shop):
    for number, protocol in enumerate(("simple", "extended")):
        with shop.wire(application_name="monthly report") as wire:
            wire.send(*ways(f"COPY (SELECT id, email FROM customers WHERE id < 4{number}) TO STDOUT")[protocol])
            approver = shop.gateway.approver("bob")
            card = approver.show(approver.wait_for_pending(f"id < 4{number}")["id"])
            approver.deny(card["id"])
            wire.until_ready()
        assert "export.copy" in card["actions"] and 0 < card["estimated_rows"] <= 200


# The drivers' own view of both forms.

def test_psycopg2(shop):
    connection = psycopg2.connect(shop.dsn("hasty-bot"))
    connection.autocommit = True
    cursor = connection.cursor()
    with pytest.raises(psycopg2.Error) as pending:
        cursor.execute("CREATE TABLE by_psycopg2 (id integer)")
    assert pending.value.pgcode == "SL001"
    shop.gateway.approver("bob").approve(json.loads(pending.value.diag.message_detail)["request"])
    cursor.execute("CREATE TABLE by_psycopg2 (id integer)")
    connection.close()
    waits = psycopg2.connect(shop.dsn())
    waits.autocommit = True
    with shop.approving("DROP TABLE by_psycopg2x"), pytest.raises(psycopg2.Error):
        waits.cursor().execute("CREATE TABLE by_psycopg2 (id integer) /* DROP TABLE by_psycopg2x */")
    assert any("held for approval" in notice for notice in waits.notices)
    waits.close()


def test_asyncpg(shop):
    async def run() -> None:
        arguments = {"host": shop.host, "port": shop.port, "database": "shop"}
        hasty = await asyncpg.connect(user="hasty-bot", password=PASSWORDS["hasty-bot"], **arguments)
        with pytest.raises(asyncpg.PostgresError) as pending:
            await hasty.execute("CREATE TABLE by_asyncpg (id integer)")
        assert pending.value.sqlstate == "SL001"
        shop.gateway.approver("bob").approve(json.loads(pending.value.detail)["request"])
        await hasty.execute("CREATE TABLE by_asyncpg (id integer)")
        await hasty.close()
        waits = await asyncpg.connect(user="support-bot", password=PASSWORDS["support-bot"], **arguments)
        heard: list[str] = []
        waits.add_log_listener(lambda _, message: heard.append(message.message))
        approver = threading.Thread(target=lambda: shop.gateway.approver("bob").approve(
            shop.gateway.approver("bob").wait_for_pending("by_asyncpg_too")["id"]))
        approver.start()
        await waits.execute("CREATE TABLE by_asyncpg_too (id integer)")
        approver.join()
        await asyncio.sleep(0)
        assert any("held for approval" in message for message in heard)
        await waits.close()
    asyncio.run(run())
