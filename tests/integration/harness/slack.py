"""A double of Slack: its Web API as far as Sluice calls it, and the hand that clicks.

It behaves as Slack in what matters: failures as {"ok": false} with status 200, 429 with Retry-After, ephemeral messages that only one person
sees, messages that only their author may edit. `outage` and `pause_before_answer` make it worse than Slack. That it understands what Slack's
own client sends is a test of its own.
"""

import hashlib
import hmac
import http.client
import json
import threading
import time
import urllib.parse
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .processes import eventually, free_port

APP, TEAM, OTHER_TEAM, CHANNEL = "A0SLUICE", "T0SHOP", "T0OTHER", "C0APPROVALS"
BOT_TOKEN, APP_TOKEN = "xoxb-1-abc", "xapp-1-abc"
SECRET, OLD_SECRET = "signing secret of today", "signing secret of yesterday"


def person(user: str, **facts) -> dict:
    return {"id": user, "team_id": TEAM, "deleted": False, "is_bot": False, "is_restricted": False, "is_ultra_restricted": False,
            "is_email_confirmed": True, "profile": {"email": f"{user.lower()}@example.com"}} | facts


class SlackDouble:
    def __init__(self):
        self.calls: list[tuple[str, dict, float]] = []
        self.messages: dict[tuple[str, str], dict] = {}
        self.ephemeral: list[dict] = []
        self.views: list[dict] = []
        self.users = {user: person(user) for user in ("UALICE", "UBOB", "UCAROL", "UDANA", "USTRANGE")}
        self.failures: dict[str, list[tuple[int, dict, dict]]] = {}   # method -> answers to give instead
        self.socket_url = ""
        self.pause_before_answer: Callable[[str, dict], None] = lambda method, call: None
        self._lock = threading.RLock()
        self._clock = 1_700_000_000.0
        self.port = free_port()
        self._server: ThreadingHTTPServer | None = None
        self.start()

    # -- the server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    def start(self) -> None:
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                status, fields, answer = double._answer(self.path.removeprefix("/api/"), self.headers, body)
                data = json.dumps(answer).encode()
                try:
                    self.send_response(status)
                    for name, value in fields.items():
                        self.send_header(name, str(value))
                    self.send_header("content-type", "application/json; charset=utf-8")
                    self.send_header("content-length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    pass  # whoever asked has gone

            def log_message(self, *_) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """From now on nobody answers."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _answer(self, method: str, headers, body: bytes) -> tuple[int, dict, dict]:
        if headers.get("content-type", "").startswith("application/json"):
            call = json.loads(body or b"{}")
        else:
            call = {name: values[0] for name, values in urllib.parse.parse_qs(body.decode()).items()}
            for name in ("blocks", "view", "metadata"):
                if name in call:
                    call[name] = json.loads(call[name])
        token = headers.get("authorization", "").removeprefix("Bearer ") or call.pop("token", "")
        with self._lock:
            self.calls.append((method, call, time.monotonic()))
            if self.failures.get(method):
                return self.failures[method].pop(0)
        if token != (APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN):
            return 200, {}, {"ok": False, "error": "invalid_auth"}
        handler = getattr(self, "_" + method.replace(".", "_"), None)
        if handler is None:
            return 200, {}, {"ok": False, "error": "unknown_method"}
        with self._lock:
            answer = handler(call)
        self.pause_before_answer(method, call)
        return 200, {}, answer

    def _chat_postMessage(self, call: dict) -> dict:
        self._clock += 1
        ts = f"{self._clock:.6f}"
        self.messages[call["channel"], ts] = call | {"ts": ts, "edits": 0}
        return {"ok": True, "channel": call["channel"], "ts": ts, "message": {"text": call.get("text", "")}}

    def _chat_update(self, call: dict) -> dict:
        message = self.messages.get((call["channel"], call["ts"]))
        if message is None:
            return {"ok": False, "error": "message_not_found"}
        message.update({"text": call["text"], "blocks": call["blocks"], "edits": message["edits"] + 1})
        return {"ok": True, "channel": call["channel"], "ts": call["ts"], "text": call["text"]}

    def _chat_postEphemeral(self, call: dict) -> dict:
        self.ephemeral.append(call)
        return {"ok": True, "message_ts": "1.1"}

    def _conversations_open(self, call: dict) -> dict:
        return {"ok": True, "channel": {"id": "D0" + call["users"]}}

    def _conversations_history(self, call: dict) -> dict:
        found = [message for (channel, _), message in self.messages.items() if channel == call["channel"]]
        return {"ok": True, "messages": found[::-1], "has_more": False}

    def _views_open(self, call: dict) -> dict:
        self.views.append(call)
        return {"ok": True, "view": {"id": f"V{len(self.views)}"}}

    def _users_info(self, call: dict) -> dict:
        user = self.users.get(call["user"])
        return {"ok": True, "user": user} if user else {"ok": False, "error": "user_not_found"}

    def _apps_connections_open(self, _: dict) -> dict:
        return {"ok": True, "url": self.socket_url}

    # -- what tests look at

    def calls_of(self, method: str) -> list[dict]:
        with self._lock:
            return [call for name, call, _ in self.calls if name == method]

    def cards(self, channel: str = CHANNEL) -> list[dict]:
        with self._lock:
            return [message for (place, _), message in self.messages.items() if place == channel]

    def card_with(self, text: str, channel: str = CHANNEL, timeout: float = 15) -> dict:
        """The card that shows this text, as soon as there is one."""
        return eventually(lambda: next((card for card in self.cards(channel) if text in json.dumps(card)), None), f"a card with {text!r}", timeout)

    def told(self, user: str, timeout: float = 15) -> str:
        """What this person alone was told last."""
        return eventually(lambda: [call["text"] for call in self.ephemeral if call["user"] == user], f"a word to {user}", timeout)[-1]

    # -- the hand that clicks

    def button(self, card: dict, action: str) -> dict | None:
        buttons = [element for block in card["blocks"] if block["type"] == "actions" for element in block["elements"]]
        return next((button for button in buttons if button["action_id"] == action), None)

    def click_payload(self, card: dict, user: str, action: str = "sluice_approve", **changes) -> dict:
        button = self.button(card, action)
        self._clock += 1
        return {"type": "block_actions", "api_app_id": APP, "team": {"id": TEAM, "domain": "shop"}, "user": {"id": user, "username": user.lower(), "team_id": TEAM},
                "container": {"type": "message", "message_ts": card["ts"], "channel_id": card["channel"], "is_ephemeral": False},
                "channel": {"id": card["channel"], "name": "approvals"}, "message": {"ts": card["ts"]}, "trigger_id": f"{self._clock}.1.abc",
                "response_url": "https://hooks.slack.com/actions/x",
                "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": button["value"] if button else "",
                             "action_ts": f"{self._clock:.6f}"}]} | changes

    def form_payload(self, user: str, reason: str | None, view: dict | None = None) -> dict:
        """The form that was opened last, filled in."""
        opened = view or eventually(lambda: self.views, "a form")[-1]
        form = opened["view"]
        return {"type": "view_submission", "api_app_id": APP, "team": {"id": TEAM}, "user": {"id": user, "team_id": TEAM},
                "view": form | {"id": f"V{self.views.index(opened) + 1}",
                                "state": {"values": {"sluice_reason": {"reason": {"type": "plain_text_input", "value": reason}}}}}}


def body_of(payload: dict) -> bytes:
    return urllib.parse.urlencode({"payload": json.dumps(payload)}).encode()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()


def deliver(port: int, body: bytes, *, secret: str = SECRET, age: int = 0, path: str = "/slack/interactive", headers: dict | None = None) -> int:
    """Sends a callback as Slack does; the status of the answer."""
    timestamp = str(int(time.time()) - age)
    fields = {"content-type": "application/x-www-form-urlencoded", "x-slack-request-timestamp": timestamp,
              "x-slack-signature": signature(secret, timestamp, body)}
    fields = {name: value for name, value in (fields | (headers or {})).items() if value is not None}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", path, body, fields)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()
