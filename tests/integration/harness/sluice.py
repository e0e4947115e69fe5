"""A Sluice gateway of one's own."""

import json
import os
import signal
import subprocess
from pathlib import Path

import yaml

from .approver import Approver
from .processes import ProcessFailed, eventually, free_port, port_is_open, resident_kib, spawn, stop

ROOT = Path(__file__).resolve().parents[3]


def find_binary() -> Path:
    """SLUICE_BINARY, or the program that was built last."""
    if named := os.environ.get("SLUICE_BINARY"):
        return Path(named)
    built = sorted(ROOT.glob("build/*/sluice"), key=lambda path: path.stat().st_mtime)
    if not built:
        raise ProcessFailed("no sluice has been built: cmake --build build/dev --target sluice")
    return built[-1]


def as_yaml(config: dict) -> str:
    """The text of a configuration; without aliases, which Sluice does not read."""
    return yaml.safe_dump(json.loads(json.dumps(config)), sort_keys=False, width=1000)


class Sluice:
    """Runs `sluice run` on a configuration, given as the dict that the YAML file holds.

    `listen` and `admin` are filled in with free ports. Secrets that the configuration names by a
    relative path are files of `secrets`, written with mode 0600.
    """

    def __init__(self, config: dict, directory: Path, *, secrets: dict[str, str] | None = None, passwords: dict[str, str] | None = None,
                 tokens: dict[str, str] | None = None, binary: Path | None = None, wrapper: list[str] | None = None):
        self.directory = directory
        self.config_file = directory / "sluice.yaml"
        self.log = directory / "sluice.log"
        self.port = free_port()
        self.admin_port = free_port()
        self.process: subprocess.Popen | None = None
        self.binary = binary or find_binary()
        self._passwords = passwords or {}
        self._tokens = tokens or {}
        self._wrapper = wrapper or []
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in (secrets or {}).items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(text)
        self.write_config(config)

    def __enter__(self) -> "Sluice":
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()

    def write_config(self, config: dict) -> None:
        """Takes effect with the next start() or reload()."""
        self.config = {"listen": [{"address": "127.0.0.1", "port": self.port}],
                       "admin": {"address": "127.0.0.1", "port": self.admin_port},
                       "store": {"path": "var/sluice.db"}, "audit": {"directory": "var/audit"}} | config
        (self.directory / "var").mkdir(exist_ok=True)
        self.config_file.write_text(as_yaml(self.config))

    def start(self, wait_ready: bool = True) -> "Sluice":
        self.log.touch()
        sanitizer = ":".join(filter(None, ["quarantine_size_mb=2", os.environ.get("ASAN_OPTIONS")]))  # tests look at its memory
        self.process = spawn([*self._wrapper, str(self.binary), "run", "--config", str(self.config_file)], self.log,
                             env=os.environ | {"ASAN_OPTIONS": sanitizer})
        if wait_ready:
            self.wait_ready()
        return self

    def wait_ready(self, timeout: float = 30) -> None:
        def ready() -> bool:
            self.check_running()
            return port_is_open(self.port) and Approver(self.admin_port, "").health("readyz") == 200
        try:
            eventually(ready, "Sluice to get ready", timeout)
        except TimeoutError as late:
            raise ProcessFailed(f"{late}\n{self.log_text()[-4000:]}") from None

    def check_running(self) -> None:
        if self.process is None or self.process.poll() is not None:
            status = self.process.returncode if self.process else None
            raise ProcessFailed(f"Sluice ended with status {status}\n{self.log_text()[-6000:]}")

    def stop(self, how: int = signal.SIGTERM) -> int | None:
        """Returns the exit status; None if it did not run."""
        if self.process is None:
            return None
        status = stop(self.process, how)
        self.process = None
        return status

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def reload(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGHUP)

    def dsn(self, user: str, database: str = "shop", **parameters) -> str:
        words = {"host": "127.0.0.1", "port": self.port, "user": user, "dbname": database, "password": self.password(user)} | parameters
        return " ".join(f"{name}='{value}'" for name, value in words.items())

    def password(self, user: str) -> str:
        return self._passwords.get(user, "")

    def approver(self, identity: str) -> Approver:
        return Approver(self.admin_port, self._tokens[identity])

    def command(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        """Runs another verb of the program, e.g. command("audit", "verify", ...)."""
        return subprocess.run([str(self.binary), *arguments], text=True, capture_output=True, cwd=self.directory, timeout=60,
                              env=os.environ | environment)

    def log_text(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def audit_directory(self) -> Path:
        return self.directory / self.config["audit"]["directory"]

    def audit_text(self) -> str:
        """All that lies in the audit directory, journals included."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.audit_directory.rglob("*")) if path.is_file())

    def audit_records(self) -> list[dict]:
        """Every record of the audit log."""
        records = []
        for path in sorted(self.audit_directory.glob("*.jsonl")):
            records += [json.loads(line) for line in path.read_text().splitlines() if line.startswith("{")]
        return records

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    def rss_kib(self) -> int:
        return resident_kib(self.pid)
