"""The sample company's PostgreSQL and a Sluice in front of it, in one directory."""

import re
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "integration"))

from harness import Postgres, Sluice  # noqa: E402
from harness.certificates import make_certificates  # noqa: E402
from harness.processes import ProcessFailed, free_port, port_is_open  # noqa: E402

HERE = Path(__file__).resolve().parent
AGENT = "support-bot"
USUAL_AGENT_PORT = 6432
USUAL_ADMIN_PORT = 6480
PLACEHOLDER = re.compile(r"__([A-Z]+_[\w-]+?)__")


class DemoSluice(Sluice):
    """A Sluice whose configuration is a commented YAML text, so that people can read and change it."""

    def write_config(self, config: str) -> None:
        self.config_file.write_text(config)


class World:
    """Starts everything on entry and ends it on exit. `usual_ports` asks for 6432 and 6480, where free."""

    def __init__(self, directory: Path, binary: Path, usual_ports: bool = False):
        self.directory = directory
        self.passwords = {name: secrets.token_urlsafe(12) for name in (AGENT, "dana")}
        made = {name: _lines(binary, "token") for name in ("alice", "bob", "dana")}
        self.tokens = {name: lines["token"] for name, lines in made.items()}
        self._token_hashes = {name: lines["api_token_sha256"] for name, lines in made.items()}
        self.upstream_password = secrets.token_urlsafe(18)
        self.postgres = Postgres()
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o700)
        self.authority = make_certificates(directory / "tls").authority
        self.gateway = DemoSluice("", directory, binary=binary, passwords=self.passwords, tokens=self.tokens,
                                  secrets={"secrets/upstream.password": self.upstream_password})
        (directory / "state").mkdir(exist_ok=True)
        if usual_ports:
            self.gateway.port = _prefer(USUAL_AGENT_PORT)
            self.gateway.admin_port = _prefer(USUAL_ADMIN_PORT)

    def __enter__(self) -> "World":
        try:
            self.postgres.start()
            self.fill()
            self.gateway.write_config(self.config_text())
            self.gateway.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.gateway.stop()
        self.postgres.__exit__()

    def fill(self) -> None:
        self.postgres.execute("CREATE DATABASE shop")
        password = f"\\set upstream_password '{self.upstream_password}'\n"
        self.postgres.execute(password + (HERE / "schema.sql").read_text(), "shop")
        self.postgres.execute((HERE / "data.sql").read_text(), "shop")

    def config_text(self) -> str:
        """demo/sluice.yaml with this world's ports, verifiers and token hashes."""
        values = {"AGENT_PORT": self.gateway.port, "ADMIN_PORT": self.gateway.admin_port, "UPSTREAM_PORT": self.postgres.port}
        values |= {f"VERIFIER_{name}": _output(self.gateway.binary, "scram-verifier", password) for name, password in self.passwords.items()}
        values |= {f"TOKEN_{name}": digest for name, digest in self._token_hashes.items()}
        return PLACEHOLDER.sub(lambda found: str(values[found.group(1)]), (HERE / "sluice.yaml").read_text())


def _output(binary: Path, verb: str, text: str = "") -> str:
    return subprocess.run([binary, verb], input=text, check=True, capture_output=True, text=True).stdout.strip()


def _lines(binary: Path, verb: str) -> dict[str, str]:
    """Output of the form "name: value", line by line."""
    return dict(line.split(": ", 1) for line in _output(binary, verb).splitlines())


def _prefer(port: int) -> int:
    return free_port() if port_is_open(port) else port


__all__ = ["AGENT", "ProcessFailed", "ROOT", "World"]
