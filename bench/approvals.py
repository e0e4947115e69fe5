"""From an approver's click to the statement's release, with 1 and with many requests held: python3 -m bench.approvals."""

import argparse
import http.client
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/integration"))

from bench import report  # noqa: E402
from bench.targets import DATABASE, PASSWORD, sluice_config, start_postgres  # noqa: E402
from harness import Sluice  # noqa: E402
from harness.credentials import scram_verifier, token_sha256  # noqa: E402
from harness.wire import Wire, query  # noqa: E402

TOKEN = "bench-approver-token-0123456789abcdef"
STATEMENT = "COPY (SELECT id, email FROM customers WHERE id = {0}) TO STDOUT /* {1} */"


def config(server) -> dict:
    made = sluice_config(server)
    made["identities"] += [{"id": "filler-bot", "kind": "agent", "owner": "alice", "groups": ["fillers"], "scram_verifier": scram_verifier(PASSWORD)}]
    next(person for person in made["identities"] if person["id"] == "bob")["api_token_sha256"] = token_sha256(TOKEN)
    grant = next(rule for rule in made["rules"] if rule["effect"] == "allow")
    grant["groups"] = ["agents", "fillers"]
    held = next(rule for rule in made["rules"] if rule["id"] == "exports")
    held.update(expires_after="2h", valid_for="2h")
    made["rules"].append({**held, "id": "fillers", "groups": ["fillers"], "hold_mode": "error"})
    made["limits"] = {"max_sessions": 2000}
    return made


class Clicker:
    """An approver with one connection that stays open."""

    def __init__(self, port: int):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def call(self, method: str, path: str, body: dict | None = None) -> dict:
        self._connection.request(method, path, json.dumps(body) if body is not None else None,
                                 {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"})
        answer = self._connection.getresponse()
        text = answer.read()
        assert answer.status < 400, text
        return json.loads(text)


def request_of(wire: Wire) -> str:
    notice = wire.until("N")[-1].fields()
    return json.loads(notice["D"])["request"]


def clicks(gateway: Sluice, rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds from the click to the statement's end at the agent, and to the approver's own answer."""
    clicker = Clicker(gateway.admin_port)
    released, answered = [], []
    with Wire(gateway.port).login("bench-bot", PASSWORD, DATABASE) as wire:
        for turn in range(rounds):
            wire.send(query(STATEMENT.format(1 + turn % 1000, f"click {turn} {time.time_ns()}")))
            request = request_of(wire)
            begun = time.perf_counter()
            clicker._connection.request("POST", f"/api/v1/approvals/{request}/approve", json.dumps({"reason": ""}),
                                        {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"})
            kinds = {message.kind for message in wire.until_ready()}
            released.append((time.perf_counter() - begun) * 1000)
            answer = clicker._connection.getresponse()
            answer.read()
            answered.append((time.perf_counter() - begun) * 1000)
            assert "E" not in kinds and answer.status == 200, answer.status
    return released, answered


def line(name: str, released: list[float], answered: list[float]) -> str:
    tenth = sorted(released)[max(0, len(released) * 95 // 100 - 1)]
    return f"| {name} | {statistics.median(released):.1f} | {tenth:.1f} | {max(released):.1f} | {statistics.median(answered):.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench approvals", description="From click to release, with many requests held.")
    parser.add_argument("--held", type=int, default=10_000, help="requests that are pending besides, in error form")
    parser.add_argument("--waiting", type=int, default=200, help="sessions that wait besides")
    parser.add_argument("--rounds", type=int, default=50, help="clicks for each figure")
    parser.add_argument("--sluice", type=Path, default=ROOT / "build/release/sluice", help="the program to measure")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        with start_postgres() as server, Sluice(config(server), directory / "sluice", secrets={"secrets/upstream.password": PASSWORD},
                                                passwords={"bench-bot": PASSWORD, "filler-bot": PASSWORD}, tokens={"bob": TOKEN},
                                                binary=arguments.sluice) as gateway:
            clicks(gateway, 5)
            rows = [line("1", *clicks(gateway, arguments.rounds))]
            waiting = []
            for number in range(arguments.waiting):
                wire = Wire(gateway.port).login("bench-bot", PASSWORD, DATABASE)
                wire.send(query(STATEMENT.format(1, f"waiting {number}")))
                request_of(wire)
                waiting.append(wire)
            begun = time.perf_counter()
            with Wire(gateway.port).login("filler-bot", PASSWORD, DATABASE) as filler:
                for number in range(arguments.held):
                    assert any(message.kind == "E" for message in filler.simple(STATEMENT.format(1, f"held {number}")))
            filing = (time.perf_counter() - begun) * 1000 / max(arguments.held, 1)
            rows.append(line(f"{arguments.held + arguments.waiting:,} ({arguments.waiting} sessions wait)", *clicks(gateway, arguments.rounds)))
            for wire in waiting:
                wire.close()
    print(f"{report.machine().split(';')[0]}. {arguments.rounds} clicks each. Filing one request: {filing:.2f} ms.\n")
    print("| requests held | click to release, median ms | 95 % | most | click to the approver's answer |\n|---|---|---|---|---|")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
