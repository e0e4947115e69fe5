"""What is measured: PostgreSQL itself, PgBouncer twice, and Sluice. Each is a port and the process whose CPU counts."""

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness import Postgres, Sluice, eventually, free_port
from harness.credentials import scram_verifier
from harness.processes import port_is_open, spawn, stop

USER, PASSWORD, DATABASE = "sluice_upstream", "upstream secret", "bench"
ACCOUNTS = 10_000
SCHEMA = f"""
CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}';
CREATE TABLE pgbench_accounts (aid integer PRIMARY KEY, bid integer, abalance integer, filler char(84));
INSERT INTO pgbench_accounts SELECT i, 1, 0, '' FROM generate_series(1, {ACCOUNTS}) i;
CREATE TABLE customers (id integer PRIMARY KEY, name text, email varchar(80), phone varchar(24));
INSERT INTO customers SELECT i, 'customer ' || i, 'c' || i || '@example.org', '+41' || i FROM generate_series(1, {ACCOUNTS}) i;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO {USER};
"""


@dataclass
class Target:
    name: str
    port: int
    process: subprocess.Popen | None  # whose CPU is counted; None: no proxy
    user: str = USER
    prepared: bool = True             # can it pass on prepared statements?

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": self.user, "PGPASSWORD": PASSWORD,
                             "PGDATABASE": DATABASE, "PGSSLMODE": "disable"}


def start_postgres() -> Postgres:
    server = Postgres(settings={"shared_buffers": "256MB", "max_connections": "300"}).start()
    server.execute(f"CREATE DATABASE {DATABASE}")
    server.execute(SCHEMA, DATABASE)
    server.execute("VACUUM ANALYZE", DATABASE)
    return server


class PgBouncer:
    def __init__(self, server: Postgres, pool_mode: str, directory: Path):
        self.port = free_port()
        directory.mkdir(parents=True)
        users = directory / "users.txt"
        users.write_text(f'"{USER}" "{PASSWORD}"\n')
        config = directory / "pgbouncer.ini"
        config.write_text(f"""[databases]
{DATABASE} = host=127.0.0.1 port={server.port} dbname={DATABASE}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = {pool_mode}
default_pool_size = 100
max_client_conn = 200
server_round_robin = 0
log_connections = 0
log_disconnections = 0
stats_period = 3600
""")
        account = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        if account:
            subprocess.run(["chown", "-R", "postgres:postgres", str(directory)], check=True)
        self.process = spawn(["/usr/sbin/pgbouncer", str(config)], directory / "log", **account)
        eventually(lambda: port_is_open(self.port), "PgBouncer to listen")

    def stop(self) -> None:
        stop(self.process, signal.SIGTERM)


def sluice_config(server: Postgres) -> dict:
    """A policy like that of config/sluice.yaml: rules, tags and masks are all there, the audit log is on."""
    held = {"effect": "hold", "groups": ["agents"], "approvers": ["approvers"], "expires_after": "60s", "valid_for": "60s"}
    return {
        "workers": 1,
        "databases": {DATABASE: {"host": "127.0.0.1", "port": server.port, "database": DATABASE, "user": USER,
                                 "password_file": "secrets/upstream.password", "tls": "disable",
                                 "upstream_privileges": "warn"}},  # the others read the same columns as the same role
        "identities": [
            {"id": "bench-bot", "kind": "agent", "owner": "alice", "groups": ["agents"], "scram_verifier": scram_verifier(PASSWORD)},
            {"id": "alice", "kind": "person", "groups": ["approvers"]}, {"id": "bob", "kind": "person", "groups": ["approvers"]}],
        "tags": {DATABASE: {"public.customers.email": ["pii"], "public.customers.phone": ["pii"]}},
        "rules": [
            {"id": "agents-work", "effect": "allow", "groups": ["agents"], "databases": [DATABASE], "tables": ["public.*"],
             "actions": ["select", "insert", "update", "delete", "explain", "transaction", "session", "temporary", "export", "ddl"]},
            {"id": "pii-as-token", "effect": "mask", "groups": ["agents"], "tags": ["pii"], "mask": {"token": "tok-"}},
            {"id": "exports", **held, "actions": ["export"], "tags": ["pii"], "reason": "tagged data leaves in bulk"},
            {"id": "schema-changes", **held, "actions": ["ddl", "role_change"], "reason": "privileged action"}],
        "limits": {"max_sessions": 200},
    }


def start_sluice(server: Postgres, directory: Path, binary: Path) -> Sluice:
    return Sluice(sluice_config(server), directory, secrets={"secrets/upstream.password": PASSWORD}, passwords={"bench-bot": PASSWORD},
                  binary=binary).start()
