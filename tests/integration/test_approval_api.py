"""The REST API for approvals: what it answers, and what it withstands."""

import socket
import threading
from pathlib import Path

import psycopg
import pytest
import yaml

from conftest import through_sluice_only
from harness import eventually
from harness.http import EventStream, call
from harness.shop import TOKENS

pytestmark = through_sluice_only

LIST = "/api/v1/approvals"
SPECIFICATION = Path(__file__).resolve().parents[2] / "docs/openapi.yaml"


class Api:
    def __init__(self, gateway):
        self.port = gateway.admin_port

    def __call__(self, who: str, method: str, path: str, body=None, **headers):
        return call(self.port, method, path, TOKENS.get(who, who), body, **headers)


@pytest.fixture
def api(shop):
    return Api(shop.gateway)


@pytest.fixture
def held(shop):
    """Files a request by an agent in hold_mode error: held("name") gives its id."""
    def file(name: str) -> str:
        with psycopg.connect(shop.dsn("hasty-bot"), autocommit=True) as connection, pytest.raises(psycopg.Error) as pending:
            connection.execute(f"CREATE TABLE {name} (id integer)")
        assert pending.value.sqlstate == "SL001"
        return shop.gateway.approver("bob").wait_for_pending(name)["id"]
    return file


# --- decisions bound to what was shown


def test_a_decision_is_bound_to_what_was_shown(api, held):
    request = held("api_etag")
    shown = api("bob", "GET", f"{LIST}/{request}")
    assert api("bob", "GET", f"{LIST}/{request}", if_none_match=shown.headers["etag"]).status == 304
    stale = api("bob", "POST", f"{LIST}/{request}/approve", if_match='"0123456789abcdef0123456789abcdef"')
    assert (stale.status, stale.json["code"]) == (412, "precondition_failed")
    assert api("bob", "POST", f"{LIST}/{request}/approve", if_match="W/" + shown.headers["etag"]).status == 412
    decided = api("bob", "POST", f"{LIST}/{request}/approve", if_match=shown.headers["etag"])
    assert decided.status == 200, decided
    assert decided.json["state"] == "approved" and len(decided.json["votes"][0]["card_sha256"]) == 64
    assert decided.headers["etag"] != shown.headers["etag"]
    assert api("carol", "POST", f"{LIST}/{request}/deny", if_match=shown.headers["etag"]).status == 412


def test_what_was_shown_is_of_no_use_for_another_request(api, held):
    first, second = held("api_etag_one"), held("api_etag_two")
    shown = api("bob", "GET", f"{LIST}/{first}")
    assert api("bob", "POST", f"{LIST}/{second}/approve", if_match=shown.headers["etag"]).status == 412


# --- idempotency keys


def test_a_call_with_a_key_is_answered_once_and_for_all(api, held, shop):
    request = held("api_key")
    path = f"{LIST}/{request}/approve"
    first = api("bob", "POST", path, {"reason": "fine"}, idempotency_key="key-1")
    assert first.status == 200
    again = api("bob", "POST", path, {"reason": "fine"}, idempotency_key="key-1")
    assert (again.status, again.body, again.headers["etag"]) == (200, first.body, first.headers["etag"])
    assert again.headers["idempotency-replayed"] == "true" and "idempotency-replayed" not in first.headers
    assert api("bob", "POST", path, {"reason": "other"}, idempotency_key="key-1").json["code"] == "idempotency_key_reused"
    assert api("bob", "POST", f"{LIST}/{request}/deny", idempotency_key="key-1").status == 422
    # Somebody else's key of the same name is another one, and opens nothing.
    assert api("dana", "POST", path, {"reason": "fine"}, idempotency_key="key-1").status == 404
    assert api("hasty", "POST", path, {"reason": "fine"}, idempotency_key="key-1").status == 401


def test_answers_outlive_the_process(own_gateway):
    gateway = own_gateway().start()
    api = Api(gateway)
    with psycopg.connect(gateway.dsn("hasty-bot"), autocommit=True) as connection, pytest.raises(psycopg.Error):
        connection.execute("CREATE TABLE api_key_restart (id integer)")
    request = gateway.approver("bob").pending()[0]["id"]
    path = f"{LIST}/{request}/deny"
    first = api("bob", "POST", path, {"reason": "no"}, idempotency_key="k")
    gateway.kill()
    gateway.start()
    again = api("bob", "POST", path, {"reason": "no"}, idempotency_key="k")
    assert (again.status, again.body) == (200, first.body)
    gateway.check_running()


def test_forged_keys(api, held):
    path = f"{LIST}/{held('api_key_forged')}/approve"
    for key in ("", " ", "a b", "k" * 256, "\x7f"):
        assert api("bob", "POST", path, idempotency_key=key).status == 400, key
    assert api("bob", "POST", path, {"reason": 1}, idempotency_key="fixed").status == 400
    assert api("bob", "POST", path, {"reason": "right now"}, idempotency_key="fixed").status == 200, "a malformed call leaves its key free"


# --- who may what


def test_agents_see_their_own_and_decide_nothing(api, held, shop):
    with psycopg.connect(shop.dsn(), autocommit=True) as connection:
        waiting = threading.Thread(target=lambda: pytest.raises(psycopg.Error, connection.execute, "CREATE TABLE api_agent (id integer)"))
        waiting.start()
        own = shop.gateway.approver("bob").wait_for_pending("api_agent")["id"]
        other = held("api_agent_other")
        shown = api("support-bot", "GET", f"{LIST}/{own}")
        assert shown.status == 200 and shown.json["state"] == "pending"
        for hidden in (b"approvers", b"schema-changes", b"privileged action", b"bob"):
            assert hidden not in shown.body, hidden
        assert api("support-bot", "GET", f"{LIST}/{other}").status == 404
        assert all(item["requester"]["id"] == "support-bot" for item in api("support-bot", "GET", LIST).json["items"])
        for verb in ("approve", "deny"):
            assert api("support-bot", "POST", f"{LIST}/{own}/{verb}").status == 403
            assert api("support-bot", "POST", f"{LIST}/{other}/{verb}").status == 403
        assert api("support-bot", "GET", f"{LIST}/{own}/evidence").status == 403
        assert api("alice", "POST", f"{LIST}/{own}/approve").status == 403, "the owner"
        assert api("dana", "POST", f"{LIST}/{own}/approve").status == 404, "in no approver group"
        assert api("bob", "POST", f"{LIST}/{own}/deny").status == 200
        waiting.join()


def test_paths_lead_nowhere_else(api, held):
    request = held("api_paths")
    for path in (f"{LIST}/{request}/../{request}/approve", f"{LIST}//{request}/approve", f"{LIST}/{request}/approve/", f"{LIST}/{request}%2fapprove",
                 f"{LIST}/{request}%00/approve", f"{LIST}/{request}/Approve", f"{LIST}/{request.lower()}/approve", f"{LIST}/events/approve",
                 f"{LIST}/{request}/approve;x=1", f"/x/..{LIST}/{request}/approve", f"{LIST}/{'A' * 5000}/approve"):
        assert api("bob", "POST", path).status in (400, 404, 405), path
    assert api("bob", "GET", f"{LIST}/{request}").json["state"] == "pending"


def test_garbage_and_huge_bodies(api, held):
    path = f"{LIST}/{held('api_garbage')}/deny"
    for body in (b"\x00" * 10, b"[" * 100000, b'{"reason": "' + b"\xff" + b'"}', b'{"reason": "a", "reason": "b"}', b"null", b'"x"'):
        assert api("bob", "POST", path, body).status == 400, body[:20]
    assert api("bob", "POST", path, b"x" * (2 << 20)).status == 413
    assert api("bob", "POST", path, b"{}", content_type="text/plain").status == 400
    assert api("bob", "GET", path.removesuffix("/deny")).json["state"] == "pending"


# --- lists


def test_pages_are_stable_while_requests_come_in(api, held):
    made = [held(f"api_page_{n}") for n in range(5)]
    seen, before = [], ""
    while True:
        page = api("bob", "GET", f"{LIST}?limit=2&requester=hasty-bot{before}").json
        seen += [item["id"] for item in page["items"]]
        if len(seen) == 2:
            held("api_page_late")
        if not page["next"]:
            break
        before = f"&before={page['next']}"
    assert [request for request in seen if request in made] == sorted(made, reverse=True)
    assert len(seen) == len(set(seen))


def test_filters(api, held):
    request = held("api_filter")

    def ids(who: str, filters: str) -> list[str]:
        return [item["id"] for item in api(who, "GET", f"{LIST}?{filters}").json["items"]]
    assert request in ids("bob", "state=pending&database=shop&action=ddl&requester=hasty-bot")
    assert request not in ids("bob", "action=export") + ids("bob", "database=other") + ids("bob", "requester=support-bot") + ids("bob", "mine=true")
    assert request in ids("alice", "mine=true")
    for wrong in ("mine=1", "database=", "color=red", "state=x", "limit=1001", "before=x", f"database={'x' * 300}"):
        assert api("bob", "GET", f"{LIST}?{wrong}").status == 400, wrong


# --- events


def test_events_are_told_while_they_happen(api, held, shop):
    with EventStream(api.port, TOKENS["bob"]) as stream, EventStream(api.port, TOKENS["dana"], timeout=1) as stranger:
        assert stream.status == 200 and stream.answer.getheader("content-type") == "text/event-stream"
        request = held("api_events")
        filed = stream.until(request, "filed")
        assert filed["data"]["approval"]["state"] == "pending"
        assert api("bob", "POST", f"{LIST}/{request}/deny").status == 200
        denied = stream.until(request, "denied")
        assert int(denied["id"]) > int(filed["id"])
        with pytest.raises(TimeoutError):
            stranger.next()
    with EventStream(api.port, TOKENS["bob"], last_event_id=filed["id"]) as again:
        assert again.until(request, "denied")["id"] == denied["id"]
    with EventStream(api.port, TOKENS["support-bot"], path="/api/v1/approvals/events?after=0", timeout=1) as agent:
        try:
            while True:
                assert agent.next()["data"]["approval"]["requester"]["id"] == "support-bot"
        except TimeoutError:
            pass


def test_streams_are_bounded_and_slow_readers_disturb_nobody(api, held):
    assert call(api.port, "GET", f"{LIST}/events").status == 401
    for wrong in ("x", "-1", "1.5"):
        assert api("bob", "GET", f"{LIST}/events", last_event_id=wrong).status == 400
    streams = [EventStream(api.port, TOKENS["carol"], path="/api/v1/approvals/events?after=0") for _ in range(8)]
    assert all(stream.status == 200 for stream in streams)
    assert api("carol", "GET", f"{LIST}/events").status == 429
    # None of them reads; everybody else goes on.
    request = held("api_slow")
    assert api("bob", "POST", f"{LIST}/{request}/deny").status == 200
    for stream in streams:
        stream.close()

    def free() -> bool:
        with EventStream(api.port, TOKENS["carol"]) as stream:
            return stream.status == 200
    held("api_slow_next")  # they are noticed to be gone when something is to be told
    eventually(free, "room for another stream", 40)


def test_a_stream_ends_with_its_token(own_gateway, upstream):
    gateway = own_gateway().start()
    with EventStream(gateway.admin_port, TOKENS["bob"], timeout=60) as stream:
        assert stream.status == 200
        config = gateway.config | {"identities": [entry for entry in gateway.config["identities"] if entry["id"] != "bob"]}
        gateway.write_config(config)
        gateway.reload()
        with psycopg.connect(gateway.dsn("hasty-bot"), autocommit=True) as connection, pytest.raises(psycopg.Error):
            connection.execute("CREATE TABLE api_token_gone (id integer)")
        with pytest.raises(EOFError):
            while True:
                stream.next()


# --- the contract


def schema_errors(specification: dict, name: str, value) -> list[str]:
    """OpenAPI 3.1 schemas are JSON Schema; this is what of it docs/openapi.yaml uses."""
    from jsonschema import Draft202012Validator
    root = {"$ref": f"#/components/schemas/{name}", "components": specification["components"]}
    return [error.message for error in Draft202012Validator(root).iter_errors(value)]


def test_live_answers_are_as_the_specification_says(api, held):
    pytest.importorskip("jsonschema")
    specification = yaml.safe_load(SPECIFICATION.read_text())
    served = api("bob", "GET", "/api/openapi.yaml")
    assert served.status == 200 and served.body == SPECIFICATION.read_bytes()
    request = held("api_contract")
    path = f"{LIST}/{request}"
    checks = [("ApprovalList", api("bob", "GET", LIST)), ("Approval", api("bob", "GET", path)), ("OwnApproval", None),
              ("Problem", api("bob", "GET", f"{LIST}/x")), ("Problem", api("bob", "POST", f"{path}/approve", if_match='"x"')),
              ("Problem", api("x", "GET", LIST)), ("Approval", api("bob", "POST", f"{path}/approve", {"reason": "fine"})),
              ("AccountList", api("bob", "GET", "/api/v1/channel-links")), ("Reload", api("bob", "POST", "/api/v1/reload")),
              ("Readiness", api("", "GET", "/readyz")), ("UsageReport", api("bob", "GET", "/api/v1/usage")), ("Evidence", api("bob", "GET", f"{path}/evidence"))]
    for name, answer in checks:
        if answer is None:
            mine = [item["id"] for item in api("support-bot", "GET", LIST).json["items"]]
            answer = api("support-bot", "GET", f"{LIST}/{mine[0]}") if mine else None
        if answer is not None:
            assert schema_errors(specification, name, answer.json) == [], (name, answer)
    with EventStream(api.port, TOKENS["bob"], path="/api/v1/approvals/events?after=0") as stream:
        assert schema_errors(specification, "ApprovalEvent", stream.next()["data"]) == []


def test_every_path_of_the_specification_is_served(api):
    for path, operations in yaml.safe_load(SPECIFICATION.read_text())["paths"].items():
        for method in operations.keys() & {"get", "post", "delete", "put"}:
            answer = api("bob", method.upper(), path.replace("{id}", "AR01ARZ3NDEKTSV4RRFFQ69G5FAV")) if "events" not in path else None
            assert answer is None or "no such path" not in answer.body.decode() and answer.status != 405, (method, path, answer)


def test_connections_that_say_nothing_keep_nobody_out(shop, api):
    idle = [socket.create_connection(("127.0.0.1", api.port)) for _ in range(20)]
    assert api("bob", "GET", LIST).status == 200
    for connection in idle:
        connection.close()
