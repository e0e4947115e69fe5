"""Plain HTTP with all of the answer: status, headers, body."""

import http.client
import json


class Answer:
    def __init__(self, status: int, headers: dict[str, str], body: bytes):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


def call(port: int, method: str, path: str, token: str = "", body: bytes | dict | None = None, timeout: float = 30, **headers: str) -> Answer:
    """Header names are given with underscores: idempotency_key="…"."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    if token:
        fields["authorization"] = f"Bearer {token}"
    if isinstance(body, dict):
        body = json.dumps(body).encode()
    if body is not None:
        fields.setdefault("content-type", "application/json")
    try:
        connection.request(method, path, body=body, headers=fields)
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


class EventStream:
    """Server-sent events, read one at a time."""

    def __init__(self, port: int, token: str, path: str = "/api/v1/approvals/events", timeout: float = 30, **headers: str):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        fields = {name.replace("_", "-"): value for name, value in headers.items()} | {"authorization": f"Bearer {token}"}
        self._connection.request("GET", path, headers=fields)
        self.answer = self._connection.getresponse()
        self.status = self.answer.status

    def next(self) -> dict:
        """The next event: id, event and data; heartbeats are passed over."""
        event: dict = {}
        while True:
            line = self.answer.readline()
            if not line:
                raise EOFError("the stream has ended")
            text = line.decode().rstrip("\r\n")
            if not text:
                if "data" in event:
                    return event | {"data": json.loads(event["data"])}
                event = {}
                continue
            name, _, value = text.partition(": ")
            if name:
                event[name] = value

    def until(self, request_id: str, kind: str) -> dict:
        while True:
            event = self.next()
            if event["data"]["approval"]["id"] == request_id and event["event"] == kind:
                return event

    def close(self) -> None:
        self.answer.close()  # it holds the socket too
        self._connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
