"""A PostgreSQL server of one's own."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from .processes import ProcessFailed, eventually, free_port, spawn, stop

BINARIES = Path(os.environ.get("PG_BIN", "/usr/lib/postgresql/15/bin"))
SETTINGS = {
    "listen_addresses": "'127.0.0.1'", "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off",
    "autovacuum": "off", "wal_level": "minimal", "max_wal_senders": "0", "shared_buffers": "'64MB'", "timezone": "'UTC'",
    "log_timezone": "'UTC'", "max_connections": "120", "jit": "off",
}


class Postgres:
    """A cluster in a temporary directory. SCRAM over TCP; trust over its Unix socket, for the tests themselves.

    `copy_of` starts from the files of another, stopped cluster: same oids, same system identifier.
    `certificates` (harness.certificates.Certificates) makes it offer TLS. `binaries` is where initdb and
    postgres of another version are; psql stays ours. `parent` is where the temporary directory shall lie.
    """

    def __init__(self, *, settings: dict[str, str] | None = None, certificates=None, copy_of: "Postgres | None" = None,
                 binaries: Path = BINARIES, parent: Path | None = None):
        self.directory = Path(tempfile.mkdtemp(prefix="sluice-pg-", dir=parent))
        self.data = self.directory / "data"
        self.log = self.directory / "log"
        self.port = 0
        self.process: subprocess.Popen | None = None
        self._binaries = binaries
        self._settings = SETTINGS | (settings or {})
        self._account = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        if copy_of:
            shutil.copytree(copy_of.data, self.data, symlinks=True)
        else:
            self._give_away()
            self._tool("initdb", "-D", str(self.data), "-U", "postgres", "--auth-host=scram-sha-256", "--auth-local=trust",
                       "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        if certificates:
            for name, source in (("server.crt", certificates.certificate), ("server.key", certificates.key)):
                shutil.copy(source, self.data / name)
                (self.data / name).chmod(0o600)
            self._settings["ssl"] = "on"
        self._give_away()

    def __enter__(self) -> "Postgres":
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self) -> "Postgres":
        self.port = self.port or free_port()
        options = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value.strip(chr(39))}")]
        self.process = spawn([str(self._binaries / "postgres"), "-D", str(self.data), "-p", str(self.port), "-k", str(self.directory),
                              *options], self._open_log(), signal.SIGQUIT, cwd="/", **self._account)
        eventually(self._ready, f"PostgreSQL to start: {self.log.read_text()[-2000:]}", timeout=30)
        return self

    def stop(self, how: int = signal.SIGINT) -> None:
        """SIGINT ends sessions and shuts down in order; SIGQUIT is a crash."""
        if self.process:
            stop(self.process, how)
            self.process = None

    def execute(self, sql: str, database: str = "postgres") -> None:
        """Runs a script as superuser."""
        self._psql(database, ["-f", "-"], sql)

    def query(self, sql: str, database: str = "postgres") -> str:
        """Unaligned output of a statement, run as superuser."""
        return self._psql(database, ["-At", "-f", "-"], sql).strip()

    def dsn(self, user: str, password: str, database: str, **parameters) -> str:
        words = {"host": "127.0.0.1", "port": self.port, "user": user, "password": password, "dbname": database} | parameters
        return " ".join(f"{name}='{value}'" for name, value in words.items())

    def admin_dsn(self, database: str = "postgres") -> str:
        return f"host={self.directory} port={self.port} user=postgres dbname={database}"

    def _psql(self, database: str, options: list[str], text: str) -> str:
        command = [str(BINARIES / "psql"), "-XqA", "-v", "ON_ERROR_STOP=1", "-h", str(self.directory), "-p", str(self.port),
                   "-U", "postgres", "-d", database, *options]
        done = subprocess.run(command, input=text, text=True, capture_output=True)
        if done.returncode:
            raise ProcessFailed(f"psql: {done.stderr}")
        return done.stdout

    def _tool(self, name: str, *arguments: str) -> None:
        done = subprocess.run([str(self._binaries / name), *arguments], text=True, capture_output=True, cwd="/", **self._account)
        if done.returncode:
            raise ProcessFailed(f"{name}: {done.stderr}")

    def _ready(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            raise ProcessFailed(f"PostgreSQL ended: {self.log.read_text()[-2000:]}")
        return subprocess.run([str(BINARIES / "pg_isready"), "-q", "-h", str(self.directory), "-p", str(self.port)]).returncode == 0

    def _open_log(self) -> Path:
        self.log.touch()
        self._give_away()
        return self.log

    def _give_away(self) -> None:
        if self._account:
            subprocess.run(["chown", "-R", "postgres:postgres", str(self.directory)], check=True)
