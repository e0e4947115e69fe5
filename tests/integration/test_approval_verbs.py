"""`sluice approvals …`: every verb speaks to the API as the API takes it, and every interface shows a request to the same people."""

import json
from datetime import datetime, timedelta, timezone

import psycopg
import pytest

from conftest import through_sluice_only
from harness.http import EventStream
from harness.shop import TOKENS

pytestmark = through_sluice_only


def people_on_call(identities: list[dict]) -> list[dict]:
    """carol is on call, and no approver."""
    return [entry | ({"groups": ["on-call"]} if entry["id"] == "carol" else {}) for entry in identities]


def with_further_rights(rule: dict) -> dict:
    if rule["effect"] != "hold":
        return rule
    return rule | {"break_glass": ["on-call"]} | ({"standing": True} if rule["actions"] == ["export"] else {})


@pytest.fixture
def gateway(own_gateway):
    config = own_gateway().config
    return own_gateway(rules=[with_further_rights(rule) for rule in config["rules"]], identities=people_on_call(config["identities"])).start()


@pytest.fixture
def verb(gateway):
    def run(who: str, *arguments: str, fails: str = ""):
        done = gateway.command("approvals", *arguments, "--format", "json", SLUICE_URL=f"http://127.0.0.1:{gateway.admin_port}", SLUICE_TOKEN=TOKENS[who])
        if fails:
            assert done.returncode == 1 and fails in done.stderr, done
            return None
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
    return run


def held(gateway, statement: str) -> str:
    with psycopg.connect(gateway.dsn("hasty-bot"), autocommit=True) as connection, pytest.raises(psycopg.Error) as pending:
        connection.execute(statement)
    assert pending.value.sqlstate == "SL001", pending.value
    return gateway.approver("bob").pending()[0]["id"]


def test_withdraw(gateway, verb):
    request = held(gateway, "CREATE TABLE verb_withdraw (id integer)")
    verb("bob", "withdraw", request, fails="permission denied")
    assert verb("alice", "withdraw", request, "--reason", "not needed")["state"] == "withdrawn"


def test_broken_glass_and_its_review(gateway, verb):
    request = held(gateway, "CREATE TABLE verb_glass (id integer)")
    verb("carol", "break-glass", request, fails="needs a reason")
    assert verb("carol", "break-glass", request, "--reason", "outage 4711")["state"] == "approved"
    assert [item["broken_by"] for item in verb("bob", "reviews")["items"]] == ["carol"]
    verb("carol", "review", request, "--justified", "--reason", "of course", fails="permission denied")
    review = verb("bob", "review", request, "--not-justified", "--reason", "there was none")["review"]
    assert (review["reviewer"], review["verdict"]) == ("bob", "unjustified")
    assert verb("bob", "reviews")["items"] == []


def test_standing_approvals(gateway, verb):
    request = held(gateway, "COPY (SELECT email FROM customers) TO STDOUT")
    verb("bob", "approve", request, "--yes", "--reason", "nightly")
    made = verb("bob", "standing", "make", request, "--uses", "3", "--rows", "10000", "--hours", "24", "--reason", "nightly")
    assert (made["uses_left"], made["request"]) == ("3", request)
    assert [item["id"] for item in verb("alice", "standing", "list")["items"]] == [made["id"]]
    assert verb("alice", "standing", "revoke", made["id"], "--reason", "no more")["revoked"]
    assert verb("alice", "standing", "list")["items"] == []


def test_who_borrows_a_right_sees_what_it_is_for_everywhere(gateway, verb):
    request = held(gateway, "CREATE TABLE verb_lent (id integer)")

    def seen_by_dana() -> list[str]:
        return [item["id"] for item in verb("dana", "list")["items"]]

    assert seen_by_dana() == []
    until = (datetime.now(timezone.utc) + timedelta(days=2)).strftime("%Y-%m-%d")
    lent = verb("bob", "delegate", "dana", "--until", until, "--groups", "approvers", "--reason", "holidays")
    assert (lent["from"], lent["to"], lent["groups"]) == ("bob", "dana", ["approvers"])
    assert seen_by_dana() == [request]
    assert [item["id"] for item in verb("dana", "delegations")["items"]] == [lent["id"]]
    with EventStream(gateway.admin_port, TOKENS["dana"], path="/api/v1/approvals/events?after=0") as stream:
        assert stream.next()["data"]["approval"]["id"] == request
    verb("bob", "undelegate", lent["id"])
    assert seen_by_dana() == []
