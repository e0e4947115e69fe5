"""Signed outgoing webhooks: the `standardwebhooks` library as the receiver's judge, and receivers that misbehave."""

import base64
import json
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest

from conftest import through_sluice_only
from harness import eventually

pytestmark = through_sluice_only

KEYS = {name: base64.b64encode(name.encode() * 8).decode() for name in ("first", "next1")}
NODE = Path(__file__).parent / "node"


class Receiver:
    """Answers with `status`, or as `behave` says; keeps what came."""

    def __init__(self, status: int = 200, behave=None, headers: dict[str, str] | None = None):
        receiver = self
        self.came: list[tuple[dict, bytes]] = []
        self.status, self.behave, self.headers = status, behave, headers or {}

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.came.append(({name.lower(): value for name, value in self.headers.items()} | {"path": self.path}, body))
                if receiver.behave:
                    receiver.behave(self)
                    return
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?of=sluice"

    def events(self, request_id: str) -> list[str]:
        bodies = [json.loads(body) for _, body in self.came]
        return [body["type"] for body in bodies if body["data"]["id"] == request_id]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receivers():
    made: list[Receiver] = []

    def make(*arguments, **named) -> Receiver:
        made.append(Receiver(*arguments, **named))
        return made[-1]
    yield make
    for receiver in made:
        receiver.close()


@pytest.fixture
def gateway_with(own_gateway):
    def make(*webhooks: dict):
        entries = [{"secret_files": ["secrets/first.whsec"], "private_destination": True} | webhook for webhook in webhooks]
        gateway = own_gateway(channels={"public_url": "https://sluice.example", "webhooks": entries})
        for name, key in KEYS.items():
            path = gateway.directory / f"secrets/{name}.whsec"
            path.touch(mode=0o600)
            path.write_text(f"whsec_{key}\n")
        return gateway.start()
    return make


def file(gateway, name: str) -> str:
    with psycopg.connect(gateway.dsn("hasty-bot"), autocommit=True) as connection, pytest.raises(psycopg.Error):
        connection.execute(f"CREATE TABLE {name} (id integer DEFAULT 4711)")
    return gateway.approver("bob").wait_for_pending(name)["id"]


def verify(key: str, headers: dict, body: bytes) -> str:
    """What the library of the specification says; "ok" or its complaint."""
    if not (NODE / "node_modules/standardwebhooks").is_dir():
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=NODE, check=True, timeout=300)
    script = ("import {Webhook} from 'standardwebhooks'; const {key, headers, body} = JSON.parse(process.argv[1]);"
              "try { new Webhook(key).verify(body, headers); console.log('ok'); } catch (e) { console.log(e.message); }")
    given = {"key": key, "headers": {name: value for name, value in headers.items() if name.startswith("webhook-")}, "body": body.decode()}
    return subprocess.run(["node", "--input-type=module", "-e", script, json.dumps(given)], cwd=NODE, text=True, capture_output=True, check=True,
                          timeout=60).stdout.strip()


def test_every_event_is_told_once_and_signed(gateway_with, receivers):
    receiver = receivers()
    gateway = gateway_with({"id": "siem", "url": receiver.url, "secret_files": ["secrets/first.whsec", "secrets/next1.whsec"]})
    request = file(gateway, "webhook_a")
    gateway.approver("bob").deny(request, "certainly not 4711")
    eventually(lambda: receiver.events(request) == ["approval.filed", "approval.denied"], "both events")
    for headers, body in receiver.came:
        assert headers["content-type"] == "application/json" and headers["path"] == "/hook?of=sluice"
        assert len(body) < 20_000 and "." not in headers["webhook-id"]
        for secret in ("4711", "CREATE", "certainly", "webhook_a"):
            assert secret.encode() not in body, secret
        for key in KEYS.values():
            assert verify(f"whsec_{key}", headers, body) == "ok"
        assert verify(f"whsec_{base64.b64encode(b'x' * 32).decode()}", headers, body) != "ok"
        assert verify(f"whsec_{KEYS['first']}", headers, body.replace(b"pending", b"approved") + b" ") != "ok"
    data = json.loads(receiver.came[1][1])["data"]
    assert data["state"] == "denied" and data["url"] == f"https://sluice.example/api/v1/approvals/{request}"
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == len(receiver.came)


def test_only_the_wanted_events(gateway_with, receivers):
    receiver, other = receivers(), receivers()
    gateway = gateway_with({"id": "denials", "url": receiver.url, "events": ["denied"]}, {"id": "all", "url": other.url})
    request = file(gateway, "webhook_filter")
    gateway.approver("bob").deny(request)
    eventually(lambda: len(other.events(request)) == 2, "all events")
    eventually(lambda: receiver.events(request) == ["approval.denied"], "the denial")


def test_a_failure_is_tried_again_also_after_kill_9(gateway_with, receivers):
    receiver = receivers(500)
    gateway = gateway_with({"id": "siem", "url": receiver.url})
    request = file(gateway, "webhook_retry")
    eventually(lambda: len(receiver.came) == 1, "the first attempt")
    gateway.kill()
    receiver.status = 200
    gateway.start()
    eventually(lambda: len(receiver.came) == 2, "the second attempt", 30)
    (first, body), (second, again) = receiver.came
    assert first["webhook-id"] == second["webhook-id"] and body == again and receiver.events(request) == ["approval.filed"] * 2
    assert int(second["webhook-timestamp"]) > int(first["webhook-timestamp"]) and first["webhook-signature"] != second["webhook-signature"]


def test_gone_is_for_ever_until_the_address_changes(gateway_with, receivers):
    receiver, new = receivers(410), receivers()
    gateway = gateway_with({"id": "siem", "url": receiver.url})
    file(gateway, "webhook_gone")
    eventually(lambda: "told nothing more" in gateway.log_text(), "the warning")
    gateway.stop()
    gateway.start()
    request = file(gateway, "webhook_gone_b")
    gateway.approver("bob").deny(request)
    time.sleep(1)  # for something that must not happen
    assert len(receiver.came) == 1
    config = json.loads(json.dumps(gateway.config))
    config["channels"]["webhooks"][0]["url"] = new.url
    gateway.write_config(config)
    gateway.reload()
    after = file(gateway, "webhook_gone_c")
    eventually(lambda: new.events(after) == ["approval.filed"], "the new address", 30)


def test_redirects_are_not_followed(gateway_with, receivers):
    elsewhere = receivers()
    receiver = receivers(307, headers={"location": elsewhere.url})
    gateway = gateway_with({"id": "siem", "url": receiver.url})
    file(gateway, "webhook_redirect")
    eventually(lambda: "HTTP status 307" in gateway.log_text(), "the failure")
    assert elsewhere.came == []


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("content-length", "1000000")
    handler.end_headers()
    try:
        for _ in range(1000):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.2)
    except OSError:
        pass


def flood(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("content-length", str(1 << 30))
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"x" * 65536)
    except OSError:
        pass


def garbage(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"\x00\xffHTTP/9.9 twohundred\r\n\r\n")


def silence(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(40)


def test_dead_slow_and_lying_receivers_disturb_nobody(gateway_with, receivers):
    good = receivers()
    dead = receivers()
    dead.close()
    bad = [{"id": behave.__name__, "url": receivers(behave=behave).url} for behave in (drip, flood, garbage, silence)]
    gateway = gateway_with(*bad, {"id": "dead", "url": dead.url}, {"id": "good", "url": good.url})
    for n in range(3):
        started = time.monotonic()
        request = file(gateway, f"webhook_bad_{n}")
        gateway.approver("bob").deny(request)
        assert time.monotonic() - started < 10
        eventually(lambda: good.events(request) == ["approval.filed", "approval.denied"], "the good one's events", 10)
    assert gateway.rss_kib() < 2_000_000
    gateway.check_running()


def test_nothing_goes_to_our_own_network_unless_it_is_said(gateway_with, receivers):
    receiver = receivers()
    for host in ("127.0.0.1", "localhost", "[::1]", "169.254.169.254", "2130706433", "0.0.0.0", "[::ffff:127.0.0.1]"):
        gateway = gateway_with({"id": "inside", "url": f"https://{host}:{receiver.port}/", "private_destination": False})
        file(gateway, "webhook_inside")
        eventually(lambda: 'webhook "inside"' in gateway.log_text(), f"the refusal of {host}", 20)
        gateway.stop()
    assert receiver.came == []


@pytest.mark.parametrize("change, finding", [
    ({"url": "http://example.org/", "private_destination": False}, "private_destination: true"),
    ({"url": "ftp://example.org/"}, "starts with https://"),
    ({"secret_files": ["secrets/wrong.whsec"]}, "no webhook secret"),
    ({"events": ["exploded"]}, "no event"),
    ({"id": "a b"}, "no usable name"),
    ({"colour": "red"}, "colour"),
])
def test_mistakes_in_the_configuration_are_found(own_gateway, change, finding):
    webhook = {"id": "siem", "url": "https://example.org/", "secret_files": ["secrets/first.whsec"], "private_destination": True} | change
    gateway = own_gateway(channels={"webhooks": [webhook]})
    for name, text in {"first": f"whsec_{KEYS['first']}", "wrong": "whsec_short"}.items():
        path = gateway.directory / f"secrets/{name}.whsec"
        path.touch(mode=0o600)
        path.write_text(text)
    checked = gateway.command("check-config", str(gateway.config_file))
    assert checked.returncode == 1 and finding in checked.stdout + checked.stderr
