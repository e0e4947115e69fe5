"""The evidence of a decision: complete, verifiable without Sluice's help, and of no use once it was changed."""

import hashlib
import json

import psycopg
import pytest

from conftest import through_sluice_only
from harness import eventually
from harness.http import call
from harness.shop import TOKENS

pytestmark = through_sluice_only


@pytest.fixture
def decided(shop, tmp_path):
    """An export that ran by an approval: (gateway, id, path of the bundle)."""
    gateway = shop.gateway
    statement = f"COPY (SELECT id, email FROM public.customers WHERE id < {len(str(tmp_path)) + 3}) TO STDOUT -- {tmp_path.name}"
    with psycopg.connect(shop.dsn("hasty-bot"), autocommit=True) as connection:
        with pytest.raises(psycopg.Error):
            connection.execute(statement)
        request = gateway.approver("bob").wait_for_pending(tmp_path.name)["id"]
        shown = call(gateway.admin_port, "GET", f"/api/v1/approvals/{request}", TOKENS["bob"])
        answer = call(gateway.admin_port, "POST", f"/api/v1/approvals/{request}/approve", TOKENS["bob"], {"reason": "agreed"}, if_match=shown.headers["etag"])
        assert answer.status == 200, answer
        with connection.cursor().copy(statement) as copy:
            rows = sum(1 for _ in copy)
    assert rows > 0

    def executed() -> bool:
        return gateway.approver("bob").show(request)["execution"] is not None
    eventually(executed, "the end of the statement")
    path = tmp_path / "evidence.json"
    made = gateway.command("approvals", "evidence", request, "--output", str(path), SLUICE_URL=f"http://127.0.0.1:{gateway.admin_port}",
                           SLUICE_TOKEN=TOKENS["bob"])
    assert made.returncode == 0, made.stderr
    return gateway, request, path


def verify(gateway, path, *directory: str):
    return gateway.command("audit", "verify", *directory, "--evidence", str(path))


def test_it_says_everything(decided):
    gateway, request, path = decided
    bundle = json.loads(path.read_text())
    assert bundle["request"]["id"] == request and bundle["request"]["state"] == "consumed"
    assert "email" in bundle["request"]["document"]["held"]["statement"]
    vote = bundle["votes"][0]
    assert (vote["approver"], vote["groups"], vote["decision"], vote["reason"], vote["channel"]) == ("bob", ["approvers"], "approve", "agreed", "rest")
    assert bundle["cards"][0]["statement"].startswith("COPY") and len(vote["card_sha256"]) == 64
    assert bundle["execution"]["outcome"] == "completed" and bundle["execution"]["rows"] > 0
    assert bundle["policy"]["file_sha256"] == hashlib.sha256(gateway.config_file.read_bytes()).hexdigest()
    events = [json.loads(record["line"])["event"] for record in bundle["records"]]
    assert sorted(events) == sorted(["policy_published", "approval_requested", "approval_decided", "approval_consumed", "statement_described",
                                     "statement_admitted", "statement_completed"])
    for record in bundle["records"]:  # as docs/audit-format.md says, without Sluice
        text, _, seal = record["line"].rpartition(',"digest":"')
        assert hashlib.sha256(bytes.fromhex(record["previous"]) + text.encode()).hexdigest() == seal.removesuffix('"}')


def test_it_verifies_alone_and_against_the_log(decided):
    gateway, request, path = decided
    alone = verify(gateway, path)
    assert alone.returncode == 0 and request in alone.stdout and "not compared with the log" in alone.stdout
    both = verify(gateway, path, str(gateway.audit_directory))
    assert both.returncode == 0 and "the log says the same" in both.stdout


def relink(record: dict, **changes) -> None:
    """Changes a record and gives it the digest that fits, as a forger would."""
    fields = json.loads(record["line"])
    fields.pop("digest")
    text = json.dumps(fields | changes, separators=(",", ":"), ensure_ascii=False)[:-1]
    digest = hashlib.sha256(bytes.fromhex(record["previous"]) + text.encode()).hexdigest()
    record["line"] = f'{text},"digest":"{digest}"}}'


def record_of(bundle: dict, event: str) -> dict:
    return next(record for record in bundle["records"] if json.loads(record["line"])["event"] == event)


def change_vote_and_record(bundle: dict) -> None:
    bundle["votes"][0]["approver"] = "carol"
    relink(record_of(bundle, "approval_decided"), approver="carol")
    records = [(json.loads(record["line"]), record) for record in bundle["records"]]
    for (before, _), (after, record) in zip(records, records[1:]):
        if after["seq"] == before["seq"] + 1:
            record["previous"] = json.loads(bundle["records"][bundle["records"].index(record) - 1]["line"])["digest"]
            relink(record)


FORGERIES = {
    "statement": lambda b: b["request"]["document"]["held"].update(statement="SELECT 1"),
    "requester": lambda b: b["request"]["document"]["held"]["requester"].update(id="support-bot"),
    "groups of the requirement": lambda b: b["request"]["document"]["requirement"].update(approver_groups=["dbas"]),
    "digest": lambda b: b["request"].update(digest="0" * 64),
    "state": lambda b: b["request"].update(state="denied"),
    "voter": lambda b: b["votes"][0].update(approver="carol"),
    "voter's groups": lambda b: b["votes"][0].update(groups=["dbas"]),
    "reason": lambda b: b["votes"][0].update(reason="because"),
    "no vote": lambda b: b["votes"].clear(),
    "card": lambda b: b["cards"][0].update(statement="SELECT 1"),
    "no card": lambda b: b["cards"].clear(),
    "rows": lambda b: b["execution"].update(rows=1),
    "no filing": lambda b: b["records"].remove(record_of(b, "approval_requested")),
    "no decision": lambda b: b["records"].remove(record_of(b, "approval_decided")),
    "no use": lambda b: b["records"].remove(record_of(b, "approval_consumed")),
    "policy": lambda b: b["policy"].update(file_sha256="0" * 64),
    "link": lambda b: b["records"][0].update(previous="0" * 64),
    "order": lambda b: b["records"].reverse(),
    "a line": lambda b: b["records"][1].update(line=b["records"][1]["line"].replace("bob", "eve")),
    "shape": lambda b: b.pop("votes"),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_a_changed_bundle_fails_alone(decided, what):
    gateway, _, path = decided
    bundle = json.loads(path.read_text())
    before = json.dumps(bundle)
    FORGERIES[what](bundle)
    if json.dumps(bundle) == before:
        pytest.skip("the forgery changes nothing")
    path.write_text(json.dumps(bundle))
    checked = verify(gateway, path)
    assert checked.returncode == 2 and "BAD" in checked.stdout, checked


def test_a_forger_who_computes_digests_fails_before_the_log(decided):
    gateway, _, path = decided
    bundle = json.loads(path.read_text())
    change_vote_and_record(bundle)
    path.write_text(json.dumps(bundle))
    assert verify(gateway, path).returncode == 0, "the chain has no key"
    checked = verify(gateway, path, str(gateway.audit_directory))
    assert checked.returncode == 2 and "is not that of the log" in checked.stdout


def test_a_record_that_was_left_out_is_missed_by_the_log(shop, tmp_path):
    gateway = shop.gateway
    with psycopg.connect(shop.dsn("hasty-bot"), autocommit=True) as connection, pytest.raises(psycopg.Error):
        connection.execute("CREATE TABLE evidence_hidden (id integer)")
    request = gateway.approver("bob").wait_for_pending("evidence_hidden")["id"]
    gateway.approver("bob").deny(request, "no")
    bundle = call(gateway.admin_port, "GET", f"/api/v1/approvals/{request}/evidence", TOKENS["bob"]).json
    bundle["request"]["state"], bundle["votes"] = "pending", []
    bundle["records"].remove(record_of(bundle, "approval_decided"))
    path = tmp_path / "evidence.json"
    path.write_text(json.dumps(bundle))
    assert verify(gateway, path).returncode == 0, "nothing in it contradicts the rest"
    checked = verify(gateway, path, str(gateway.audit_directory))
    assert checked.returncode == 2 and "of the log is missing" in checked.stdout


def test_only_whom_it_concerns_gets_it(decided):
    gateway, request, _ = decided
    for who, status in {"bob": 200, "alice": 200, "dana": 404, "support-bot": 403}.items():
        assert call(gateway.admin_port, "GET", f"/api/v1/approvals/{request}/evidence", TOKENS[who]).status == status, who


def test_garbage_is_no_evidence(shop, tmp_path):
    path = tmp_path / "evidence.json"
    for text in ("", "{}", "[]", '{"format": "sluice evidence 2"}', "x" * 1000, "[" * 100000):
        path.write_text(text)
        assert verify(shop.gateway, path).returncode == 1, text[:30]
    path.write_text('{"format": "sluice evidence 1"}')
    assert verify(shop.gateway, path).returncode == 2
