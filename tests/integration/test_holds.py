"""Statements that wait for another person."""

import json
import threading

import psycopg
import pytest

from conftest import through_sluice_only
from harness import eventually
from harness.approver import ApiError
from harness.wire import parse, bind, execute, query, SYNC

pytestmark = through_sluice_only


@pytest.fixture
def connection(shop):
    with psycopg.connect(shop.dsn(), autocommit=True) as connection:
        yield connection


class Waiting:
    """A held statement, sent on a connection of its own; `answer()` waits for what becomes of it."""

    def __init__(self, shop, statement: str, user: str = "support-bot"):
        self.wire = shop.wire(user)
        self.wire.send(query(statement))
        self.request = shop.gateway.approver("bob").wait_for_pending(statement.split()[2])

    def answer(self) -> str:
        """The command tag, or the SQLSTATE of the error."""
        for message in self.wire.until_ready():
            if message.kind == "E":
                return message.fields()["C"]
            if message.kind == "C":
                return message.body.rstrip(b"\0").decode()
        return ""


def table_exists(shop, name: str) -> bool:
    return shop.upstream.query(f"SELECT to_regclass('public.{name}') IS NOT NULL", "shop") == "t"


def test_nothing_reaches_the_upstream_before_the_approval(shop):
    waiting = Waiting(shop, "CREATE TABLE hold_a (id integer)")
    assert not table_exists(shop, "hold_a")
    assert shop.upstream.query(f"SELECT state || query FROM pg_stat_activity WHERE pid = {waiting.wire.process_id}").find("hold_a") == -1
    shop.gateway.approver("bob").approve(waiting.request["id"])
    assert waiting.answer() == "CREATE TABLE" and table_exists(shop, "hold_a")
    assert shop.gateway.approver("bob").show(waiting.request["id"])["state"] == "consumed"


def test_the_agent_is_told_by_a_notice_at_once(shop):
    waiting = Waiting(shop, "CREATE TABLE hold_notice (id integer)")
    notice = waiting.wire.until("N")[-1]
    assert waiting.request["id"] in json.dumps(notice.fields())
    shop.gateway.approver("bob").deny(waiting.request["id"], "not today")
    assert waiting.answer() == "42501" and not table_exists(shop, "hold_notice")


def test_a_denial_tells_the_reason_and_keeps_the_session(shop):
    waiting = Waiting(shop, "CREATE TABLE hold_b (id integer)")
    shop.gateway.approver("carol").deny(waiting.request["id"], "no such thing")
    assert waiting.answer() == "42501"
    assert any(message.kind == "D" for message in waiting.wire.simple("SELECT 1"))


def test_neither_the_owner_nor_the_requester_nor_an_outsider_may_approve(shop):
    waiting = Waiting(shop, "CREATE TABLE hold_c (id integer)")
    for person in ("alice", "support-bot", "dana"):
        with pytest.raises(ApiError) as refused:
            shop.gateway.approver(person).approve(waiting.request["id"])
        assert refused.value.status in (401, 403, 404), person
    assert not table_exists(shop, "hold_c")
    shop.gateway.approver("bob").deny(waiting.request["id"])
    assert waiting.answer() == "42501"


def test_a_stranger_learns_nothing(shop):
    shop.gateway._tokens["stranger"] = "not-a-token"
    with pytest.raises(ApiError) as refused:
        shop.gateway.approver("stranger").pending()
    assert refused.value.status == 401


def test_two_decisions_at_once_give_one_winner(shop):
    for number in range(5):
        waiting = Waiting(shop, f"CREATE TABLE hold_race_{number} (id integer)")
        results: dict[str, str] = {}

        def decide(person: str, verb: str) -> None:
            try:
                getattr(shop.gateway.approver(person), verb)(waiting.request["id"])
                results[person] = verb
            except ApiError as late:
                results[person] = str(late.status)
        people = [threading.Thread(target=decide, args=pair) for pair in (("bob", "approve"), ("carol", "deny"))]
        [person.start() for person in people]
        [person.join() for person in people]
        assert sorted(results.values()) in (["409", "approve"], ["409", "deny"])
        approved = "approve" in results.values()
        assert waiting.answer() == ("CREATE TABLE" if approved else "42501")
        assert table_exists(shop, f"hold_race_{number}") == approved


def test_cancel_withdraws_a_hold(shop):
    waiting = Waiting(shop, "CREATE TABLE hold_d (id integer)")
    waiting.wire.cancel()
    assert waiting.answer() == "57014"
    with pytest.raises(ApiError) as late:
        shop.gateway.approver("bob").approve(waiting.request["id"])
    assert late.value.status == 409 and not table_exists(shop, "hold_d")


def test_a_disconnect_withdraws_a_hold(shop):
    waiting = Waiting(shop, "CREATE TABLE hold_e (id integer)")
    waiting.wire.close()
    eventually(lambda: shop.gateway.approver("bob").show(waiting.request["id"])["state"] == "withdrawn", "the withdrawal")
    assert not table_exists(shop, "hold_e")


def test_an_export_of_tagged_data_is_held_and_comes_out_masked(shop, connection):
    with shop.approving("COPY (SELECT id, email FROM customers"):
        with connection.cursor().copy("COPY (SELECT id, email FROM customers WHERE id < 4 ORDER BY id) TO STDOUT") as copy:
            assert list(copy.rows()) == [(str(i), f"tok-{i}") for i in (1, 2, 3)]


def test_a_transaction_may_wait_in_its_middle(shop, connection):
    with connection.transaction(), shop.approving("hold_in_transaction"):
        connection.execute("INSERT INTO counters VALUES ('waits', 1)")
        connection.execute("CREATE TABLE hold_in_transaction (id integer)")
    assert table_exists(shop, "hold_in_transaction")
    connection.execute("DELETE FROM counters WHERE name = 'waits'")


def test_parameters_are_part_of_what_is_approved(shop):
    with shop.wire("hasty-bot") as wire:
        def export(low: str) -> tuple[str, str]:
            wire.send(parse("SELECT 1"), SYNC)
            wire.until_ready()
            wire.send(parse(f"COPY (SELECT id, email FROM customers WHERE id < {low}) TO STDOUT"), bind(), execute(), SYNC)
            messages = wire.until_ready()
            errors = [message.fields() for message in messages if message.kind == "E"]
            return (errors[0]["C"], errors[0].get("D", "")) if errors else ("", "")
        state, _ = export("3")
        assert state not in ("", "42501", "0A000")
        approver = shop.gateway.approver("bob")
        approver.approve(approver.wait_for_pending("id < 3)")["id"])
        assert export("4")[0] == state, "another statement must not use this approval"
        assert export("3")[0] == "", "the identical statement goes through"
        assert export("3")[0] == state, "but only once"
        for request in approver.pending():
            approver.deny(request["id"])


def test_hold_mode_error_tells_the_request_and_lets_the_rerun_through_once(shop):
    with psycopg.connect(shop.dsn("hasty-bot"), autocommit=True) as connection:
        statement = "CREATE TABLE hold_error (id integer)"
        with pytest.raises(psycopg.Error) as first:
            connection.execute(statement)
        approver = shop.gateway.approver("bob")
        request = approver.wait_for_pending("hold_error")
        assert request["id"] in str(first.value) + str(first.value.diag.message_detail)
        with pytest.raises(psycopg.Error):
            connection.execute(statement)
        assert len([pending for pending in approver.pending() if "hold_error" in json.dumps(pending)]) == 1, "asking again is not a new request"
        approver.approve(request["id"])
        connection.execute(statement)
        assert table_exists(shop, "hold_error")
        with pytest.raises(psycopg.Error) as again:
            connection.execute(statement)
        assert again.value.sqlstate == first.value.sqlstate
        for pending in approver.pending():
            approver.deny(pending["id"])


def test_bulk_reads_are_held_by_the_planners_estimate(shop):
    shop.upstream.execute("ANALYZE public.customers", "shop")
    with psycopg.connect(shop.dsn("bulk-bot"), autocommit=True) as connection:
        assert len(connection.execute("SELECT id, email FROM customers WHERE id = 3").fetchall()) == 1
        assert len(connection.execute("SELECT id, email FROM customers LIMIT 50").fetchall()) == 50
        with pytest.raises(psycopg.Error) as held:
            connection.execute("SELECT id, email FROM customers")
        assert held.value.sqlstate not in ("42501", "0A000")
        approver = shop.gateway.approver("bob")
        approver.approve(approver.wait_for_pending("SELECT id, email FROM customers")["id"])
        assert len(connection.execute("SELECT id, email FROM customers").fetchall()) == 200


def test_the_card_shows_what_an_approver_needs_and_no_secret(shop):
    waiting = Waiting(shop, "CREATE TABLE hold_card (id integer)")
    card = json.dumps(shop.gateway.approver("bob").show(waiting.request["id"]))
    for part in ("support-bot", "CREATE TABLE hold_card (id integer)", "shop", "ddl"):
        assert part in card
    shop.gateway.approver("bob").deny(waiting.request["id"])
    waiting.answer()


def test_an_undecided_request_expires_as_a_denial(own_gateway):
    config = own_gateway().config
    rules = [rule | ({"expires_after": "1s"} if rule["effect"] == "hold" else {}) for rule in config["rules"]]
    with own_gateway(rules=rules) as gateway, psycopg.connect(gateway.dsn("support-bot"), autocommit=True) as connection:
        with pytest.raises(psycopg.Error) as expired:
            connection.execute("CREATE TABLE hold_expired (id integer)")
        assert expired.value.sqlstate == "57014"
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_approvals_by_the_command_line(shop):
    waiting = Waiting(shop, "CREATE TABLE hold_cli (id integer)")
    gateway = shop.gateway
    token = gateway._tokens["bob"]
    for arguments in (("list",), ("show", waiting.request["id"]), ("approve", waiting.request["id"])):
        done = gateway.command("approvals", *arguments, SLUICE_URL=f"http://127.0.0.1:{gateway.admin_port}", SLUICE_TOKEN=token)
        assert done.returncode == 0, done.stderr
        assert waiting.request["id"] in done.stdout
    assert waiting.answer() == "CREATE TABLE"
