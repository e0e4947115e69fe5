"""What an approver does over the REST API."""

import json
import urllib.error
import urllib.request

from .processes import eventually


class ApiError(Exception):
    def __init__(self, status: int, body: dict | str):
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


class Approver:
    """A person with an API token."""

    def __init__(self, admin_port: int, token: str):
        self._base = f"http://127.0.0.1:{admin_port}"
        self._token = token

    def call(self, method: str, path: str, body: dict | None = None):
        """The decoded answer; ApiError for every status from 400 on."""
        request = urllib.request.Request(self._base + path, method=method,
                                         data=json.dumps(body).encode() if body is not None else None,
                                         headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as refused:
            text = refused.read().decode(errors="replace")
            raise ApiError(refused.code, _decoded(text)) from None
        return _decoded(text)

    def health(self, name: str) -> int:
        """The status of /readyz or /livez; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"{self._base}/{name}", timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError:
            return 0

    def pending(self) -> list[dict]:
        answer = self.call("GET", "/api/v1/approvals?state=pending")
        return answer["items"]

    def show(self, request_id: str) -> dict:
        return self.call("GET", f"/api/v1/approvals/{request_id}")

    def approve(self, request_id: str, reason: str = "") -> dict:
        return self.call("POST", f"/api/v1/approvals/{request_id}/approve", {"reason": reason})

    def deny(self, request_id: str, reason: str = "") -> dict:
        return self.call("POST", f"/api/v1/approvals/{request_id}/deny", {"reason": reason})

    def wait_for_pending(self, containing: str = "", timeout: float = 15) -> dict:
        """The first pending request whose statement contains a text."""
        def matching() -> dict | None:
            return next((request for request in self.pending() if containing in json.dumps(request)), None)
        return eventually(matching, f"a pending request with {containing!r}", timeout)


def _decoded(text: str):
    try:
        return json.loads(text)
    except ValueError:
        return text
