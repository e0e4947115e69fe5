"""Runs agents against one gateway while things die around them, and looks at what is left."""

import random
import signal
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from harness import Postgres, Sluice, eventually
from harness.processes import ProcessFailed
from harness.shop import DATABASE, PASSWORDS, TOKENS, create_shop, shop_config, shop_secrets
from harness.wire import Wire

from .clients import AGENTS, Agent

USER = "other-bot"
EACH = 2  # agents of a kind


class Soak:
    def __init__(self, seed: int, kills: bool = True):
        self._random = random.Random(seed)
        self._kills = kills
        self._directory = tempfile.TemporaryDirectory(prefix="sluice-soak-")
        self._server = Postgres(settings={"synchronous_commit": "on"}).start()
        create_shop(self._server)
        self._gateway = Sluice(shop_config(self._server), Path(self._directory.name), secrets=shop_secrets(), passwords=PASSWORDS, tokens=TOKENS).start()
        self._stop = threading.Event()
        self._agents: list[Agent] = [kind(number, self._address, self._stop, seed) for kind in AGENTS for number in range(EACH)]
        self._done: Counter[str] = Counter()
        self._trouble: list[str] = []
        self._idle_descriptors = self._settled_descriptors()
        self._idle_backends = self._backends()  # the gateway's own
        self._resident = 0

    def __enter__(self) -> "Soak":
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        self._gateway.stop()
        self._server.__exit__()
        self._directory.cleanup()

    def run(self, seconds: float) -> None:
        for agent in self._agents:
            agent.start()
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self._resident == 0 and left < seconds * 2 / 3:
                self._resident = self._gateway.rss_kib()  # warm by now
            self._stop.wait(min(left, self._random.uniform(0.2, 1.0)))
            self._something_dies()
        self._stop.set()
        for agent in self._agents:
            agent.join(30)
            if agent.is_alive():
                self._trouble.append(f"{agent.name} hangs")

    def findings(self) -> list[str]:
        """What is wrong, once all agents have left."""
        found = self._trouble + [wrong for agent in self._agents for wrong in agent.told.wrong]
        found += [f"{agent.name} was never told anything" for agent in self._agents if agent.told.answers == 0]
        try:
            eventually(lambda: self._settled_descriptors() <= self._idle_descriptors, "all descriptors to be closed", 20)
            eventually(lambda: self._backends() <= self._idle_backends, "all upstream sessions to end", 20)
        except TimeoutError as leak:
            found.append(f"{leak}: {self._settled_descriptors()} against {self._idle_descriptors}, {self._backends()} upstream")
        grown = self._gateway.rss_kib() - self._resident
        if not self._kills and grown > 64 * 1024:
            found.append(f"grew by {grown} KiB")
        rows = set(self._server.query("SELECT title FROM tasks WHERE title LIKE 'soak %'", DATABASE).splitlines())
        found += [f"acknowledged and not there: {title}" for agent in self._agents for title in agent.told.inserted if title not in rows]
        self._gateway.stop()
        found += self._audit_findings(len(rows))
        if "Sanitizer" in self._gateway.log_text():
            found.append(self._gateway.log_text()[-4000:])
        return found

    def summary(self) -> str:
        answers = sum(agent.told.answers for agent in self._agents)
        losses = sum(agent.told.losses for agent in self._agents)
        kills = ", ".join(f"{count} {what}" for what, count in sorted(self._done.items())) or "nothing killed"
        return f"{answers} answers, {losses} losses, {sum(len(agent.told.inserted) for agent in self._agents)} rows acknowledged; {kills}"

    def _address(self, form: str = "dsn") -> str | Wire:
        if form == "wire":
            return Wire(self._gateway.port, timeout=20).login(USER, PASSWORDS[USER])
        return f"postgresql://{USER}:{PASSWORDS[USER].replace(' ', '%20')}@127.0.0.1:{self._gateway.port}/{DATABASE}"

    def _something_dies(self) -> None:
        if not self._kills:
            return
        what = self._random.choices(["backend", "reload", "gateway", "upstream", "orderly restart"], [10, 3, 2, 1, 1])[0]
        self._done[what] += 1
        if what == "backend":
            self._server.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sluice_upstream' ORDER BY random() LIMIT 1")
        elif what == "reload":
            self._gateway.reload()
        elif what == "upstream":
            self._server.stop(signal.SIGQUIT)
            self._server.start()
        else:
            try:
                self._gateway.check_running()
            except ProcessFailed as died:
                self._trouble.append(str(died))
            self._gateway.kill() if what == "gateway" else self._gateway.stop()
            self._gateway.start(wait_ready=False).wait_ready(120)  # it reads a log that a soak makes long

    def _settled_descriptors(self) -> int:
        return len(list(Path(f"/proc/{self._gateway.pid}/fd").iterdir()))

    def _backends(self) -> int:
        return int(self._server.query("SELECT count(*) FROM pg_stat_activity WHERE usename = 'sluice_upstream'"))

    # The log verifies, no statement ran without a record, and every record of a beginning has one of an end.
    def _audit_findings(self, rows: int) -> list[str]:
        verified = self._gateway.command("audit", "verify", str(self._gateway.audit_directory))
        found = [] if verified.returncode == 0 else [verified.stdout + verified.stderr]
        inserts, admitted, ended = set(), Counter(), Counter()
        admitted_inserts = 0
        for record in self._gateway.audit_records():
            if record["event"] == "statement_described" and record["kind"] == "insert":
                inserts.add(record["seq"])
            elif record["event"] == "statement_admitted":
                admitted[record["session"], record["statement"]] += 1
                admitted_inserts += record["described"] in inserts
            elif record["event"] == "statement_completed":
                ended[record["session"], record["statement"]] += 1
        if rows > admitted_inserts:
            found.append(f"{rows} rows were inserted, the log knows of {admitted_inserts} statements")
        if admitted != ended:
            found.append(f"{len(admitted - ended)} statements have no end, {len(ended - admitted)} ends no beginning")
        return found
