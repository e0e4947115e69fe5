"""Approvals in Slack: against a double of its API, with Slack's own libraries at the other end where they exist."""

import json
import os
import signal
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

import psycopg
import pytest

from conftest import through_sluice_only
from harness import Sluice, eventually
from harness.shop import PASSWORDS, TOKENS, shop_config, shop_secrets
from harness.slack import (APP, APP_TOKEN, BOT_TOKEN, CHANNEL, OLD_SECRET, OTHER_TEAM, SECRET, TEAM, SlackDouble, body_of, deliver, person,
                           signature)

pytestmark = [through_sluice_only, pytest.mark.timeout(120)]
NODE = Path(__file__).parent / "slack"


@pytest.fixture(scope="session")
def node() -> Path:
    if not (NODE / "node_modules/@slack/bolt").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=NODE, check=True, capture_output=True, timeout=200)
    return NODE


class SlackGateway(Sluice):
    """A gateway before the shop with Slack; its accounts UBOB, UCAROL, UALICE and UDANA are linked."""

    def __init__(self, upstream, directory: Path, slack: SlackDouble, **changes):
        self.slack = slack
        section = {"app_id": APP, "teams": [TEAM], "bot_token_file": "secrets/bot", "signing_secret_files": ["secrets/signing", "secrets/signing.old"],
                   "routes": [{"channel": CHANNEL}], "api_url": slack.url} | changes
        secrets = shop_secrets() | {"secrets/bot": BOT_TOKEN, "secrets/signing": SECRET, "secrets/signing.old": OLD_SECRET, "secrets/app": APP_TOKEN}
        channels = {"public_url": "https://sluice.example.com", "slack": {name: value for name, value in section.items() if value is not None}}
        super().__init__(shop_config(upstream, channels=channels), directory, secrets=secrets, passwords=PASSWORDS, tokens=TOKENS)

    def link(self, **accounts: str) -> None:
        with sqlite3.connect(self.directory / "var/sluice.db", timeout=10) as store:
            store.executemany("INSERT OR REPLACE INTO channel_accounts VALUES ('slack', ?, ?, 0)",
                              [(f"{TEAM}/{user}", identity) for user, identity in accounts.items()])

    def click(self, card: dict, user: str, action: str = "sluice_approve", **changes) -> int:
        return deliver(self.admin_port, body_of(self.slack.click_payload(card, user, action, **changes)))

    def deny(self, card: dict, user: str, reason: str) -> None:
        before = len(self.slack.views)
        assert self.click(card, user, "sluice_deny") == 200
        eventually(lambda: len(self.slack.views) > before, "the form")
        assert deliver(self.admin_port, body_of(self.slack.form_payload(user, reason))) == 200

    def state(self, request: str) -> str:
        return self.approver("bob").show(request)["state"]

    def votes(self, request: str) -> list[dict]:
        return self.approver("bob").show(request)["votes"]


@pytest.fixture
def slack():
    double = SlackDouble()
    yield double
    double.stop()


@pytest.fixture
def make(upstream, tmp_path, slack):
    made: list[SlackGateway] = []

    def start(**changes) -> SlackGateway:
        gateway = SlackGateway(upstream, tmp_path / f"gateway{len(made)}", slack, **changes)
        made.append(gateway)
        gateway.start()
        gateway.link(UBOB="bob", UCAROL="carol", UALICE="alice", UDANA="dana")
        return gateway

    yield start
    for gateway in made:
        if gateway.process:
            gateway.check_running()
            assert "ERROR: AddressSanitizer" not in gateway.log_text()
            gateway.stop()


@pytest.fixture
def gateway(make):
    return make()


class Held:
    """A statement that waits, on a connection of its own."""

    def __init__(self, gateway: SlackGateway, statement: str, user: str = "support-bot"):
        self.gateway, self.outcome = gateway, ""
        self._thread = threading.Thread(target=self._run, args=(statement, user), daemon=True)
        self._thread.start()
        self.request = gateway.approver("bob").wait_for_pending(statement)["id"]

    def _run(self, statement: str, user: str) -> None:
        try:
            with psycopg.connect(self.gateway.dsn(user), autocommit=True) as connection:
                self.outcome = connection.execute(statement).statusmessage or ""
        except psycopg.Error as refused:
            self.outcome = f"{refused.sqlstate} {refused}"

    def card(self) -> dict:
        return self.gateway.slack.card_with(self.request)

    def answer(self) -> str:
        self._thread.join(20)
        return self.outcome


def ask(gateway: SlackGateway, statement: str) -> str:
    """Files a request of hasty-bot, which does not wait; its id."""
    with psycopg.connect(gateway.dsn("hasty-bot"), autocommit=True) as connection:
        with pytest.raises(psycopg.Error):
            connection.execute(statement)
    return gateway.approver("bob").wait_for_pending(statement)["id"]


def drop(upstream, *tables: str) -> None:
    for table in tables:
        upstream.execute(f"DROP TABLE IF EXISTS {table}", "shop")


def ran(slack: SlackDouble, request: str) -> dict:
    """The card, once it says that the statement runs or has run."""
    return eventually(lambda: next((card for card in slack.cards() if request in card["text"] and card["text"].startswith(("Runs: ", "Has run: "))), None),
                      "a card that says it has run")


# -- what people see and do

def test_a_click_approves_and_the_card_follows(gateway, slack, upstream):
    drop(upstream, "slack_a")
    held = Held(gateway, "CREATE TABLE slack_a (id integer)")
    card = held.card()
    assert "Approval wanted: ddl" in json.dumps(card["blocks"][0])
    for expected in ("CREATE TABLE slack_a (id integer)", "agent support-bot", "privileged action", "alice"):
        assert expected in json.dumps(card["blocks"]), expected
    assert slack.button(card, "sluice_approve")["confirm"]["text"]["text"].startswith("ddl")
    assert slack.button(card, "sluice_open")["url"] == f"https://sluice.example.com/approvals/{held.request}"
    assert gateway.click(card, "UBOB") == 200
    assert held.answer() == "CREATE TABLE"
    ran(slack, held.request)
    assert len(slack.cards()) == 1 and slack.button(card, "sluice_deny") is None
    assert "approved by bob (slack" in json.dumps(card["blocks"])
    vote = gateway.votes(held.request)[0]
    assert (vote["approver"], vote["channel"]) == ("bob", "slack")


def test_a_denial_asks_for_the_reason_and_ends_the_wait(gateway, slack):
    held = Held(gateway, "CREATE TABLE slack_b (id integer)")
    gateway.deny(held.card(), "UCAROL", "not before the audit")
    assert held.answer().startswith("42501")
    card = slack.card_with("Denied: ddl")
    assert "not before the audit" in json.dumps(card) and slack.button(card, "sluice_approve") is None


def test_the_requesters_human_gets_a_message_without_buttons(gateway, slack):
    request = ask(gateway, "CREATE TABLE slack_direct (id integer)")
    direct = slack.card_with(request, "D0UALICE")
    assert slack.button(direct, "sluice_approve") is None and slack.button(direct, "sluice_deny") is None
    gateway.approver("bob").deny(request, "by the API")
    slack.card_with("Denied: ddl", "D0UALICE")
    slack.card_with("Denied: ddl")  # a decision elsewhere edits the card here too


def test_expiry_and_withdrawal_edit_the_card(gateway, slack):
    with psycopg.connect(gateway.dsn("support-bot"), autocommit=True) as connection:
        connection.execute("SELECT 1")
        statement = threading.Thread(target=lambda: pytest.raises(psycopg.Error, connection.execute, "CREATE TABLE slack_gone (id integer)"), daemon=True)
        statement.start()
        card = slack.card_with("slack_gone")
        connection.cancel()
        statement.join(10)
    eventually(lambda: "Withdrawn: ddl" in json.dumps(card), "the withdrawal on the card")


def test_two_people_are_two_clicks(make, slack, upstream):
    drop(upstream, "slack_two")
    gateway = make()
    config = json.loads(json.dumps(gateway.config))
    next(rule for rule in config["rules"] if rule["id"] == "schema-changes")["approvals"] = 2
    gateway.stop()
    gateway.write_config(config)
    gateway.start()
    held = Held(gateway, "CREATE TABLE slack_two (id integer)")
    card = held.card()
    assert "needed: 2" in json.dumps(card)
    gateway.click(card, "UBOB")
    eventually(lambda: "approved by bob" in json.dumps(card["blocks"]), "the vote on the card")
    assert gateway.state(held.request) == "pending" and slack.button(card, "sluice_approve")
    gateway.click(card, "UBOB")
    assert "Nothing was decided" in slack.told("UBOB")
    gateway.click(card, "UCAROL")
    assert held.answer() == "CREATE TABLE"
    assert "approved by carol" in json.dumps(ran(slack, held.request))


def test_routes_follow_the_approvers(make, slack):
    gateway = make(routes=[{"channel": "C0DBAS", "approvers": ["dbas"]}, {"channel": "C0HERE", "approvers": ["approvers"]}, {"channel": "C0REST"}])
    request = ask(gateway, "CREATE TABLE slack_route (id integer)")
    slack.card_with(request, "C0HERE")
    assert slack.cards("C0DBAS") == slack.cards("C0REST") == []


# -- who may not

def test_an_unlinked_account_gets_a_code_and_decides_nothing(gateway, slack):
    request = ask(gateway, "CREATE TABLE slack_unlinked (id integer)")
    card = slack.card_with(request)
    assert gateway.click(card, "USTRANGE") == 200
    told = slack.told("USTRANGE")
    assert "sluice approvals link" in told and "not linked" in told
    assert gateway.state(request) == "pending"
    assert "bob" not in told and "approvers" not in told


@pytest.mark.parametrize("facts", [{"deleted": True}, {"is_bot": True}, {"is_restricted": True}, {"is_ultra_restricted": True}, {"is_stranger": True},
                                   {"team_id": OTHER_TEAM}, {"is_workflow_bot": True}], ids=lambda facts: next(iter(facts)))
def test_accounts_that_may_not_act(gateway, slack, facts):
    slack.users["UCAROL"] = person("UCAROL", **facts)  # linked, but that is not enough
    slack.users["USTRANGE"] = person("USTRANGE", **facts)
    request = ask(gateway, f"CREATE TABLE slack_{next(iter(facts))} (id integer)")
    card = slack.card_with(request)
    for user in ("UCAROL", "USTRANGE"):
        assert gateway.click(card, user) == 200
        assert "Nothing was decided" in slack.told(user) and "link " not in slack.told(user)
    assert gateway.state(request) == "pending" and gateway.votes(request) == []


def test_owner_and_outsider_are_told_what_is_missing_and_no_names(gateway, slack):
    request = ask(gateway, "CREATE TABLE slack_owner (id integer)")
    card = slack.card_with(request)
    gateway.link(USTRANGE="support-bot")  # an agent's own account stands for nobody
    gateway.click(card, "USTRANGE")
    assert "not linked" in slack.told("USTRANGE")
    for user in ("UALICE", "UDANA"):
        gateway.click(card, user)
        told = slack.told(user)
        assert told.startswith("Nothing was decided")
        assert not any(name in told for name in ("bob", "carol", "approvers"))
    assert gateway.state(request) == "pending"
    assert {call["user"] for call in slack.ephemeral} == {"UALICE", "UDANA", "USTRANGE"}


def test_groups_are_those_of_now(gateway, slack):
    request = ask(gateway, "CREATE TABLE slack_groups (id integer)")
    card = slack.card_with(request)
    config = json.loads(json.dumps(gateway.config))
    next(one for one in config["identities"] if one["id"] == "bob")["groups"] = ["dbas"]
    gateway.write_config(config)
    gateway.reload()
    eventually(lambda: gateway.log_text().count("is in effect") > 1 or "policy version 2" in gateway.log_text(), "the reload")
    gateway.click(card, "UBOB")
    assert "Nothing was decided" in slack.told("UBOB")
    assert gateway.approver("carol").show(request)["state"] in ("pending", "approved", "expired")
    assert gateway.approver("carol").show(request)["votes"] == []


# -- what is not from Slack, or not from ours

def bolt_receiver(node: Path, secret: str):
    process = subprocess.Popen(["node", "receiver.mjs"], cwd=node, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                               env=os.environ | {"SIGNING_SECRET": secret})
    return process, int(process.stdout.readline())


def test_signatures_as_slacks_own_receiver_sees_them(gateway, slack, node):
    body = body_of({"type": "block_actions", "api_app_id": APP, "team": {"id": TEAM}, "user": {"id": "UBOB", "team_id": TEAM},
                    "actions": [{"type": "button", "action_id": "sluice_open", "block_id": "b", "action_ts": "1.1"}], "trigger_id": "1", "response_url": "x"})
    now = str(int(time.time()))
    cases = {
        "good": {},
        "two minutes old": {"age": 120},
        "ten minutes old": {"age": 600},
        "of another secret": {"secret": "somebody else's"},
        "without signature": {"headers": {"x-slack-signature": None}},
        "without time": {"headers": {"x-slack-request-timestamp": None}},
        "of another body": {"headers": {"x-slack-signature": signature(SECRET, now, body + b"x"), "x-slack-request-timestamp": now}},
        "of another time": {"headers": {"x-slack-request-timestamp": str(int(now) - 7)}},
        "of another version": {"headers": {"x-slack-signature": "v1=" + signature(SECRET, now, body)[3:], "x-slack-request-timestamp": now}},
        "cut": {"headers": {"x-slack-signature": signature(SECRET, now, body)[:-1], "x-slack-request-timestamp": now}},
        "empty": {"headers": {"x-slack-signature": "", "x-slack-request-timestamp": now}},
        "time is no number": {"headers": {"x-slack-request-timestamp": "now", "x-slack-signature": signature(SECRET, "now", body)}},
    }
    process, port = bolt_receiver(node, SECRET)
    try:
        seen = {name: (deliver(gateway.admin_port, body, **case) // 100, deliver(port, body, **case) // 100) for name, case in cases.items()}
    finally:
        process.stdin.close()
        process.wait(10)
    assert {name: ours for name, (ours, _) in seen.items()} == {name: theirs for name, (_, theirs) in seen.items()}
    assert {name for name, (ours, _) in seen.items() if ours == 2} == {"good", "two minutes old"}
    assert deliver(gateway.admin_port, body, secret=OLD_SECRET) == 200  # both secrets count while one is being replaced


def test_forged_foreign_and_garbled_callbacks(gateway, slack):
    request = ask(gateway, "CREATE TABLE slack_forged (id integer)")
    card = slack.card_with(request)
    payload = slack.click_payload(card, "UBOB")
    assert deliver(gateway.admin_port, body_of(payload), secret="forged") == 401
    assert deliver(gateway.admin_port, body_of(payload), age=301) == 401
    assert deliver(gateway.admin_port, body_of(payload | {"api_app_id": "A0OTHER"})) == 403
    assert deliver(gateway.admin_port, body_of(payload | {"team": {"id": OTHER_TEAM}})) == 403
    assert deliver(gateway.admin_port, body_of(payload | {"team": None})) == 403
    assert deliver(gateway.admin_port, body_of(payload | {"user": {"id": "UBOB", "team_id": OTHER_TEAM}})) == 403
    for garbage in (b"", b"payload=", b"payload=%7B", b"payload=" + b"%5B" * 20_000, b"\xff\xfe", b"payload=%7B%22a%22:1,%22a%22:2%7D", body_of({"type": "shortcut"}),
                    body_of(payload | {"actions": []}), body_of(payload | {"actions": [{"action_id": "sluice_approve", "value": "x" * 5000, "action_ts": "1"}]})):
        assert deliver(gateway.admin_port, garbage) == 400
    try:
        assert deliver(gateway.admin_port, b"payload=" + b"x" * (8 << 20)) >= 400
    except OSError:
        pass  # it does not even read that much
    assert gateway.state(request) == "pending" and gateway.votes(request) == [] and slack.ephemeral == []


def test_a_value_of_another_request_or_another_card_counts_for_nothing(gateway, slack):
    first, second = (ask(gateway, f"CREATE TABLE slack_tampered_{number} (id integer)") for number in (1, 2))
    card, other = slack.card_with(first), slack.card_with(second)
    nonce = slack.button(card, "sluice_approve")["value"].split(":")[1]
    for value in (f"{second}:{nonce}", f"{second}:{'0' * 32}", f"{second[:-1]}0:{nonce}"):
        payload = slack.click_payload(card, "UBOB")
        payload["actions"][0]["value"] = value
        assert deliver(gateway.admin_port, body_of(payload)) in (200, 400)
    elsewhere = slack.click_payload(other, "UBOB")
    elsewhere["container"]["channel_id"] = "C0ELSEWHERE"
    assert deliver(gateway.admin_port, body_of(elsewhere)) == 200
    eventually(lambda: len(slack.ephemeral) >= 3, "the refusals")
    assert gateway.votes(first) == gateway.votes(second) == []


# -- races and repetitions

def test_a_repeated_callback_is_dealt_with_once(gateway, slack):
    request = ask(gateway, "CREATE TABLE slack_replayed (id integer)")
    card = slack.card_with(request)
    body = body_of(slack.click_payload(card, "UDANA"))
    assert [deliver(gateway.admin_port, body) for _ in range(5)] == [200] * 5
    slack.told("UDANA")
    good = body_of(slack.click_payload(card, "UBOB"))
    assert [deliver(gateway.admin_port, good) for _ in range(5)] == [200] * 5
    slack.card_with("Approved: ddl")
    assert len(gateway.votes(request)) == 1
    assert [call["user"] for call in slack.ephemeral] == ["UDANA"]


def test_a_stale_card_decides_nothing_and_catches_up(gateway, slack):
    request = ask(gateway, "CREATE TABLE slack_stale (id integer)")
    card = slack.card_with(request)
    old = slack.click_payload(card, "UCAROL")
    gateway.approver("bob").deny(request, "no")
    slack.card_with("Denied: ddl")
    assert deliver(gateway.admin_port, body_of(old)) == 200
    assert "too late" in slack.told("UCAROL")
    assert len(gateway.votes(request)) == 1


def test_a_hundred_clicks_give_one_decision(gateway, slack, upstream):
    drop(upstream, "slack_hundred")
    for number in range(49):
        slack.users[f"UX{number}"] = person(f"UX{number}")
    held = Held(gateway, "CREATE TABLE slack_hundred (id integer)")
    card = held.card()
    bodies = [body_of(slack.click_payload(card, user)) for user in ["UBOB", "UCAROL"] * 50]
    statuses: list[int] = []
    people = [threading.Thread(target=lambda body=body: statuses.append(deliver(gateway.admin_port, body))) for body in bodies]
    [one.start() for one in people]
    [one.join() for one in people]
    assert statuses == [200] * 100
    assert held.answer() == "CREATE TABLE"
    assert len(gateway.votes(held.request)) == 1
    ran(slack, held.request)


# -- when things break

def test_slack_being_down_stops_nobody_else(gateway, slack, upstream):
    drop(upstream, "slack_down")
    slack.stop()
    held = Held(gateway, "CREATE TABLE slack_down (id integer)")
    gateway.approver("bob").approve(held.request)
    assert held.answer() == "CREATE TABLE"
    second = ask(gateway, "CREATE TABLE slack_down_2 (id integer)")
    slack.start()
    assert slack.button(slack.card_with(second, timeout=30), "sluice_approve")
    assert [card for card in slack.cards() if held.request in json.dumps(card)] == []  # over before anybody could be told
    metrics = gateway.approver("bob").call("GET", "/metrics")
    assert 'sluice_channel_failures_total{channel="slack"}' in metrics


def test_a_restart_between_card_and_click(gateway, slack):
    request = ask(gateway, "CREATE TABLE slack_restart (id integer)")
    card = slack.card_with(request)
    eventually(lambda: sqlite_row(gateway, "SELECT count(*) FROM channel_messages WHERE reference LIKE '%\"ts\":\"1%'")[0] >= 1, "the note of the card")
    gateway.kill()
    gateway.start()
    assert gateway.click(card, "UBOB") == 200
    slack.card_with("Approved: ddl")
    assert len(slack.cards()) == 1 and gateway.state(request) == "approved"


def sqlite_row(gateway: SlackGateway, query: str) -> tuple:
    with sqlite3.connect(gateway.directory / "var/sluice.db", timeout=10) as store:
        return store.execute(query).fetchone()


@pytest.mark.parametrize("may_look", [True, False])
def test_death_between_posting_and_noting_it(gateway, slack, may_look):
    arrived, go_on = threading.Event(), threading.Event()

    def pause(method: str, _: dict) -> None:
        if method == "chat.postMessage" and not go_on.is_set():
            arrived.set()
            go_on.wait(20)

    slack.pause_before_answer = pause
    request = ask(gateway, f"CREATE TABLE slack_death_{may_look} (id integer)")
    assert arrived.wait(10)
    gateway.kill()
    go_on.set()
    if not may_look:
        slack.failures["conversations.history"] = [(200, {}, {"ok": False, "error": "missing_scope"})] * 9
    gateway.start()
    if may_look:
        eventually(lambda: slack.calls_of("chat.update"), "the card to be found again")
        assert len(slack.cards()) == 1
        card = slack.cards()[0]
    else:
        eventually(lambda: len(slack.cards()) == 2, "another card")
        card = slack.cards()[0]  # the one nobody knows of
    assert gateway.click(card, "UBOB") == 200
    eventually(lambda: all("Approved: ddl" in json.dumps(one) for one in slack.cards()), "all copies to be edited")
    assert all(slack.button(one, "sluice_approve") is None for one in slack.cards())
    assert gateway.state(request) == "approved"


def test_slacks_request_to_wait_is_honoured(gateway, slack):
    slack.failures["chat.postMessage"] = [(429, {"Retry-After": 3}, {"ok": False, "error": "ratelimited"})]
    request = ask(gateway, "CREATE TABLE slack_slow_down (id integer)")
    slack.card_with(request, timeout=30)
    times = [at for method, _, at in slack.calls if method == "chat.postMessage"]
    assert times[1] - times[0] >= 2.9


def test_one_message_a_second_in_a_channel(gateway, slack):
    for number in range(4):
        ask(gateway, f"CREATE TABLE slack_rate_{number} (id integer)")
    eventually(lambda: len(slack.cards()) == 4, "four cards", 20)
    times = sorted(at for method, call, at in slack.calls if method == "chat.postMessage" and call["channel"] == CHANNEL)
    assert all(later - earlier > 0.9 for earlier, later in zip(times, times[1:]))


def test_a_card_that_slack_does_not_take_becomes_a_short_one_without_approval(gateway, slack):
    slack.failures["chat.postMessage"] = [(200, {}, {"ok": False, "error": "invalid_blocks"})]
    request = ask(gateway, "CREATE TABLE slack_short (id integer)")
    card = slack.card_with(request)
    assert slack.button(card, "sluice_approve") is None and slack.button(card, "sluice_deny")


def test_a_deleted_card_is_posted_again(gateway, slack):
    request = ask(gateway, "CREATE TABLE slack_deleted (id integer)")
    card = slack.card_with(request)
    del slack.messages[CHANNEL, card["ts"]]
    gateway.click(card, "UDANA")  # somebody still had it on the screen
    slack.told("UDANA")
    gateway.approver("bob").approve(request)
    eventually(lambda: [call for call in slack.calls_of("chat.update") if call["ts"] == card["ts"]], "the edit")


# -- cards and links

def test_what_is_not_shown_cannot_be_approved_here(gateway, slack):
    statement = "CREATE TABLE slack_hidden (\u0441ustomer integer) /* " + "x" * 200 + " */"
    with psycopg.connect(gateway.dsn("hasty-bot"), autocommit=True) as connection:
        with pytest.raises(psycopg.Error):
            connection.execute(statement)
    request = gateway.approver("bob").wait_for_pending("slack_hidden")["id"]
    card = slack.card_with(request)
    assert slack.button(card, "sluice_approve") is None and slack.button(card, "sluice_deny")
    assert "<U+0441>ustomer" in json.dumps(card, ensure_ascii=False)
    payload = slack.click_payload(card, "UBOB")
    payload["actions"][0]["value"] = slack.button(card, "sluice_deny")["value"]  # an approval that no button offers
    assert deliver(gateway.admin_port, body_of(payload)) == 200
    assert "does not show all" in slack.told("UBOB")
    assert gateway.state(request) == "pending"


def test_a_code_links_an_account(gateway, slack):
    request = ask(gateway, "CREATE TABLE slack_link (id integer)")
    card = slack.card_with(request)
    gateway.click(card, "USTRANGE")
    code = slack.told("USTRANGE").split("approvals link ")[1].split("`")[0]
    linked = gateway.command("approvals", "link", code, "--url", f"http://127.0.0.1:{gateway.admin_port}", SLUICE_TOKEN=TOKENS["carol"])
    if "link" in linked.stderr and linked.returncode == 109:
        pytest.skip("this build has no verb to link")
    assert linked.returncode == 0, linked.stderr
    assert gateway.click(card, "USTRANGE") == 200
    slack.card_with("Approved: ddl")
    assert gateway.votes(request)[0]["approver"] == "carol"


def test_addresses_count_only_where_the_operator_says_so(upstream, slack, make):
    gateway = make(email_domains=["example.com"])
    config = json.loads(json.dumps(gateway.config))
    config["identities"].append({"id": "erin@example.com", "kind": "person", "groups": ["approvers"]})
    gateway.stop()
    gateway.write_config(config)
    gateway.start()
    request = ask(gateway, "CREATE TABLE slack_email (id integer)")
    card = slack.card_with(request)
    for number, (email, confirmed) in enumerate((("erin@elsewhere.com", True), ("erin@example.com", False), ("Erin@example.com", True), ("erin+x@example.com", True),
                             ("erin@example.com@elsewhere.com", True))):
        user = f"UE{number}"
        slack.users[user] = person(user, profile={"email": email}, is_email_confirmed=confirmed)
        gateway.click(card, user)
        assert "Nothing was decided" in slack.told(user)
    slack.users["UERIN"] = person("UERIN", profile={"email": "erin@example.com"})
    gateway.click(card, "UERIN")
    slack.card_with("Approved: ddl")


# -- Slack's own libraries

def test_the_double_understands_slacks_own_client(slack, node):
    done = subprocess.run(["node", "client.mjs"], cwd=node, text=True, capture_output=True, timeout=60, env=os.environ | {"SLACK_API_URL": slack.url})
    assert done.returncode == 0, done.stderr
    assert [json.loads(line) for line in done.stdout.splitlines()] == [[True, "C1", "string"], True, "D0UBOB", "n", "UBOB", True, "message_not_found"]


def test_all_cards_fit_slacks_own_types(gateway, slack, node, tmp_path):
    directory = tmp_path / "cards"
    directory.mkdir()
    unit_tests = gateway.binary.parent / "tests/channels_test"
    if unit_tests.exists():
        subprocess.run([str(unit_tests), "--gtest_filter=*CanBeWrittenToFiles*"], check=True, capture_output=True, timeout=60,
                       env=os.environ | {"SLUICE_CARDS_DIRECTORY": str(directory)})
    request = ask(gateway, "CREATE TABLE slack_types (id integer)")
    card = slack.card_with(request)
    (directory / "live.json").write_text(json.dumps(card["blocks"]))
    checked = subprocess.run(["node", "check_blocks.mjs", str(directory)], cwd=node, text=True, capture_output=True, timeout=110)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "checked" in checked.stdout


class SocketMode:
    def __init__(self, node: Path):
        self.process = subprocess.Popen(["node", "socket.mjs"], cwd=node, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = json.loads(self.process.stdout.readline())["port"]
        self.seen: list[dict] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.seen.append(json.loads(line))

    def order(self, **order) -> None:
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def wait_for(self, **facts) -> dict:
        return eventually(lambda: next((one for one in self.seen if facts.items() <= one.items()), None), str(facts))


def test_socket_mode(make, slack, node):
    socket = SocketMode(node)
    slack.socket_url = f"ws://127.0.0.1:{socket.port}/link/?ticket=abc%2Bd&app_id=x"
    try:
        gateway = make(signing_secret_files=None, app_token_file="secrets/app")
        assert socket.wait_for(open=1)["path"] == "/link/?ticket=abc%2Bd&app_id=x"
        assert socket.wait_for(pong=1)["data"] == "are you there"
        request = ask(gateway, "CREATE TABLE slack_socket (id integer)")
        card = slack.card_with(request)
        for raw in ("", "null", "[]", "{", '{"type":"interactive"}', '{"type":"interactive","envelope_id":"g1","payload":[]}', '{"envelope_id":"g2","type":"slash_commands"}'):
            socket.order(raw=raw)
        socket.order(send={"type": "interactive", "envelope_id": "e0", "payload": slack.click_payload(card, "UBOB", api_app_id="A0OTHER")})
        socket.order(disconnect=True)
        socket.wait_for(open=2)
        socket.wait_for(closed=1)
        opened, closed = (next(i for i, one in enumerate(socket.seen) if facts.items() <= one.items()) for facts in ({"open": 2}, {"closed": 1}))
        assert opened < closed
        payload = slack.click_payload(card, "UBOB")
        for envelope in ("e1", "e2"):
            socket.order(send={"type": "interactive", "envelope_id": envelope, "payload": payload})  # Slack may send it twice
        for envelope in ("e0", "e1", "e2", "g1", "g2"):
            eventually(lambda: any(one.get("data") == {"envelope_id": envelope} for one in socket.seen), f"the answer to {envelope}")
        slack.card_with("Approved: ddl")
        assert len(gateway.votes(request)) == 1 and slack.ephemeral == []
        assert deliver(gateway.admin_port, body_of(payload)) == 401  # no secret, no callbacks
        socket.order(kill=True)
        socket.wait_for(open=3)
    finally:
        socket.process.stdin.close()
        socket.process.wait(10)


def test_the_double_of_socket_mode_understands_slacks_own_client(slack, node):
    socket = SocketMode(node)
    slack.socket_url = f"ws://127.0.0.1:{socket.port}/link/?ticket=1"
    client = subprocess.Popen(["node", "socket_client.mjs"], cwd=node, stdout=subprocess.PIPE, text=True, env=os.environ | {"SLACK_API_URL": slack.url})
    try:
        assert client.stdout.readline() == "connected\n"
        card = {"channel": "C1", "ts": "1.1", "blocks": []}
        socket.order(send={"type": "interactive", "envelope_id": "e1", "payload": slack.click_payload(card, "UBOB", "sluice_deny"), "accepts_response_payload": False})
        assert client.stdout.readline() == "sluice_deny\n"
        assert client.wait(10) == 0
        assert {"envelope_id": "e1"}.items() <= socket.wait_for(message=1)["data"].items()
    finally:
        client.kill()
        socket.process.stdin.close()
        socket.process.wait(10)


def test_shutdown_with_everything_under_way(gateway, slack):
    slack.pause_before_answer = lambda method, call: time.sleep(3)
    for number in range(3):
        ask(gateway, f"CREATE TABLE slack_shutdown_{number} (id integer)")
    started = time.monotonic()
    assert gateway.stop(signal.SIGTERM) == 0
    assert time.monotonic() - started < 15
