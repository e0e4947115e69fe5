"""A client that speaks PostgreSQL's protocol 3.0 byte by byte and keeps every byte that it was told."""

import base64
import hashlib
import hmac
import os
import socket
import ssl
import struct
from dataclasses import dataclass, field


class ConnectionEnded(Exception):
    """The other side closed where a message was due."""


@dataclass(frozen=True)
class Message:
    kind: str
    body: bytes

    def fields(self) -> dict[str, str]:
        """The fields of an ErrorResponse or NoticeResponse."""
        parts = self.body.rstrip(b"\0").split(b"\0")
        return {chr(part[0]): part[1:].decode(errors="replace") for part in parts if part}

    def row(self) -> list[bytes | None]:
        """The values of a DataRow."""
        values, at = [], 2
        for _ in range(struct.unpack_from("!h", self.body)[0]):
            size = struct.unpack_from("!i", self.body, at)[0]
            values.append(None if size < 0 else self.body[at + 4:at + 4 + size])
            at += 4 + max(size, 0)
        return values


def frame(kind: str, body: bytes = b"") -> bytes:
    return kind.encode() + struct.pack("!i", len(body) + 4) + body


def startup_packet(parameters: dict[str, str], version: int = 196608) -> bytes:
    pairs = b"".join(name.encode() + b"\0" + value.encode() + b"\0" for name, value in parameters.items())
    return struct.pack("!ii", len(pairs) + 9, version) + pairs + b"\0"


def parse(statement: str, name: str = "", types: tuple[int, ...] = ()) -> bytes:
    return frame("P", name.encode() + b"\0" + statement.encode() + b"\0" + struct.pack(f"!h{len(types)}I", len(types), *types))


def bind(parameters: list[str | bytes | None] = (), portal: str = "", name: str = "", result_format: int = 0) -> bytes:
    body = portal.encode() + b"\0" + name.encode() + b"\0" + struct.pack("!hh", 0, len(parameters))
    for value in parameters:
        raw = value.encode() if isinstance(value, str) else value
        body += struct.pack("!i", -1) if raw is None else struct.pack("!i", len(raw)) + raw
    return frame("B", body + struct.pack("!hh", 1, result_format))


def describe(kind: str = "P", name: str = "") -> bytes:
    return frame("D", kind.encode() + name.encode() + b"\0")


def execute(portal: str = "", limit: int = 0) -> bytes:
    return frame("E", portal.encode() + b"\0" + struct.pack("!i", limit))


def query(statement: str) -> bytes:
    return frame("Q", statement.encode(errors="surrogateescape") + b"\0")


SYNC, FLUSH, TERMINATE, COPY_DONE = frame("S"), frame("H"), frame("X"), frame("c")


@dataclass
class Wire:
    """One connection. Every message that arrives after the login is in `heard`, in order."""

    port: int | str  # or the path of a Unix socket
    timeout: float = 20.0
    heard: list[Message] = field(default_factory=list)
    process_id: int = 0
    secret_key: bytes = b""
    parameters: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.socket = self._connect()
        self._context: ssl.SSLContext | None = None
        self._buffer = b""

    def _connect(self) -> socket.socket:
        if isinstance(self.port, str):
            made = socket.socket(socket.AF_UNIX)
            made.settimeout(self.timeout)
            made.connect(self.port)
            return made
        made = socket.create_connection(("127.0.0.1", self.port), timeout=self.timeout)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def start_tls(self, authority: str | None = None, *, direct: bool = False, alpn: str = "", session: ssl.SSLSession | None = None) -> None:
        if not direct:
            self._request_tls(self.socket)
        if self._context is None:
            self._context = ssl.create_default_context(cafile=authority)
            if authority is None:
                self._context.check_hostname, self._context.verify_mode = False, ssl.CERT_NONE
            if alpn:
                self._context.set_alpn_protocols([alpn])
        self.socket = self._context.wrap_socket(self.socket, server_hostname="localhost", session=session)

    @staticmethod
    def _request_tls(plain: socket.socket) -> None:
        plain.sendall(struct.pack("!ii", 8, 80877103))
        if plain.recv(1) != b"S":
            raise ConnectionEnded("no TLS here")

    def login(self, user: str, password: str, database: str = "shop", version: int = 196608, **parameters: str) -> "Wire":
        self.send(startup_packet({"user": user, "database": database} | parameters, version))
        self._authenticate(password)
        while (message := self.read()).kind != "Z":
            if message.kind == "E":
                raise ConnectionEnded(message.fields())
            if message.kind == "S":
                name, value = message.body.decode().split("\0")[:2]
                self.parameters[name] = value
            if message.kind == "K":
                self.process_id, self.secret_key = struct.unpack_from("!i", message.body)[0], message.body[4:]
        self.heard.clear()
        return self

    def send(self, *messages: bytes) -> None:
        self.socket.sendall(b"".join(messages))

    def read(self) -> Message:
        head = self._take(5)
        message = Message(chr(head[0]), self._take(struct.unpack("!i", head[1:])[0] - 4))
        self.heard.append(message)
        return message

    def until_ready(self) -> list[Message]:
        """Everything up to and with the next ReadyForQuery."""
        start = len(self.heard)
        while self.read().kind != "Z":
            pass
        return self.heard[start:]

    def until(self, kinds: str) -> list[Message]:
        start = len(self.heard)
        while self.read().kind not in kinds:
            pass
        return self.heard[start:]

    def simple(self, statement: str) -> list[Message]:
        self.send(query(statement))
        return self.until_ready()

    def extended(self, statement: str, parameters: list[str | None] = (), result_format: int = 0) -> list[Message]:
        self.send(parse(statement), bind(parameters, result_format=result_format), describe(), execute(), SYNC)
        return self.until_ready()

    def cancel(self) -> None:
        with self._connect() as other:
            if self._context:
                self._request_tls(other)
                other = self._context.wrap_socket(other, server_hostname="localhost")
            other.sendall(struct.pack("!iii", 12 + len(self.secret_key), 80877102, self.process_id) + self.secret_key)
            other.recv(1)

    def at_end(self) -> bool:
        """Reads what is left and says whether the other side has closed."""
        try:
            while True:
                self.read()
        except (ConnectionEnded, ConnectionResetError, BrokenPipeError):
            return True
        except TimeoutError:
            return False

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            piece = self.socket.recv(65536)
            if not piece:
                raise ConnectionEnded("the other side closed")
            self._buffer += piece
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def _authenticate(self, password: str) -> None:
        nonce = base64.b64encode(os.urandom(18)).decode()
        client_first = f"n=,r={nonce}"
        salted = expected = b""
        while (message := self.read()).kind in "RN":
            if message.kind == "N":
                continue
            code = struct.unpack_from("!i", message.body)[0]
            if code == 0:
                return
            if code == 10:
                initial = b"n,," + client_first.encode()
                self.send(frame("p", b"SCRAM-SHA-256\0" + struct.pack("!i", len(initial)) + initial))
            elif code == 11:
                server_first = message.body[4:].decode()
                values = dict(part.split("=", 1) for part in server_first.split(","))
                salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(values["s"]), int(values["i"]))
                final = f"c=biws,r={values['r']}"
                text = f"{client_first},{server_first},{final}".encode()
                client_key = hmac.digest(salted, b"Client Key", "sha256")
                signature = hmac.digest(hashlib.sha256(client_key).digest(), text, "sha256")
                proof = base64.b64encode(bytes(a ^ b for a, b in zip(client_key, signature))).decode()
                expected = base64.b64encode(hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), text, "sha256"))
                self.send(frame("p", f"{final},p={proof}".encode()))
            elif code == 12 and message.body[6:] != expected:
                raise ConnectionEnded("the server does not know the verifier")
        raise ConnectionEnded(message.fields() if message.kind == "E" else f"unexpected message {message.kind}")
