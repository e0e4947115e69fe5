"""Approvals in Microsoft Teams: what the bot posts, what becomes of clicks, and attacks on both."""

import json
import sqlite3
import threading
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest

from conftest import Shop, through_sluice_only
from harness import Sluice, eventually
from harness.node import run_node
from harness.shop import PASSWORDS, TOKENS, shop_config, shop_secrets
from harness.teams import APP, CARD, CONVERSATION, ERROR, MESSAGE, OTHER_TENANT, SECRET, TENANT, Key, TeamsDouble, account, actions_in, person, texts_in, titles
from harness.wire import query

pytestmark = through_sluice_only

ALICE, BOB, CAROL, DANA, STRANGER, BOB_AGAIN = map(person, (1, 2, 3, 4, 5, 6))
LINKED = {"alice": ALICE, "bob": BOB, "carol": CAROL, "dana": DANA}
KEYS = {"shut": Key("unendorsed", ["webchat"]), "bare": Key("bare"), "foreign": Key("not-published", ["msteams"]),
        "enc": Key("enc", ["msteams"], use="enc"), "short": Key("short", ["msteams"], bits=1024)}


@pytest.fixture(scope="module")
def teams(tmp_path_factory):
    double = TeamsDouble(tmp_path_factory.mktemp("teams"))
    double.keys += [KEYS[name] for name in ("shut", "bare", "enc", "short")]
    yield double
    double.close()


def make_gateway(upstream, double: TeamsDouble, directory, rules=None, **changes) -> Sluice:
    config = shop_config(upstream, channels=double.config(**changes))
    config["rules"] += rules or []
    return Sluice(config, directory, secrets=shop_secrets() | {"secrets/teams": SECRET}, passwords=PASSWORDS, tokens=TOKENS)


def link(gateway: Sluice, people: dict[str, dict] | None = None) -> None:
    """As if each had confirmed a code."""
    with sqlite3.connect(gateway.directory / "var/sluice.db", timeout=10) as store:
        for name, who in (people or LINKED).items():
            store.execute("INSERT OR REPLACE INTO channel_accounts (channel, account, identity, linked) VALUES ('teams', ?, ?, 0)", (account(who), name))


def kept_copies(gateway: Sluice) -> str:
    with sqlite3.connect(gateway.directory / "var/sluice.db", timeout=10) as store:
        return "".join(row[0] for row in store.execute("SELECT reference FROM channel_messages WHERE channel = 'teams'"))


@contextmanager
def running(upstream, double, directory, told=True, **changes):
    gateway = make_gateway(upstream, double, directory, **changes)
    with gateway:
        link(gateway)
        if told:
            assert double.send(gateway, double.installed()) == (200, None)
        yield Shop(upstream, gateway)
        gateway.check_running()


@pytest.fixture(scope="module")
def shop(upstream, teams, tmp_path_factory):
    with running(upstream, teams, tmp_path_factory.mktemp("gateway")) as shop:
        yield shop


def new_table() -> str:
    return f"teams_{uuid.uuid4().hex[:8]}"


class Held:
    """A statement that waits."""

    def __init__(self, shop: Shop, statement: str = "", user: str = "support-bot", mark: str = ""):
        self.table = mark or new_table()
        self.shop = shop
        self.wire = shop.wire(user)
        self.wire.send(query(statement or f"CREATE TABLE {self.table} (id integer)"))
        self.id = shop.gateway.approver("bob").wait_for_pending(self.table)["id"]

    def answer(self) -> str:
        for message in self.wire.until_ready():
            if message.kind == "E":
                return message.fields()["C"]
            if message.kind == "C":
                return message.body.rstrip(b"\0").decode()
        return ""

    @property
    def state(self) -> str:
        return self.request["state"]

    @property
    def request(self) -> dict:
        return self.shop.gateway.approver("bob").show(self.id)

    def end(self) -> None:
        self.shop.gateway.approver("bob").deny(self.id)
        assert self.answer() == "42501"


@pytest.fixture
def held(shop):
    waiting = Held(shop)
    yield waiting
    if waiting.state == "pending":
        waiting.end()


def approve_action(card: dict) -> dict:
    return next(action for action in actions_in(card) if action["title"] == "Approve")


# what is posted, and what a click does


def test_a_click_releases_the_statement_and_everybody_sees_it(shop, teams):
    held = Held(shop)
    message, card = teams.card_of(held.id)
    assert titles(card) == ["Approve", "Deny"] and f"CREATE TABLE {held.table} (id integer)" in texts_in(card)
    for text in ("Approval needed", "ddl.create · shop", "agent support-bot", "Owner: alice", "schema-changes: privileged action", held.id):
        assert text in texts_in(card), text
    answer = teams.click(shop.gateway, "Approve", BOB, held.id, "looks right")
    assert answer["statusCode"] == 200 and answer["type"] == CARD
    assert "You have approved this." in texts_in(answer["value"]) and not titles(answer["value"])
    assert held.answer() == "CREATE TABLE"
    final = teams.shows(held.id, "Approved and used")
    assert teams.card_of(held.id)[0] == message and len(teams.posts_of(held.id)) == 1, "edited in place"
    assert "approved by bob (teams" in texts_in(final) and "looks right" in texts_in(final)
    assert not titles(final) and "refresh" not in final
    vote = held.request["votes"][0]
    assert (vote["approver"], vote["channel"], vote["reason"]) == ("bob", "teams", "looks right")


def test_a_denial_reaches_the_agent_and_the_card(shop, teams):
    held = Held(shop)
    answer = teams.click(shop.gateway, "Deny", CAROL, held.id, "not on a Friday")
    assert "You have denied this." in texts_in(answer["value"])
    assert held.answer() == "42501" and held.request["votes"][0]["reason"] == "not on a Friday"
    assert "not on a Friday" in texts_in(teams.shows(held.id, "denied by carol"))


def test_the_card_follows_what_others_do(shop, teams):
    held = Held(shop)
    teams.card_of(held.id)
    shop.gateway.approver("bob").deny(held.id, "by the API")
    teams.shows(held.id, "denied by bob")
    held = Held(shop)
    teams.card_of(held.id)
    held.wire.close()
    teams.shows(held.id, "Withdrawn")


def test_each_person_has_an_own_view(shop, teams, held):
    card = teams.card_of(held.id)[1]

    def view(who: dict) -> dict:
        status, body = teams.send(shop.gateway, teams.invoke(card["refresh"]["action"], who, trigger="automatic"))
        assert (status, body["type"]) == (200, CARD)
        return body["value"]
    assert titles(view(BOB)) == ["Approve", "Deny"]
    assert titles(view(ALICE)) == [] and "your own approval request" in texts_in(view(ALICE)), "the agent's owner"
    assert titles(view(DANA)) == [] and "permission denied" in texts_in(view(DANA)).lower()
    assert titles(view(STRANGER)) == ["Link my account"]
    assert held.state == "pending"


def test_cards_refresh_themselves_for_approvers_that_were_seen(shop, teams, held):
    teams.send(shop.gateway, teams.invoke(teams.card_of(held.id)[1]["refresh"]["action"], BOB, trigger="automatic"))
    other = Held(shop)
    assert BOB["id"] in teams.card_of(other.id)[1]["refresh"]["userIds"]
    assert ALICE["id"] not in teams.card_of(other.id)[1]["refresh"]["userIds"]
    other.end()


def test_the_first_form_of_old_clients(shop, teams):
    held = Held(shop)
    message, card = teams.card_of(held.id)
    data = approve_action(card)["fallback"]["data"] | {"approve_reason": "from a phone"}
    assert teams.send(shop.gateway, teams.activity("message", BOB, value=data, replyToId=message)) == (200, None)
    assert held.answer() == "CREATE TABLE"
    teams.shows(held.id, "from a phone")


def test_an_old_client_is_refused_in_private(shop, teams, held):
    message, card = teams.card_of(held.id)
    data = approve_action(card)["fallback"]["data"]
    teams.send(shop.gateway, teams.activity("message", ALICE, value=data, replyToId=message))
    place, activity = eventually(lambda: next((post for post in teams.posts if "own approval request" in json.dumps(post)), None), "a refusal")
    assert place == f"a:personal-{ALICE['id']}" and activity["textFormat"] == "plain" and held.state == "pending"


def test_linking_by_code(shop, teams, held):
    newcomer = person(70)
    answer = teams.click(shop.gateway, "Approve", newcomer, held.id)
    assert answer["type"] == MESSAGE and held.state == "pending"
    code = answer["value"].split()[-1]
    linked = shop.gateway.command("approvals", "link", code, "--url", f"http://127.0.0.1:{shop.gateway.admin_port}", SLUICE_TOKEN=TOKENS["carol"])
    if "link" in linked.stderr and linked.returncode > 1:
        pytest.skip("this build has no `approvals link`")
    assert linked.returncode == 0, linked.stderr
    assert "approved" in json.dumps(teams.click(shop.gateway, "Approve", newcomer, held.id))
    assert held.request["votes"][0]["approver"] == "carol"


def test_someone_who_writes_to_the_bot_is_told_how_to_link(shop, teams):
    who = person(71)
    talk = teams.activity("message", who, conversation="a:talk", text="hello")
    talk["conversation"]["conversationType"] = "personal"
    assert teams.send(shop.gateway, talk) == (200, None)
    eventually(lambda: any(place == "a:talk" and "sluice approvals link " in activity["text"] for place, activity in teams.posts), "a code")


# who may not decide


@pytest.mark.parametrize("who", [ALICE, DANA], ids=["owner", "outsider"])
def test_people_without_the_right_are_told_alone(shop, teams, held, who):
    before = len(teams.updates)
    answer = teams.click(shop.gateway, "Approve", who, held.id)
    assert answer["type"] == MESSAGE and answer["value"].startswith("Permission denied to decide")
    assert "bob" not in answer["value"] and "approvers" not in answer["value"], "who could is nobody's business"
    assert held.state == "pending" and len(teams.updates) == before


def test_the_requester_cannot_approve(shop, teams):
    link(shop.gateway, {"support-bot": person(80)})
    held = Held(shop)
    answer = teams.click(shop.gateway, "Approve", person(80), held.id)
    assert answer["type"] == MESSAGE and held.state == "pending", "an agent is no person"
    held.end()


def test_a_person_who_left_cannot_approve(shop, teams, held):
    link(shop.gateway, {"gone": person(81)})
    assert teams.click(shop.gateway, "Approve", person(81), held.id)["type"] == MESSAGE and held.state == "pending"


def test_guests_and_strangers_cannot_approve(shop, teams, held):
    assert teams.click(shop.gateway, "Approve", STRANGER, held.id)["type"] == MESSAGE
    guest = BOB | {"aadObjectId": str(uuid.uuid4()), "name": "Bob (Guest)"}  # the same names, another object in the directory
    assert teams.click(shop.gateway, "Approve", guest, held.id)["type"] == MESSAGE
    nobody = {name: value for name, value in BOB.items() if name != "aadObjectId"}
    assert teams.click(shop.gateway, "Approve", nobody, held.id)["type"] == ERROR
    assert held.state == "pending" and held.request["votes"] == []


def test_two_accounts_of_one_person_are_one_vote(upstream, teams, tmp_path):
    rule = {"id": "two", "effect": "hold", "approvers": ["approvers"], "approvals": 2, "groups": ["agents"], "actions": ["ddl"], "hold_mode": "wait"}
    with running(upstream, teams, tmp_path / "two", rules=[rule]) as shop:
        link(shop.gateway, {"bob": BOB_AGAIN})
        held = Held(shop)
        assert "You have approved" in texts_in(teams.click(shop.gateway, "Approve", BOB, held.id)["value"])
        again = teams.click(shop.gateway, "Approve", BOB_AGAIN, held.id)
        assert "already decided" in texts_in(again["value"]) and held.state == "pending"
        teams.shows(held.id, "approved by bob")
        assert "You have approved" in texts_in(teams.click(shop.gateway, "Approve", CAROL, held.id)["value"])
        assert held.answer() == "CREATE TABLE" and len(held.request["votes"]) == 2


# forged, replayed and stale callbacks


def forgeries(double: TeamsDouble) -> dict[str, tuple[str, dict]]:
    """Tokens that must not be believed: name -> (token, changes of the activity)."""
    now = int(time.time())
    good = double.token()
    head, claims, signature = good.split(".")
    public = json.dumps(double.good_key.jwk).encode()
    none = double.good_key.sign({"alg": "none", "kid": "key-1"}, double.claims()).rsplit(".", 1)[0] + "."
    evil = "https://evil.example/amer/"
    return {
        "expired": (double.token(exp=now - 301), {}),
        "not valid yet": (double.token(nbf=now + 301), {}),
        "another audience": (double.token(aud="99999999-2222-3333-4444-555555555555"), {}),
        "another issuer": (double.token(iss="https://sts.windows.net/evil/"), {}),
        "no issuer": (double.token(iss=None), {}),
        "none": (none, {}),
        "HS256": (hs256(double, public), {}),
        "a stranger's key": (double.token(KEYS["foreign"]), {}),
        "a stranger's key under our id": (KEYS["foreign"].sign({"alg": "RS256", "kid": "key-1"}, double.claims()), {}),
        "a key that is not endorsed": (double.token(KEYS["shut"]), {}),
        "a tampered claim": (f"{head}.{claims[:-4]}{'AAAA' if claims[-4:] != 'AAAA' else 'BBBB'}.{signature}", {}),
        "no signature": (f"{head}.{claims}.", {}),
        "another service URL in the activity": (good, {"serviceUrl": evil}),
        "no service URL in the token": (double.token(serviceurl=None), {}),
        "no service URL in the activity": (good, {"serviceUrl": None}),
        "garbage": ("garbage", {}),
    }


def hs256(double: TeamsDouble, secret: bytes) -> str:
    import base64
    import hmac
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "HS256", "kid": "key-1"}, double.claims())]
    signed = ".".join(parts)
    return signed + "." + base64.urlsafe_b64encode(hmac.digest(secret, signed.encode(), "sha256")).decode().rstrip("=")


STRICTER = {  # what Microsoft's library lets pass and we do not
    "a key without endorsements": lambda double: (double.token(KEYS["bare"]), {}),
    "a key for encryption": lambda double: (double.token(KEYS["enc"]), {}),
    "no end": lambda double: (double.token(exp=None), {}),
    "RSA of 1024 bits": lambda double: (double.token(KEYS["short"]), {}),
}


def test_forged_tokens_decide_nothing(shop, teams, held):
    click = approve_action(teams.card_of(held.id)[1])
    before = len(teams.token_requests)
    for name, (token, changes) in (forgeries(teams) | {name: make(teams) for name, make in STRICTER.items()}).items():
        activity = {key: value for key, value in (teams.invoke(click, BOB) | changes).items() if value is not None}
        assert teams.send(shop.gateway, activity, token) == (403, None), name
    assert teams.send(shop.gateway, teams.invoke(click, BOB), "") == (403, None), "no token at all"
    assert held.state == "pending" and len(teams.token_requests) == before
    answer = teams.send(shop.gateway, teams.invoke(click, BOB))[1]
    assert "You have approved" in texts_in(answer["value"]), "and the true one is taken"
    assert held.answer() == "CREATE TABLE"


@pytest.mark.timeout(150)
def test_microsofts_own_library_judges_tokens_alike(shop, teams):
    cases = {"good": (teams.token(), {}), "expired within the skew": (teams.token(exp=int(time.time()) - 100), {})} | forgeries(teams)
    asked = [{"name": name, "token": token, "serviceUrl": changes.get("serviceUrl", teams.service_url) or "", "channelId": "msteams"}
             for name, (token, changes) in cases.items()]
    verdicts = run_node(Path(__file__).parent / "teams", "oracle.mjs", {"metadata": f"{teams.base}/openid", "appId": APP, "cases": asked}, NODE_EXTRA_CA_CERTS=str(teams.certificates.authority))
    for name, (token, changes) in cases.items():
        activity = {key: value for key, value in (teams.installed() | changes).items() if value is not None}
        ours = teams.send(shop.gateway, activity, token)[0] == 200
        if name == "no service URL in the activity":
            assert not ours  # the library does not compare where there is nothing to compare
        else:
            assert ours == (verdicts[name] == "accepted"), (name, verdicts[name])


def test_the_bots_token_goes_to_no_other_host(upstream, teams, tmp_path):
    evil = TeamsDouble(tmp_path / "evil")
    try:
        with running(upstream, teams, tmp_path / "gateway", told=False) as shop:
            held = Held(shop)
            for url in (evil.service_url, f"https://{teams.host}@{evil.host}/amer/", "http://smba.trafficmanager.net/", f"https://{teams.host}.evil.example/"):
                token = teams.token(serviceurl=url)  # Bot Framework itself would have to be fooled for this
                assert teams.send(shop.gateway, teams.installed(serviceUrl=url), token) == (403, None), url
            assert not evil.calls and not evil.token_requests
            assert teams.send(shop.gateway, teams.installed()) == (200, None)
            teams.card_of(held.id)  # what waited is posted as soon as Teams tells where
            held.end()
    finally:
        evil.close()


def test_other_tenants_and_channels_are_not_let_in(shop, teams, held):
    click = approve_action(teams.card_of(held.id)[1])
    for activity in (teams.invoke(click, BOB, tenant=OTHER_TENANT), teams.invoke(click, BOB, channelData={"tenant": {"id": OTHER_TENANT}}),
                     teams.invoke(click, BOB, channelId="webchat"), teams.invoke(click, BOB, channelId=None),
                     teams.invoke(click, BOB, conversation={"id": CONVERSATION}, channelData={})):
        assert teams.send(shop.gateway, activity) == (403, None)
    assert held.state == "pending"


def test_a_replayed_click_counts_once(shop, teams, held):
    activity = teams.invoke(approve_action(teams.card_of(held.id)[1]), DANA)
    assert teams.send(shop.gateway, activity)[1]["type"] == MESSAGE
    assert teams.send(shop.gateway, activity)[1]["type"] == ERROR
    link(shop.gateway, {"bob": person(90)})
    again = activity | {"from": person(90)}
    assert teams.send(shop.gateway, again)[1]["type"] == ERROR and held.state == "pending"


def test_a_refresh_is_no_vote(shop, teams, held):
    card = teams.card_of(held.id)[1]
    for trigger in ("automatic", "", "Manual", None):
        assert teams.send(shop.gateway, teams.invoke(approve_action(card), BOB, trigger=trigger))[1]["type"] == ERROR
    assert teams.send(shop.gateway, teams.invoke(card["refresh"]["action"], BOB, trigger="manual"))[1]["type"] == CARD
    assert held.state == "pending"


def test_tampered_data_decides_nothing(shop, teams, held):
    other = Held(shop)
    mine, theirs = approve_action(teams.card_of(held.id)[1]), approve_action(teams.card_of(other.id)[1])

    def with_data(**changes) -> dict:
        return mine | {"data": {name: value for name, value in (mine["data"] | changes).items() if value is not None}}
    attempts = [with_data(request=other.id), with_data(request=None), with_data(request="AR1"), with_data(request={"$ne": 1}), with_data(nonce=None),
                with_data(nonce=""), with_data(nonce="0" * 32), with_data(nonce=theirs["data"]["nonce"]), with_data(request=other.id, shown=theirs["data"]["shown"]),
                mine | {"verb": "approve"}, mine | {"verb": ""}, mine | {"verb": ["sluice/approve"]}, mine | {"data": []}, mine | {"data": "x"}]
    for action in attempts:
        answer = teams.send(shop.gateway, teams.activity("invoke", BOB, name="adaptiveCard/action", value={"action": {"type": "Action.Execute"} | action, "trigger": "manual"}))
        assert answer[0] == 200 and answer[1]["type"] == ERROR, action
    stale = teams.send(shop.gateway, teams.invoke(with_data(shown="0" * 64), BOB))[1]
    assert stale["type"] == CARD and "out of date" in texts_in(stale["value"])
    elsewhere = teams.send(shop.gateway, teams.invoke(mine, BOB, conversation={"id": "19:other@thread.tacv2", "tenantId": TENANT}))
    assert elsewhere[1]["type"] == ERROR
    assert held.state == other.state == "pending" and not held.request["votes"] and not other.request["votes"]
    other.end()


def test_an_old_card_cannot_decide_what_is_decided(shop, teams):
    held = Held(shop)
    action = approve_action(teams.card_of(held.id)[1])
    shop.gateway.approver("carol").deny(held.id)
    held.answer()
    late = teams.send(shop.gateway, teams.invoke(action, BOB))[1]
    assert late["type"] == CARD and "already denied" in texts_in(late["value"]) and not titles(late["value"])
    again = Held(shop, f"CREATE TABLE {held.table} (id integer, again integer)", mark=held.table)
    assert teams.send(shop.gateway, teams.invoke(action, BOB))[1]["type"] == CARD and again.state == "pending"
    again.end()


def test_a_hundred_clicks_decide_once(shop, teams):
    held = Held(shop)
    message, card = teams.card_of(held.id)
    actions = actions_in(card)
    answers: list[dict] = []

    def press(number: int) -> None:
        answers.append(teams.send(shop.gateway, teams.invoke(actions[number % 2], (BOB, CAROL)[number // 2 % 2], message=message))[1])
    people = [threading.Thread(target=press, args=(number,)) for number in range(100)]
    [each.start() for each in people]
    [each.join() for each in people]
    assert len(answers) == 100 and all(answer["type"] == CARD for answer in answers)
    assert sum("You have" in texts_in(answer["value"]) for answer in answers) == 1
    assert len(held.request["votes"]) == 1 and held.answer() in ("CREATE TABLE", "42501")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"type":"invoke","type":"invoke"}', b"{}",
                                  json.dumps({"type": "invoke", "serviceUrl": 7, "conversation": [], "from": "x", "value": {"action": []}}).encode()])
def test_garbage_is_refused(shop, teams, body):
    assert teams.send(shop.gateway, body) == (403, None)


def test_garbage_inside_a_proven_activity_is_answered(shop, teams):
    for value in (None, 7, [], {}, {"action": None}, {"action": {"type": "Action.Submit", "verb": "sluice/approve", "data": {}}}, {"action": {"type": "Action.Execute", "data": {"request": "x" * 100_000}}}):
        status, answer = teams.send(shop.gateway, teams.activity("invoke", BOB, name="adaptiveCard/action", value=value))
        assert status == 200 and answer["type"] == ERROR and set(answer["value"]) == {"code", "message"}
    assert teams.send(shop.gateway, teams.activity("invoke", BOB, name="composeExtension/query"))[0] == 501
    for kind in ("typing", "messageReaction", "", "unheard-of", "installationUpdate"):
        assert teams.send(shop.gateway, teams.activity(kind)) == (200, None)
    huge = json.dumps(teams.activity("message", text="x" * 300_000)).encode()
    assert teams.send(shop.gateway, huge) == (403, None)


# Teams that is slow, strict, dead, and a gateway that dies


def test_told_to_wait_the_bot_waits(shop, teams):
    teams.script += [(429, {"Retry-After": "1"}), (500, {}), (502, {})]
    held = Held(shop)
    teams.card_of(held.id)
    assert len(teams.posts_of(held.id)) == 1
    held.end()


def test_a_revoked_token_is_replaced(shop, teams):
    teams.revoke_tokens()
    before = len(teams.token_requests)
    held = Held(shop)
    teams.card_of(held.id)
    assert len(teams.token_requests) == before + 1
    held.end()


def test_a_removed_card_is_posted_again(shop, teams, held):
    message, _ = teams.card_of(held.id)
    del teams.messages[message]
    link(shop.gateway, {"carol": person(95)})
    teams.send(shop.gateway, teams.invoke(next(iter(actions_in(teams.posts_of(held.id)[0]))), STRANGER))
    shop.gateway.approver("carol").deny(held.id)
    assert held.answer() == "42501"


def test_a_click_counts_after_a_restart(upstream, teams, tmp_path):
    rule = {"id": "later", "effect": "hold", "approvers": ["approvers"], "groups": ["agents"], "actions": ["ddl"], "hold_mode": "error", "valid_for": "60s", "expires_after": "60s"}
    config = shop_config(upstream, channels=teams.config())
    config["rules"] = [each for each in config["rules"] if each["id"] != "schema-changes"] + [rule]
    gateway = Sluice(config, tmp_path / "gateway", secrets=shop_secrets() | {"secrets/teams": SECRET}, passwords=PASSWORDS, tokens=TOKENS)
    with gateway:
        link(gateway)
        teams.send(gateway, teams.installed())
        shop = Shop(upstream, gateway)
        table = new_table()
        shop.wire().simple(f"CREATE TABLE {table} (id integer)")
        request = gateway.approver("bob").wait_for_pending(table)["id"]
        message, card = teams.card_of(request)
        eventually(lambda: message in kept_copies(gateway), "the copy to be known")
        gateway.kill()
        gateway.start()
        assert "You have approved" in texts_in(teams.send(gateway, teams.invoke(approve_action(card), BOB, message=message))[1]["value"])
        teams.shows(request, "Approved, has not run yet")
        assert len(teams.posts_of(request)) == 1, "nothing is posted twice"
        assert any(each.kind == "C" for each in shop.wire().simple(f"CREATE TABLE {table} (id integer)"))
        teams.shows(request, "Approved and used")


def test_a_dead_teams_stops_nothing_and_misses_nothing(upstream, teams, tmp_path):
    with running(upstream, teams, tmp_path / "gateway") as shop:
        teams.dead = True
        try:
            held, later = Held(shop), Held(shop)
            shop.gateway.approver("bob").approve(held.id)
            assert held.answer() == "CREATE TABLE", "decisions elsewhere go on"
        finally:
            teams.dead = False
        teams.card_of(later.id, timeout=30)
        later.end()


def test_reminders_are_messages_below_the_card(upstream, teams, tmp_path):
    rule = {"id": "soon", "effect": "hold", "approvers": ["approvers"], "groups": ["agents"], "actions": ["ddl"], "hold_mode": "wait", "expires_after": "60s",
            "remind_every": "1s"}
    config = shop_config(upstream, channels=teams.config())
    config["rules"] = [each for each in config["rules"] if each["id"] != "schema-changes"] + [rule]
    with Sluice(config, tmp_path / "gateway", secrets=shop_secrets() | {"secrets/teams": SECRET}, passwords=PASSWORDS, tokens=TOKENS) as gateway:
        teams.send(gateway, teams.installed())
        held = Held(Shop(upstream, gateway))
        message, _ = teams.card_of(held.id)
        place, reminder = eventually(lambda: next((post for post in teams.posts if "Still nobody has decided" in post[1].get("text", "")), None), "a reminder")
        assert place == f"{CONVERSATION};messageid={message}" and held.id in reminder["text"] and reminder["textFormat"] == "plain"
        held.end()


def test_a_workflow_is_told_and_cannot_answer(upstream, teams, tmp_path):
    config = shop_config(upstream, channels={"ca_file": str(teams.certificates.authority), "teams_workflow": {"url_file": "secrets/flow", "private_addresses": True}})
    secrets = shop_secrets() | {"secrets/flow": f"{teams.base}/flow?api-version=1&sig=signature-of-the-flow"}
    with Sluice(config, tmp_path / "gateway", secrets=secrets, passwords=PASSWORDS, tokens=TOKENS) as gateway:
        teams.script.append((502, {}))
        held = Held(Shop(upstream, gateway))
        asked, message = eventually(lambda: next((flow for flow in teams.flows[1:] if held.id in json.dumps(flow)), None), "the workflow to be told")
        assert asked == "api-version=1&sig=signature-of-the-flow" and message["type"] == "message"
        attachment = message["attachments"][0]
        assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive" and attachment["contentUrl"] is None
        assert held.table in texts_in(attachment["content"]) and not titles(attachment["content"]) and "refresh" not in attachment["content"]
        held.end()
        assert len(teams.flows) == 2 and "signature-of-the-flow" not in gateway.log_text() + gateway.audit_text()


def test_no_secret_is_in_the_log_and_every_vote_is_in_the_audit_log(shop, teams):
    text = shop.gateway.log_text() + shop.gateway.audit_text()
    assert SECRET not in text and "bot-token-" not in text and teams.good_key.kid not in text
    assert any(record.get("channel") == "teams" or "teams" in json.dumps(record) for record in shop.gateway.audit_records())
