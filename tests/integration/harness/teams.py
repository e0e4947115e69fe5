"""A double of what Microsoft runs for a Teams bot: the login service, OpenID metadata and keys, and the Bot Connector.

It speaks TLS on loopback, keeps what the bot posts, and makes the activities and tokens that a person's clicks become.
"""

import base64
import copy
import json
import ssl
import threading
import time
import urllib.error
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .certificates import make_certificates
from .processes import eventually

APP = "11111111-2222-3333-4444-555555555555"
TENANT = "aaaaaaaa-0000-0000-0000-00000000000a"
OTHER_TENANT = "bbbbbbbb-0000-0000-0000-00000000000b"
SECRET = "client secret of the bot"
CONVERSATION = "19:approvals@thread.tacv2"
ISSUER = "https://api.botframework.com"
CARD = "application/vnd.microsoft.card.adaptive"
MESSAGE = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def encoded(value: dict) -> str:
    return base64url(json.dumps(value).encode())


class Key:
    """A signing key of Bot Framework; `endorsements` None: the key names none."""

    def __init__(self, kid: str, endorsements: list[str] | None = None, bits: int = 2048, **changes):
        self.kid = kid
        self.private = rsa.generate_private_key(65537, bits)
        numbers = self.private.public_key().public_numbers()
        self.jwk = {"kty": "RSA", "use": "sig", "kid": kid, "x5t": kid, "e": "AQAB", "n": base64url(numbers.n.to_bytes(bits // 8, "big"))} | changes
        if endorsements is not None:
            self.jwk["endorsements"] = endorsements

    def sign(self, header: dict, claims: dict) -> str:
        signed = f"{encoded(header)}.{encoded(claims)}"
        return f"{signed}.{base64url(self.private.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def person(number: int) -> dict:
    """The sender of an activity, as Teams names people."""
    return {"id": f"29:person-{number}", "name": f"Person {number}", "aadObjectId": f"00000000-0000-0000-0000-{number:012}"}


def account(who: dict, tenant: str = TENANT) -> str:
    return f"{tenant}/{who['aadObjectId']}"


def actions_in(card, kind: str = "Action.Execute") -> list[dict]:
    """All actions of a kind in a card, those of its forms included; not those for refreshing or falling back."""
    if isinstance(card, list):
        return [action for item in card for action in actions_in(item, kind)]
    if not isinstance(card, dict):
        return []
    found = [card] if card.get("type") == kind else []
    return found + [action for name, value in card.items() if name not in ("refresh", "fallback") for action in actions_in(value, kind)]


def titles(card: dict) -> list[str]:
    return [action["title"] for action in actions_in(card)]


def texts_in(card) -> str:
    """All texts of a card, with lines where it has blocks, and the blanks that people see."""
    if isinstance(card, list):
        return "\n".join(filter(None, map(texts_in, card)))
    if not isinstance(card, dict):
        return ""
    if card.get("type") == "RichTextBlock":
        return "".join(run["text"] for run in card["inlines"]).replace("\u00a0", " ")
    return "\n".join(filter(None, (texts_in(card.get(name)) for name in ("body", "items", "card"))))


class TeamsDouble:
    def __init__(self, directory: Path):
        self.certificates = make_certificates(directory)
        self.good_key = Key("key-1", ["msteams", "webchat"])
        self.keys = [self.good_key]
        self.messages: dict[str, dict] = {}     # by activity id: what a conversation shows now
        self.posts: list[tuple[str, dict]] = []  # (conversation, activity) in order
        self.updates: list[tuple[str, dict]] = []
        self.calls: list[tuple[str, str, str]] = []  # (method, path, authorization) of the connector
        self.token_requests: list[dict] = []
        self.flows: list[tuple[str, dict]] = []  # what the Workflows webhook got: (query, message)
        self.fetches: list[str] = []            # of metadata and keys
        self.script: list[tuple[int, dict]] = []  # status and headers of the connector's next answers
        self.dead = False
        self.lifetime = 3600
        self._tokens: set[str] = set()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificates.certificate, self.certificates.key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.host = f"127.0.0.1:{self.port}"
        self.base = f"https://{self.host}"
        self.service_url = f"{self.base}/amer/"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def config(self, **changes) -> dict:
        """The section `channels`."""
        teams = {"app_id": APP, "tenant": TENANT, "client_secret_file": "secrets/teams", "openid_metadata": f"{self.base}/openid",
                 "token_url": f"{self.base}/{TENANT}/oauth2/v2.0/token", "service_hosts": [self.host], "private_addresses": True,
                 "routes": [{"conversation": CONVERSATION}]}
        return {"ca_file": str(self.certificates.authority), "public_url": "https://sluice.example", "teams": teams | changes}

    # what Bot Framework says to the bot

    def claims(self, **changes) -> dict:
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": APP, "exp": now + 600, "nbf": now - 10, "serviceurl": self.service_url} | changes
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, key: Key | None = None, header: dict | None = None, **changes) -> str:
        key = key or self.good_key
        return key.sign({"alg": "RS256", "kid": key.kid, "typ": "JWT"} | (header or {}), self.claims(**changes))

    def activity(self, kind: str, who: dict | None = None, conversation: str = CONVERSATION, tenant: str = TENANT, **changes) -> dict:
        activity = {"type": kind, "id": f"f:{uuid.uuid4()}", "channelId": "msteams", "serviceUrl": self.service_url,
                    "from": who or person(1), "recipient": {"id": f"28:{APP}", "name": "Sluice"},
                    "conversation": {"id": conversation, "tenantId": tenant, "conversationType": "channel", "isGroup": True},
                    "channelData": {"tenant": {"id": tenant}}, "timestamp": "2026-11-22T04:00:00.000Z", "locale": "en-US"}
        return activity | changes

    def installed(self, **changes) -> dict:
        return self.activity("conversationUpdate", membersAdded=[{"id": f"28:{APP}"}], **changes)

    def invoke(self, action: dict, who: dict, reason: str | None = None, trigger: str = "manual", message: str = "", tenant: str = TENANT, **changes) -> dict:
        """What a click on an Action.Execute becomes."""
        data = dict(action["data"])
        if reason is not None:
            data["approve_reason" if action["verb"].endswith("approve") else "deny_reason"] = reason
        value = {"action": {"type": "Action.Execute", "title": action.get("title", ""), "id": "", "verb": action["verb"], "data": data}, "trigger": trigger}
        return self.activity("invoke", who, tenant=tenant, name="adaptiveCard/action", value=value, replyToId=message) | changes

    def send(self, gateway, activity, token: str | None = None, **headers) -> tuple[int, dict | None]:
        """The status, and the JSON of the answer if it has one."""
        body = activity if isinstance(activity, bytes) else json.dumps(activity).encode()
        fields = {"Content-Type": "application/json"} | headers
        if token != "":
            fields["Authorization"] = f"Bearer {token or self.token()}"
        request = urllib.request.Request(f"http://127.0.0.1:{gateway.admin_port}/teams/messages", data=body, headers=fields, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as refused:
            assert refused.read() == b"", "a refusal says nothing"
            return refused.code, None

    def click(self, gateway, title: str, who: dict, request: str, reason: str | None = None, **changes) -> dict:
        """A person presses a button of the request's card and gets this answer."""
        message, card = self.card_of(request)
        action = next(action for action in actions_in(card) if action["title"] == title)
        status, body = self.send(gateway, self.invoke(action, who, reason, message=message, **changes))
        assert status == 200 and body, status
        return body

    # what the bot has shown

    def card_of(self, request: str, timeout: float = 15) -> tuple[str, dict]:
        """The message and the card that a conversation shows of a request."""
        def find():
            with self._lock:
                for message, activity in self.messages.items():
                    if request in json.dumps(activity):
                        return message, copy.deepcopy(activity["attachments"][0]["content"])
            return None
        return eventually(find, f"a card of request {request}", timeout)

    def shows(self, request: str, text: str, timeout: float = 15) -> dict:
        """Waits until the card has this text."""
        return eventually(lambda: next((card for card in [self.card_of(request)[1]] if text in texts_in(card)), None),
                          f"{text!r} on the card of {request}", timeout)

    def posts_of(self, request: str) -> list[dict]:
        with self._lock:
            return [activity for _, activity in self.posts if request in json.dumps(activity)]

    # the services

    def _handler(self):
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_) -> None:
                pass

            def answer(self, status: int, body: dict | list | None = None, headers: dict | None = None) -> None:
                data = json.dumps(body).encode() if body is not None else b""
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self) -> None:
                double.fetches.append(self.path)
                if double.dead:
                    return self.answer(503)
                if self.path == "/openid":
                    return self.answer(200, {"issuer": ISSUER, "jwks_uri": f"{double.base}/keys", "id_token_signing_alg_values_supported": ["RS256"]})
                if self.path == "/keys":
                    return self.answer(200, {"keys": [key.jwk for key in double.keys]})
                self.answer(404)

            def handle_call(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                path = urlsplit(self.path).path
                if double.dead:
                    return self.answer(503)
                if path.endswith("/oauth2/v2.0/token"):
                    return self.login(path, parse_qs(body.decode()))
                if path == "/flow":
                    double.flows.append((urlsplit(self.path).query, json.loads(body)))
                    return self.answer(double.script.pop(0)[0] if double.script else 202)
                double.connector(self, path, json.loads(body))

            do_POST = do_PUT = handle_call

            def login(self, path: str, form: dict) -> None:
                double.token_requests.append(form)
                good = form == {"grant_type": ["client_credentials"], "client_id": [APP], "client_secret": [SECRET],
                                "scope": ["https://api.botframework.com/.default"]}
                if not good or path != f"/{TENANT}/oauth2/v2.0/token":
                    return self.answer(401, {"error": "invalid_client"})
                token = f"bot-token-{uuid.uuid4()}"
                double._tokens.add(token)
                self.answer(200, {"token_type": "Bearer", "expires_in": double.lifetime, "access_token": token})

        return Handler

    def revoke_tokens(self) -> None:
        self._tokens.clear()

    def connector(self, handler, path: str, body: dict) -> None:
        authorization = handler.headers.get("Authorization", "")
        with self._lock:
            self.calls.append((handler.command, path, authorization))
            scripted = self.script.pop(0) if self.script else None
        if authorization.removeprefix("Bearer ") not in self._tokens:
            return handler.answer(401)
        if scripted:
            return handler.answer(scripted[0], None, scripted[1])
        parts = [unquote(part) for part in path.strip("/").split("/")]
        if parts[:3] != ["amer", "v3", "conversations"] or len(json.dumps(body)) > 28_000:
            return handler.answer(400)
        with self._lock:
            if handler.command == "POST" and len(parts) == 3:
                return handler.answer(201, {"id": f"a:personal-{body['members'][0]['id']}"})
            if handler.command == "POST" and len(parts) == 5 and parts[4] == "activities":
                message = str(1_700_000_000_000 + len(self.posts))
                self.posts.append((parts[3], body))
                self.messages[message] = body
                return handler.answer(201, {"id": message})
            if handler.command == "PUT" and len(parts) == 6 and parts[5] in self.messages:
                self.updates.append((parts[5], body))
                self.messages[parts[5]] = body
                return handler.answer(200, {"id": parts[5]})
        handler.answer(404)
