"""./dev demo: starts the world, says what to try, and runs until Ctrl-C or ./dev demo --stop."""

import argparse
import os
import shutil
import signal
import time
from pathlib import Path

from demo.world import AGENT, ROOT, ProcessFailed, World

VAR = ROOT / "var" / "demo"


class Stopped(Exception):
    pass


def guide(world: World, binary: Path) -> str:
    gateway = world.gateway
    shown = os.path.relpath(binary, ROOT)
    authority = world.authority
    tls = {"host": "localhost", "sslmode": "verify-full", "sslrootcert": authority}
    dsn = " ".join(f"{name}={value}" for name, value in {
        "port": gateway.port, "dbname": "shop", "user": AGENT, "password": gateway.password(AGENT), **tls}.items())
    url = f"postgresql://{AGENT}:{gateway.password(AGENT)}@localhost:{gateway.port}/shop"
    api = f"http://127.0.0.1:{gateway.admin_port}"
    config = os.path.relpath(gateway.config_file, ROOT)
    return f"""
Sluice listens on port {gateway.port}; behind it is a PostgreSQL that only it can log in to.

As the agent "{AGENT}" (psql, or ./dev sql for short):
  psql "{dsn}"
      SELECT id, name, email, phone, city FROM customers LIMIT 5;         -- tokens instead of e-mail and phone
      SELECT * FROM customer_cards WHERE customer_id = 7;                 -- a view; the last four digits stay
      SELECT * FROM customers WHERE email LIKE '%mail.example';           -- nothing: predicates see masks too
      COPY (SELECT name, email FROM customers) TO STDOUT;                 -- waits for a person
      CREATE TABLE shortlist (customer_id int);                           -- error with a request id; again once approved
      SELECT rolpassword FROM pg_authid;                                  -- refused
  python (psycopg 3)
      /usr/bin/python3 -c 'import psycopg; print(psycopg.connect("{dsn}").execute("SELECT name, email FROM customers LIMIT 3").fetchall())'
  node (npm ci --prefix tests/integration/node once)
      NODE_EXTRA_CA_CERTS={authority} NODE_PATH=tests/integration/node/node_modules node -e '
        const {{ Client }} = require("pg"); const agent = new Client({{ connectionString: "{url}", ssl: true }});
        agent.on("notice", n => console.log(n.message));
        agent.connect().then(() => agent.query("SELECT name, email FROM customers LIMIT 3")).then(r => console.table(r.rows)).finally(() => agent.end());'

As the approver bob (alice owns the agent, so her approval is refused: SLUICE_TOKEN={world.tokens["alice"]}):
  export SLUICE_TOKEN={world.tokens["bob"]} SLUICE_URL={api}
  {shown} approvals list
  {shown} approvals show ID
  {shown} approvals approve ID --reason "looks right"       # or: deny ID --reason "…"
  curl -s -H "Authorization: Bearer $SLUICE_TOKEN" {api}/api/v1/approvals?state=pending
  curl -s -H "Authorization: Bearer $SLUICE_TOKEN" -X POST {api}/api/v1/approvals/ID/approve -d '{{"reason": "looks right"}}'

What happened:
  {shown} report usage --config {config}
  {shown} audit verify {os.path.relpath(VAR / "state/audit", ROOT)}
  ./dev explain "SELECT email FROM customers" --as {AGENT}

Change a rule in {config}, then: kill -HUP {gateway.pid}

Ctrl-C here, or ./dev demo --stop anywhere, ends everything.
"""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sluice", type=Path, required=True, help="the program")
    binary = parser.parse_args().sluice.resolve()
    pid_file = VAR / "demo.pid"
    if pid_file.exists() and Path(f"/proc/{pid_file.read_text()}").exists():
        print("the demo is running already; ./dev demo --stop ends it")
        return 1
    shutil.rmtree(VAR, ignore_errors=True)

    def stop(*_) -> None:
        raise Stopped

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        print("starting PostgreSQL, filling it, starting Sluice …", flush=True)
        with World(VAR, binary, usual_ports=True) as world:
            pid_file.write_text(str(os.getpid()))
            (VAR / "sluice.pid").write_text(str(world.gateway.pid))
            (VAR / "pg_service.conf").touch(mode=0o600)
            (VAR / "pg_service.conf").write_text(
                f"[{AGENT}]\nhost=localhost\nport={world.gateway.port}\ndbname=shop\nuser={AGENT}\n"
                f"password={world.gateway.password(AGENT)}\nsslmode=verify-full\nsslrootcert={world.authority}\n")
            print(guide(world, binary), flush=True)
            while True:
                world.gateway.check_running()
                time.sleep(0.5)
    except Stopped:
        print("stopped")
        return 0
    except ProcessFailed as failed:
        print(failed)
        return 1
    finally:
        pid_file.unlink(missing_ok=True)


if __name__ == "__main__":
    raise SystemExit(main())
