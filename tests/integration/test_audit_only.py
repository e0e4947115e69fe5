"""Whoever passes with everything: nothing may tell Sluice from PostgreSQL but the audit log, which holds it all."""

import hashlib
import json
import os
import re
import subprocess
from types import SimpleNamespace

import psycopg
import psycopg2
import psycopg2.extras
import pytest

from conftest import through_sluice_only
from harness import Postgres, Sluice, eventually
from harness.postgres import BINARIES
from harness.shop import PASSWORDS, TOKENS, create_shop, shop_config, shop_secrets
from harness.wire import SYNC, ConnectionEnded, Wire, bind, describe, execute, frame, parse, query
from test_wire_side_by_side import COPIES, both, function_call, heard

pytestmark = through_sluice_only


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server with a superuser "dana", and a gateway where dana passes and bulk-bot may replicate."""
    with Postgres(settings={"wal_level": "logical", "max_wal_senders": "8", "max_replication_slots": "8"}) as server:
        create_shop(server)
        server.execute(f"CREATE ROLE dana SUPERUSER LOGIN REPLICATION PASSWORD '{PASSWORDS['dana']}'")
        config = shop_config(server)
        config["databases"]["shop"] |= {"user": "dana", "password_file": "secrets/dana.password"}
        config["databases"]["replication"] = dict(config["databases"]["shop"])
        config["rules"] += [{"id": "dbas-pass", "effect": "audit_only", "groups": ["dbas"]},
                            {"id": "bulk-streams", "effect": "allow", "groups": ["bulk"], "actions": ["replication"]}]
        secrets = shop_secrets() | {"secrets/dana.password": PASSWORDS["dana"]}
        with Sluice(config, tmp_path_factory.mktemp("house"), secrets=secrets, passwords=PASSWORDS, tokens=TOKENS) as gateway:
            yield SimpleNamespace(upstream=server, port=gateway.port, gateway=gateway)
            gateway.check_running()


def psql(port: int, script: str | bytes, user: str = "dana", **environment) -> tuple[bytes, bytes]:
    script = script.encode() if isinstance(script, str) else script
    done = subprocess.run([str(BINARIES / "psql"), "-X"], input=script, capture_output=True, timeout=60,
                          env=os.environ | {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": user, "PGPASSWORD": PASSWORDS[user],
                                            "PGDATABASE": "shop", "LC_ALL": "C.UTF-8"} | environment)
    return done.stdout, done.stderr


def records_of(gateway: Sluice, text: str | bytes) -> list[dict]:
    """The ends of all executions of a text, each with what was told of it."""
    digest = hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()

    def found():
        records = gateway.audit_records()
        described = {record["seq"]: record for record in records if record.get("text_sha256") == digest}
        return [described[record["described"]] | record for record in records
                if record["event"] == "statement_completed" and record["described"] in described]
    return eventually(found, f"records of {text!r}")


SCRIPTS = {
    "code": "DO $$ BEGIN RAISE NOTICE 'hello'; CREATE TEMP TABLE made AS SELECT 1 AS one; END $$; TABLE made; DO $$ BEGIN RAISE 'no' USING DETAIL = 'd'; END $$;",
    "errors with carets": "SELECT\n  nothing_here FROM customers;\nSELEC 1;\nSELECT 'é', no_such_function(1);\nSELECT 1/0;",
    "verbose errors": "\\set VERBOSITY verbose\nINSERT INTO customers SELECT * FROM customers;\nDO $$ BEGIN PERFORM 1/0; END $$;",
    "what a policy would mask, hold or refuse": "SELECT email FROM customers WHERE id = 1; COPY (SELECT * FROM hr.salaries ORDER BY 1) TO STDOUT;"
                                                "SELECT rolname FROM pg_authid WHERE rolname = 'dana'; SHOW data_directory; SELECT count(*) > 0 FROM pg_ls_waldir();",
    "session state": "SET standard_conforming_strings = off;\nSELECT 'a\\'b';\nSET client_encoding = 'LATIN1';\nSHOW client_encoding;\nRESET ALL;\n"
                     "SET ROLE pg_monitor;\nSELECT current_user;\nSET SESSION AUTHORIZATION DEFAULT;\nDISCARD ALL;\nSELECT 'a\\b';",
    "many statements in one text": "BEGIN\\; CREATE TEMP TABLE t1 (a int)\\; INSERT INTO t1 VALUES (1)\\; SET search_path = pg_temp\\; TABLE t1\\; COMMIT;\nTABLE t1;",
    "two phases and isolation": "BEGIN;\nSET LOCAL search_path = hr;\nSET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nSELECT count(*) FROM salaries;\nCOMMIT;\n"
                                "BEGIN;\nCREATE TEMP TABLE t2 (a int);\nSELECT count(*) FROM t2;\nROLLBACK;\nSELECT count(*) FROM t2;",
    "a temporary schema that is not there yet": "SET search_path TO pg_temp;\nBEGIN;\nSELECT current_schema() ~ 'pg_temp';\nPREPARE TRANSACTION 'x';\n",
    "cursors": "BEGIN;\nDECLARE c SCROLL CURSOR FOR SELECT email FROM customers ORDER BY id;\nFETCH 2 FROM c;\nMOVE LAST c;\nFETCH PRIOR c;\nCLOSE c;\n"
               "DO $$ DECLARE r refcursor := 'd'; BEGIN OPEN r FOR SELECT 7; END $$;\nFETCH ALL FROM d;\nEND;",
    "prepared": "PREPARE p(int) AS SELECT email FROM customers WHERE id = $1;\nEXECUTE p(1);\nDEALLOCATE p;\nEXECUTE p(1);",
    "encodings": "\\encoding LATIN1\nSELECT 'caf\\351', length('x');\n\\encoding SQL_ASCII\nSELECT 1;\n\\encoding SJIS\nSELECT 'x';",
    "notifications": "LISTEN a;\nNOTIFY a, 'b';\nSELECT pg_notify('a', 'c');\nUNLISTEN *;",
    "explain and settings": "EXPLAIN (COSTS off) SELECT * FROM customers WHERE id = 1;\nSET work_mem = '8MB';\nSELECT set_config('work_mem', '9MB', false);\nSHOW work_mem;",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_psql_prints_the_same(house, name):
    assert printed(house.port, SCRIPTS[name]) == printed(house.upstream.port, SCRIPTS[name])


def printed(port: int, script: str) -> list[bytes]:
    return [re.sub(rb"PID \d+", b"PID", text) for text in psql(port, script)]


def test_psql_copies_latin1_as_it_is(house, tmp_path):
    (tmp_path / "in").write_bytes(b"caf\xe9\t1\n")
    script = f"\\encoding LATIN1\nCREATE TABLE drinks (name text, price int);\n\\copy drinks FROM '{tmp_path}/in'\n" \
             "SELECT octet_length(convert_to(name, 'UTF8')) FROM drinks;\n".encode() + b"SELECT price FROM drinks WHERE name = 'caf\xe9';\n" \
             + f"\\copy drinks TO '{tmp_path}/out'\nDROP TABLE drinks;\n".encode()
    through = psql(house.port, script)
    assert (tmp_path / "out").read_bytes() == b"caf\xe9\t1\n"
    assert through == psql(house.upstream.port, script)
    kinds = [record["kind"] for record in records_of(house.gateway, b"SELECT price FROM drinks WHERE name = 'caf\xe9';")]
    assert kinds == ["unknown"], "no UTF-8, no reading"


WIRE = {
    "a function call": [[function_call(177, b"\0\0\0\2", b"\0\0\0\3")], [query("SELECT 1")]],
    "a function call that fails": [[function_call(0)], [query("BEGIN"), function_call(0), function_call(177), query("ROLLBACK")]],
    "a function call in a pipeline": [[parse("SELECT 1"), bind(), execute(), function_call(177, b"\0\0\0\2", b"\0\0\0\3"), SYNC, query("SELECT 2")]],
    "a function call behind an error": [[parse("SELECT 1/0"), bind(), execute(), function_call(177, b"\0\0\0\2", b"\0\0\0\3"), SYNC, query("SELECT 2")]],
    "a malformed function call": [[frame("F", b"\0")], [query("SELECT 1")]],
    "names that do not exist": [[bind(name="nowhere"), SYNC], [execute("nowhere"), SYNC], [describe("S", "nowhere"), SYNC], [describe("P", "nowhere"), SYNC],
                                [query("EXECUTE nowhere")], [query("FETCH nowhere")], [frame("C", b"Snowhere\0"), SYNC]],
    "two statements in Parse": [[parse("SELECT 1; SELECT 2"), bind(), execute(), SYNC], [query("SELECT 1; SELECT nothing; SELECT 2")]],
    "malformed messages": [[frame("P", b"x"), SYNC], [frame("B", b"x"), SYNC], [frame("D", b"Q\0"), SYNC], [frame("E", b"x"), SYNC], [frame("C", b"x"), SYNC]],
    "a query without an end": [[frame("Q", b"SELECT 1")], [query("SELECT 2")]],
    "bytes that are no text": [[frame("Q", b"SELECT '\xff'\0")], [frame("Q", b"SELECT 1\0 SELECT 2\0")], [parse("SELECT 2"), SYNC]],
    "a portal opened by SQL": [[query("BEGIN; DECLARE c CURSOR FOR SELECT 1")], [describe("P", "c"), execute("c"), SYNC], [query("COMMIT")]],
    "a statement prepared by SQL": [[query("PREPARE s AS SELECT 1")], [bind(name="s"), describe(), execute(), SYNC], [query("DEALLOCATE s")]],
    "one dropped by what is not understood": [[parse("SELECT 1", "s"), SYNC], [query("DO $$ BEGIN EXECUTE 'DEALLOCATE s'; END $$")], [bind(name="s"), SYNC]],
    "changes of the reading in a pipeline": [[query("SET client_encoding = LATIN1"), frame("Q", b"SELECT '\xe9'\0"), query("RESET client_encoding")],
                                             [query("SET standard_conforming_strings = off"), query("SELECT '\\''"), query("SELECT 1")]],
    "everything at once": [[query("CREATE TEMP TABLE x (a int)"), query("COPY x FROM STDIN"), frame("d", b"1\n"), frame("c"), parse("TABLE x"), bind(),
                            execute(), SYNC, query("DROP TABLE x"), function_call(177, b"\0\0\0\2", b"\0\0\0\3")]],
    "many queries ahead": [[b"".join(query(f"SELECT {number}") for number in range(300))]],
}


@pytest.mark.parametrize("name", WIRE)
def test_the_wire_says_the_same(house, name):
    direct, through = both(house, WIRE[name], "dana")
    assert through == direct


@pytest.mark.parametrize("name", COPIES)
def test_copy_data_say_the_same(house, name):
    direct, through = both(house, COPIES[name], "dana")
    assert through == direct


@pytest.mark.parametrize("parameters", [
    {"client_encoding": "LATIN1"}, {"options": "-c client_encoding=sjis -c work_mem=7MB --log-min-messages=error"}, {"options": "-e"},
    {"standard_conforming_strings": "off", "log_statement": "all"}, {"role": "pg_monitor"}, {"work_mem": "much"}, {"no_such_setting": "1"},
    {"my.own": "x", "application_name": "é" * 80}, {}])
def test_start_up_settings_pass_as_they_are(house, parameters):
    def start(port: int) -> list[str]:
        try:
            with Wire(port, timeout=10).login("dana", PASSWORDS["dana"], **parameters) as wire:
                reported = sorted(wire.parameters.items())
                wire.send(query("SHOW work_mem; SHOW client_encoding; SELECT current_user, current_setting('my.own', true)"))
                return [*map(str, reported), *heard(wire)]
        except ConnectionEnded as refused:
            return [str({key: value for key, value in refused.args[0].items() if key not in "FLR"})]
    through, direct = start(house.port), start(house.upstream.port)
    if not parameters.get("application_name"):  # the upstream is told whose session it is
        through = [text.replace("('application_name', 'dana')", "('application_name', '')") for text in through]
    assert through == direct


def test_large_objects_work_by_function_calls(house):
    with psycopg2.connect(house.gateway.dsn("dana")) as connection:
        large = connection.lobject(0, "wb", 0)
        large.write(b"x" * 100_000)
        large.close()
        assert len(connection.lobject(large.oid, "rb").read()) == 100_000
        connection.lobject(large.oid, "n").unlink()
    lowrite = 955  # its oid in every version
    records = records_of(house.gateway, str(lowrite))
    assert {record["kind"] for record in records} == {"function call"}
    assert all(record["outcome"] == "completed" and record["rows"] == 1 for record in records)


def test_a_governed_agent_is_refused_large_objects_and_lives_on(house):
    with psycopg2.connect(house.gateway.dsn("support-bot")) as connection:
        with pytest.raises(psycopg2.Error):
            connection.lobject(0, "wb")
        connection.rollback()
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_what_is_understood_is_recorded_with_its_columns_in_clear(house):
    text = "SELECT email FROM customers WHERE id < 4 -- recorded"
    with psycopg.connect(house.gateway.dsn("dana"), autocommit=True) as connection:
        assert len(connection.execute(text).fetchall()) == 3
    [record] = records_of(house.gateway, text)
    assert (record["kind"], record["verdict"], record["reasons"], record["rows"]) == ("select", "allow", ["dbas-pass"], 3)
    assert {"table": "public.customers", "column": "email", "use": "output", "masked": False, "tags": ["pii"]} in record["columns"]


def test_what_is_not_understood_is_recorded_with_its_rows_and_its_end(house):
    good, bad = "SELECT rolpassword IS NULL FROM pg_authid LIMIT 5; SELECT 1", "SELECT rolpassword, 1/0 FROM pg_authid"
    with Wire(house.port).login("dana", PASSWORDS["dana"]) as wire:
        wire.simple(good)
        wire.simple(bad)
    [record] = records_of(house.gateway, good)
    assert (record["kind"], record["outcome"], record["rows"], record["sqlstate"]) == ("unknown", "completed", 6, "00000")
    assert record["bytes"] > 0 and record["columns"] == []
    [record] = records_of(house.gateway, bad)
    assert (record["outcome"], record["sqlstate"]) == ("failed", "22012")


def test_names_are_recorded_as_the_session_means_them(house):
    with psycopg.connect(house.gateway.dsn("dana"), autocommit=True) as connection:
        connection.execute("SET search_path = hr")
        connection.execute("SELECT id FROM employees -- by path")
        connection.execute("CREATE TEMP TABLE customers (id int)")
        connection.execute("SELECT id FROM customers -- shadowed")
        with connection.transaction():
            connection.execute("SET LOCAL search_path = clinic")
            connection.execute("SELECT count(*) FROM vault -- unsure")
        connection.execute("SELECT count(*) FROM employees -- again")
    assert [record["tables"] for record in records_of(house.gateway, "SELECT id FROM employees -- by path")] == [["hr.employees"]]
    [shadowed] = records_of(house.gateway, "SELECT id FROM customers -- shadowed")
    assert "public.customers" not in shadowed["tables"]
    assert [record["kind"] for record in records_of(house.gateway, "SELECT count(*) FROM vault -- unsure")] == ["unknown"]
    assert [record["tables"] for record in records_of(house.gateway, "SELECT count(*) FROM employees -- again")] == [["hr.employees"]]


def test_a_reload_that_governs_again_ends_the_session(own_gateway):
    passes = {"id": "dbas-pass", "effect": "audit_only", "groups": ["dbas"]}
    gateway = own_gateway()
    before = gateway.config
    gateway.write_config(before | {"rules": [*before["rules"], passes]})
    gateway.start()
    with Wire(gateway.port).login("dana", PASSWORDS["dana"]) as wire:
        assert "C" in [message.kind for message in wire.simple("DO $$BEGIN END$$")]
        gateway.write_config(before)
        gateway.reload()

        def ended() -> bool:
            try:
                wire.simple("SELECT 1")
            except ConnectionEnded:
                return True
            return False
        eventually(ended, "the reload to end the session")
        assert [message.fields()["C"] for message in wire.heard if message.kind == "E"] == ["57P01"]


def test_explain_and_check_config_say_so(house):
    explained = house.gateway.command("explain", "--config", "sluice.yaml", "--as", "dana", "--db", "shop", "--format", "json", "TABLE pg_authid")
    assert explained.returncode == 0, explained.stderr
    told = json.loads(explained.stdout)
    assert (told["grade"], told["decision"], told["statements"][0]["kind"]) == ("audit_only", "allow", "unknown")
    checked = house.gateway.command("check-config", "sluice.yaml")
    assert '"bulk-bot" escapes rules that concern it too: pii-as-token, card-last-four, hidden' in checked.stdout + checked.stderr


# --- replication connections

def test_an_agent_without_a_grant_gets_no_replication_connection(house):
    for kind in ("true", "database"):
        with pytest.raises(ConnectionEnded) as refused:
            Wire(house.port).login("support-bot", PASSWORDS["support-bot"], replication=kind)
        assert refused.value.args[0]["C"] == "0A000"
    with pytest.raises(ConnectionEnded) as refused:
        Wire(house.port).login("dana", PASSWORDS["dana"], replication="perhaps")
    assert refused.value.args[0]["C"] == "22023"


@pytest.mark.parametrize("name", ["identify", "sql", "slot", "extended", "stream"])
@pytest.mark.parametrize("kind", ["true", "database"])
def test_a_replication_connection_says_the_same(house, name, kind):
    steps = {
        "identify": [query("IDENTIFY_SYSTEM"), query("SHOW wal_level"), query("IDENTIFY_SYSTEM; SELECT 1"), query("NONSENSE")],
        "sql": [query("SELECT 1"), query("SELECT 1; SELECT email FROM customers WHERE id = 1"), query("BEGIN"), query("COMMIT")],
        "slot": [query("CREATE_REPLICATION_SLOT s TEMPORARY PHYSICAL RESERVE_WAL"), query("READ_REPLICATION_SLOT s"), query("DROP_REPLICATION_SLOT s")],
        "extended": [parse("SELECT 1") + SYNC, function_call(177)],
        "stream": [query("CREATE_REPLICATION_SLOT s TEMPORARY PHYSICAL"), query("START_REPLICATION SLOT s 0/1000000 TIMELINE 9"), query("IDENTIFY_SYSTEM")],
    }[name]

    def answers(port: int) -> list[list[str]]:
        with Wire(port, timeout=10).login("dana", PASSWORDS["dana"], replication=kind) as wire:
            lines = []
            for step in steps:
                wire.send(step)
                lines.append([text for text in heard(wire) if not text.startswith("D") or name == "sql"])  # log positions move on
            return lines
    assert answers(house.port) == answers(house.upstream.port)


def test_a_granted_agent_may_replicate_but_runs_no_sql_there(house):
    with Wire(house.port).login("bulk-bot", PASSWORDS["bulk-bot"], replication="database") as wire:
        assert "D" in [message.kind for message in wire.simple("IDENTIFY_SYSTEM")]
        assert [message.fields()["C"] for message in wire.simple("SELECT email FROM customers") if message.kind == "E"] == ["0A000"]
        wire.send(parse("SELECT email FROM customers"), SYNC)
        assert [message.fields()["C"] for message in wire.until_ready() if message.kind == "E"] == ["08P01"]
        assert "D" in [message.kind for message in wire.simple("IDENTIFY_SYSTEM")]
    assert {record["kind"] for record in records_of(house.gateway, "IDENTIFY_SYSTEM")} == {"replication"}


def test_a_stream_ends_when_its_grant_does(house):
    before = house.gateway.config
    with Wire(house.port).login("bulk-bot", PASSWORDS["bulk-bot"], replication="true") as wire:
        wire.send(query(f"START_REPLICATION PHYSICAL {house.upstream.query('SELECT pg_current_wal_flush_lsn()')}"))
        assert wire.until("WE")[-1].kind == "W"
        try:
            house.gateway.write_config(before | {"rules": [rule for rule in before["rules"] if rule["id"] != "bulk-streams"]})
            house.gateway.reload()

            def refused():
                wire.send(frame("d", b"r" + bytes(32) + b"\1"))  # a standby's status, which asks for an answer
                return wire.until("dE")[-1].kind == "E"
            eventually(refused, "the end of the stream")
            assert [message.fields()["C"] for message in wire.heard if message.kind == "E"] == ["0A000"]
        finally:
            house.gateway.write_config(before)
            house.gateway.reload()
    eventually(lambda: sum(record["event"] == "policy_published" for record in house.gateway.audit_records()) >= 3, "the policy as it was")


def test_pg_basebackup_and_pg_receivewal_work(house, tmp_path):
    environment = os.environ | {"PGPASSWORD": PASSWORDS["dana"]}
    where = ["-h", "127.0.0.1", "-p", str(house.port), "-U", "dana"]
    done = subprocess.run([str(BINARIES / "pg_basebackup"), *where, "-D", str(tmp_path / "copy"), "-X", "stream", "-c", "fast", "--no-sync"],
                          capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    verified = subprocess.run([str(BINARIES / "pg_verifybackup"), str(tmp_path / "copy")], capture_output=True, text=True, timeout=120)
    assert verified.returncode == 0, verified.stderr
    (tmp_path / "wal").mkdir()
    end = house.upstream.query("SELECT pg_switch_wal() IS NULL; SELECT pg_current_wal_lsn()").split()[-1]
    done = subprocess.run([str(BINARIES / "pg_receivewal"), *where, "-D", str(tmp_path / "wal"), "--endpos", end, "--no-sync", "--no-loop"],
                          capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    streamed = [record for record in house.gateway.audit_records() if record["event"] == "statement_completed" and record["bytes"] > 1_000_000]
    assert streamed, "the bytes of the backup are counted"


def test_logical_decoding_streams(house):
    house.upstream.execute("CREATE TABLE decoded (a int)", "shop")
    connection = psycopg2.connect(house.gateway.dsn("dana"), connection_factory=psycopg2.extras.LogicalReplicationConnection)
    cursor = connection.cursor()
    cursor.create_replication_slot("decoding", output_plugin="test_decoding")
    house.upstream.execute("INSERT INTO decoded VALUES (42)", "shop")
    cursor.start_replication("decoding", decode=True)

    def change():
        message = cursor.read_message()
        if message:
            cursor.send_feedback(flush_lsn=message.data_start)
        return message and "42" in message.payload
    eventually(change, "the change")
    connection.close()
    eventually(lambda: house.upstream.query("SELECT bool_and(NOT active) FROM pg_replication_slots") == "t", "the slot to be free")
    house.upstream.execute("SELECT pg_drop_replication_slot('decoding'); ", "shop")


def test_every_statement_that_was_admitted_has_its_end(house):
    def balanced():
        records = house.gateway.audit_records()
        return sum(record["event"] == "statement_admitted" for record in records) == sum(record["event"] == "statement_completed" for record in records)
    eventually(balanced, "the ends of all statements")
