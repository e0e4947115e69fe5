"""./dev demo --tour: the demo's whole story, unattended. Each ✓ was checked; the first ✗ ends it with status 1."""

import argparse
import csv
import io
import re
import shutil
import tempfile
import time
from pathlib import Path

import psycopg

from demo.agent import Attempt, Person, error_of, execute, psql
from demo.world import AGENT, ProcessFailed, World
from harness import eventually

REQUEST_ID = re.compile(r"\bAR[0-9A-Z]{26}\b")
REAL_EMAIL = "@mail.example"


class Tour:
    def __init__(self, world: World):
        self.world = world
        self.gateway = world.gateway
        self.upstream = world.postgres
        self.bob, self.alice = Person(world, "bob"), Person(world, "alice")
        self.agent = self.connect()
        self.steps = 0

    def connect(self, identity: str = AGENT) -> psycopg.Connection:
        return psycopg.connect(self.dsn(identity), autocommit=True, prepare_threshold=None)

    def dsn(self, identity: str = AGENT) -> str:
        return self.gateway.dsn(identity, host="localhost", sslmode="verify-full", sslrootcert=self.world.authority)

    def real(self, statement: str) -> str:
        """What the database really holds."""
        return self.upstream.query(statement, "shop")

    def check(self, truth: object, what: str, shown: object = None) -> None:
        self.steps += bool(truth)
        print(f"  {'✓' if truth else '✗'} {what}" + (f"   [{shown}]" if shown is not None and truth else ""), flush=True)
        assert truth, f"{what}: {shown}"

    # The story, in order.

    def masked_rows(self) -> None:
        chapter("An unmodified psql sees masked rows")
        statement = "SELECT id, name, email, phone, city FROM customers ORDER BY id LIMIT 3"
        seen = psql(self.dsn(), statement)
        print("\n".join("    " + line for line in seen.rstrip().splitlines()))
        self.check("tok-1 " in seen and "tok-3 " in seen, "e-mail and phone are tokens")
        self.check(REAL_EMAIL not in seen and "+41" not in seen, "no real e-mail or phone is among them")
        self.check(self.real("SELECT name FROM customers WHERE id = 1") in seen, "names, which nobody tagged, are as they are")
        cards = execute(self.agent, "SELECT number, email FROM customer_cards WHERE customer_id = 7")
        real_end = self.real("SELECT right(number, 4) FROM cards WHERE customer_id = 7 ORDER BY id LIMIT 1")
        self.check(any(number == "*" * 12 + real_end for number, _ in cards), "a view is looked through: the card's last four digits stay", cards[0][0])
        pay = execute(self.agent, "SELECT count(*), count(amount), sum(amount) FROM hr.salaries")[0]
        self.check(pay == (360, 0, None), "salaries are NULL, also inside sum()", pay)
        notes = execute(self.agent, "SELECT * FROM clinic.medical_notes LIMIT 1")[0]
        self.check(set(notes) == {None}, "a tag on a table covers all its columns")

    def looking_ahead(self) -> None:
        chapter("What would happen can be asked beforehand")
        config = str(self.gateway.config_file)
        checked = self.gateway.command("check-config", config)
        self.check(checked.returncode == 0, "sluice check-config finds no mistake")
        for statement, status, word in (("SELECT id, city FROM customers", 0, "allow"), ("SELECT email FROM customers", 10, "mask"),
                                        ("CREATE TABLE a (b int)", 20, "hold"), ("DELETE FROM hr.employees", 30, "deny")):
            explained = self.gateway.command("explain", statement, "--as", AGENT, "--config", config)
            self.check(explained.returncode == status and word in explained.stdout, f"sluice explain: {statement}: {word}")

    def predicates(self) -> None:
        chapter("Masks are applied at the source: predicates, joins and groups see them too")
        email = self.real("SELECT email FROM customers WHERE id = 7")
        found = execute(self.agent, "SELECT id FROM customers WHERE email = %s", (email,))
        self.check(found == [], "a real e-mail in WHERE finds nothing")
        found = execute(self.agent, "SELECT id FROM customers WHERE email LIKE %s", ("%" + REAL_EMAIL,))
        self.check(found == [], "nor does a pattern")
        found = execute(self.agent, "SELECT id FROM customers WHERE email = 'tok-7'")
        self.check(found == [(7,)], "the token finds its row")
        cities = "SELECT city, count(*)::int FROM customers GROUP BY city ORDER BY city"
        self.check("\n".join(f"{city}|{count}" for city, count in execute(self.agent, cities)) == self.real(cities),
                   "statements without tagged columns answer as PostgreSQL does")

    def refusals(self) -> None:
        chapter("What no rule allows is refused, and the session goes on")
        for statement, why in (("DELETE FROM hr.employees WHERE id = 100", "a rule denies it"),
                               ("SELECT pg_read_file('/etc/passwd')", "a function that reads the server's files"),
                               ("SELECT rolpassword FROM pg_authid", "a catalog with secrets"),
                               ("SELECT query_to_xml('SELECT email FROM customers', true, true, '')", "SQL in a string")):
            error = error_of(self.agent, statement)
            self.check(error.sqlstate in ("42501", "0A000", "42883"), f"{why}: {error.sqlstate}", first_line(error))
        self.check(execute(self.agent, "SELECT 1") == [(1,)], "the same session answers the next statement")
        self.check(self.real("SELECT count(*) FROM hr.employees") == "120", "nobody was deleted")

    def held_export(self) -> None:
        chapter("An export waits for another person")
        export = Attempt(self.dsn(), "COPY (SELECT id, name, email FROM customers WHERE id <= 20 ORDER BY id) TO STDOUT")
        request = self.wait_for_request(export)
        self.check(request, "the agent is told the request's id while it waits", first_line(export.notices[0]))
        listed = self.bob.approvals("list")
        self.check(listed.returncode == 0 and request in listed.stdout, "bob's list has it")
        shown = self.bob.approvals("show", request)
        self.check("FROM customers WHERE id <= 20" in shown.stdout and "public.customers.email" in shown.stdout and AGENT in shown.stdout,
                   "the card shows who, the whole statement and the tagged columns")
        refused = self.alice.approvals("approve", request)
        self.check(refused.returncode != 0, "alice owns the agent: her approval is refused", first_line(refused.stderr or refused.stdout))
        self.check(export.is_alive() and export.answer is None, "the export still waits")
        approved = self.bob.approvals("approve", request, "--reason", "monthly mailing")
        self.check(approved.returncode == 0, "bob approves")
        lines = str(export.result()).splitlines()
        self.check(len(lines) == 20 and lines[6].endswith("tok-7") and REAL_EMAIL not in "".join(lines), "the export comes out, masked", lines[6])
        late = self.bob.approvals("deny", request)
        self.check(late.returncode != 0, "a decision is final", first_line(late.stderr or late.stdout))

    def denied_and_withdrawn(self) -> None:
        chapter("A person says no; an agent changes its mind")
        export = Attempt(self.dsn(), "COPY customers (id, phone) TO STDOUT")
        request = self.wait_for_request(export)
        self.bob.approvals("deny", request, "--reason", "no purpose given")
        error = export.finish().error
        self.check(error is not None and error.sqlstate == "42501" and export.answer is None, "denied: the agent gets 42501", first_line(error))
        export = Attempt(self.dsn(), "COPY customers (id, email) TO STDOUT")
        request = self.wait_for_request(export)
        export.cancel()
        error = export.finish().error
        self.check(error is not None and error.sqlstate == "57014", "cancelled while it waits: 57014", first_line(error))
        late = self.bob.approvals("approve", request)
        self.check(late.returncode != 0, "a withdrawn request cannot be approved", first_line(late.stderr or late.stdout))

    def schema_change(self) -> None:
        chapter("A rule may answer at once instead of waiting (hold_mode: error)")
        statement = "CREATE TABLE public.shortlist (customer_id integer)"
        error = error_of(self.agent, statement)
        request = request_in(f"{error} {error.diag.message_detail} {error.diag.message_hint}")
        self.check(request, f"the error names the request: {error.sqlstate}", first_line(error))
        self.check(self.real("SELECT to_regclass('public.shortlist')") == "", "nothing has reached PostgreSQL")
        self.check(self.bob.approvals("approve", request).returncode == 0, "bob approves")
        self.check(execute(self.agent, statement) == "CREATE TABLE", "the identical statement, run again, goes through")
        self.check(self.real("SELECT to_regclass('public.shortlist')") == "shortlist", "the table exists")
        error = error_of(self.agent, statement)
        other = request_in(f"{error} {error.diag.message_detail} {error.diag.message_hint}")
        self.check(other and other != request, "once: the next run is a new request")

    def mass_write(self) -> None:
        chapter("A write without a key waits as well")
        affected = self.real("SELECT count(*) FROM orders WHERE note IS NOT NULL")
        update = Attempt(self.dsn(), "UPDATE orders SET note = NULL WHERE note IS NOT NULL")
        request = self.wait_for_request(update)
        self.check(self.real("SELECT count(*) FROM orders WHERE note IS NOT NULL") == affected, "held: no row has changed")
        self.bob.approvals("approve", request)
        self.check(update.result() == f"UPDATE {affected}", "approved: it runs once", update.answer)

    def reports(self) -> None:
        chapter("Who used what: the usage report")
        with self.connect("dana") as dana:
            clear = execute(dana, "SELECT amount FROM hr.salaries")
        self.check(len(clear) == 360 and None not in [row[0] for row in clear], "dana, a DBA, reads 360 salaries in clear")

        def dana_counted() -> list[dict]:
            return [row for row in self.usage() if row["identity"] == "dana" and row["column"] == "amount"]

        counted = eventually(dana_counted, "dana's statement in the report")
        self.check(sum(int(row["values"]) for row in counted) == 360, "the report says 360 values of hr.salaries.amount for dana",
                   " ".join(counted[0].values()))
        emails = [row for row in self.usage() if (row["identity"], row["table"], row["column"]) == (AGENT, "public.customers", "email")]
        self.check(emails and {row["masked"] for row in emails} == {"masked"}, "every e-mail that the agent got was masked",
                   " ".join(emails[0].values()))

    def audit(self) -> None:
        chapter("The audit log holds together, and says so when it does not")
        verified = self.verify(self.log_directory)
        self.check(verified.returncode == 0, "sluice audit verify", first_line(verified.stdout))
        self.check(REAL_EMAIL not in self.audit_text() + self.gateway.log_text(), "no private value is in the audit log or in the program's log")
        with tempfile.TemporaryDirectory() as scratch:
            copy = Path(scratch) / "audit"
            shutil.copytree(self.log_directory, copy)
            log = max(copy.glob("*.jsonl"), key=lambda path: path.stat().st_size)
            text = bytearray(log.read_bytes())
            lines = text.split(b"\n")
            victim = len(lines) // 2
            at = sum(len(line) + 1 for line in lines[:victim]) + len(lines[victim]) // 2
            text[at] ^= 1
            log.write_bytes(text)
            broken = self.verify(copy)
            self.check(broken.returncode != 0, f"one bit flipped in record {victim + 1} of a copy is found", first_line(broken.stdout + broken.stderr))
            self.check(re.search(rf"\b{victim + 1}\b", broken.stdout + broken.stderr), "and the record is named")

    def reload(self) -> None:
        chapter("Rules change while sessions live (SIGHUP)")
        token = "SELECT email FROM customers WHERE id = 9"
        good = self.gateway.config_file.read_text()
        self.gateway.config_file.write_text(good.replace("effect: mask", "effect: maks", 1))
        before = len(self.gateway.log_text())
        self.gateway.reload()
        eventually(lambda: re.search(r"sluice\.yaml:\d+:\d+", self.gateway.log_text()[before:]), "the log to name the mistake")
        self.check(execute(self.agent, token) == [("tok-9",)], "a file with a mistake changes nothing, and the log names line and column")
        self.gateway.config_file.write_text(good.replace('token: "tok-"', 'token: "customer-"'))
        self.gateway.reload()
        eventually(lambda: execute(self.agent, token) == [("customer-9",)], "the new mask")
        self.check(True, "a good file changes the mask in a session that was open all the time", "customer-9")

    def crash(self) -> None:
        chapter("kill -9, and start again")
        self.gateway.kill()
        error = error_of(self.agent, "SELECT 1")
        self.check(self.agent.broken, "the agent's connection is gone", first_line(error))
        self.gateway.start()
        verified = self.verify(self.log_directory)
        self.check(verified.returncode == 0, "the log verifies", first_line(verified.stdout))
        with self.connect() as agent:
            self.check(execute(agent, "SELECT email FROM customers WHERE id = 9") == [("customer-9",)], "agents are served as before")
        self.check(sum(int(row["values"]) for row in self.usage() if row["identity"] == "dana" and row["column"] == "amount") == 360,
                   "the usage counts are still there")
        self.check(self.gateway.stop() == 0, "SIGTERM ends it in order")

    # What the story needs.

    @property
    def log_directory(self) -> Path:
        return self.gateway.directory / "state/audit"

    def verify(self, directory: Path):
        return self.gateway.command("audit", "verify", str(directory))

    def audit_text(self) -> str:
        return "".join(path.read_text(errors="replace") for path in self.log_directory.rglob("*") if path.is_file())

    def usage(self) -> list[dict]:
        report = self.gateway.command("report", "usage", "--config", str(self.gateway.config_file), "--format", "csv",
                                      "--group-by", "identity,table,column,use,masked")
        assert report.returncode == 0, report.stderr
        return list(csv.DictReader(io.StringIO(report.stdout)))

    def wait_for_request(self, attempt: Attempt) -> str:
        eventually(lambda: attempt.notices or not attempt.is_alive(), "a notice about the hold")
        assert attempt.notices, f"not held: {attempt.error or attempt.answer}"
        return request_in(attempt.notices[0])


def request_in(text: str) -> str:
    found = REQUEST_ID.search(text)
    return found.group(0) if found else ""


def first_line(text: object) -> str:
    return str(text).strip().split("\n")[0][:140]


def chapter(title: str) -> None:
    print(f"\n{title}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sluice", type=Path, required=True, help="the program")
    binary = parser.parse_args().sluice.resolve()
    began = time.monotonic()
    directory = Path(tempfile.mkdtemp(prefix="sluice-tour-"))
    world = World(directory, binary)
    try:
        with world:
            tour = Tour(world)
            for part in (tour.masked_rows, tour.looking_ahead, tour.predicates, tour.refusals, tour.held_export, tour.denied_and_withdrawn,
                         tour.schema_change, tour.mass_write, tour.reports, tour.audit, tour.reload, tour.crash):
                part()
    except (AssertionError, ProcessFailed, TimeoutError, psycopg.Error) as failed:
        print(f"\n✗ the tour failed: {failed}\n--- end of Sluice's log\n{world.gateway.log_text()[-3000:]}")
        return 1
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    print(f"\nthe tour: {tour.steps} checks passed in {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
