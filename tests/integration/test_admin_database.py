"""The admin database: approvals by psql and by every driver, in both query protocols."""

import asyncio
import subprocess
import threading

import asyncpg
import psycopg
import psycopg2
import pytest

from conftest import through_sluice_only
from harness.http import call
from harness.shop import PASSWORDS, TOKENS
from harness.wire import SYNC, Wire, bind, execute, parse, query

pytestmark = through_sluice_only


@pytest.fixture(scope="module")
def admin_shop(upstream, tmp_path_factory):
    """A gateway whose approvers have passwords too."""
    from conftest import Shop
    from harness import Sluice
    from harness.credentials import scram_verifier
    from harness.shop import shop_config, shop_secrets
    PASSWORDS.update({name: f"{name} wire password" for name in ("alice", "bob", "carol")})
    config = shop_config(upstream)
    for entry in config["identities"]:
        entry.setdefault("scram_verifier", scram_verifier(PASSWORDS[entry["id"]]))
    with Sluice(config, tmp_path_factory.mktemp("admin"), secrets=shop_secrets(), passwords=PASSWORDS, tokens=TOKENS) as gateway:
        yield Shop(upstream, gateway)
        gateway.check_running()


@pytest.fixture
def held(admin_shop):
    def file(name: str, extra: str = "") -> str:
        with psycopg.connect(admin_shop.dsn("hasty-bot"), autocommit=True) as connection, pytest.raises(psycopg.Error):
            connection.execute(f"CREATE TABLE {name} (id integer){extra}")
        return admin_shop.gateway.approver("bob").wait_for_pending(name)["id"]
    return file


def connect(shop, user: str = "bob", **parameters):
    return psycopg.connect(shop.dsn(user, dbname="sluice"), autocommit=True, **parameters)


def psql(shop, *arguments: str, user: str = "bob", stdin: str = "") -> subprocess.CompletedProcess:
    return subprocess.run(["psql", "-X", *arguments], env=shop.environment(user) | {"PGDATABASE": "sluice"}, text=True, capture_output=True, input=stdin,
                          timeout=30)


def test_psql_lists_shows_and_decides(admin_shop, held):
    request = held("admin_psql")
    listed = psql(admin_shop, "-c", "SHOW approvals")
    assert request in listed.stdout and listed.stderr == "", "psql warns of nothing"
    shown = psql(admin_shop, "-At", "-c", f"show approval {request};").stdout
    assert "CREATE TABLE admin_psql" in shown and "agent hasty-bot" in shown
    assert psql(admin_shop, "-At", "-c", f"APPROVE {request} 'it''s fine'").stdout == f"{request}|approved|1 of 1\n"
    late = psql(admin_shop, "-c", f"DENY {request} 'no'", user="carol")
    assert late.returncode == 1 and "already approved" in late.stderr
    assert admin_shop.gateway.approver("bob").show(request)["votes"][0] | {"at": 0} == {
        "approver": "bob", "decision": "approve", "reason": "it's fine", "at": 0, "channel": "sql",
        "card_sha256": admin_shop.gateway.approver("bob").show(request)["votes"][0]["card_sha256"]}


def test_psql_at_a_terminal(admin_shop):
    told = psql(admin_shop, stdin="\\conninfo\nSHOW VERSION;\nSELECT 1;\n\\d\nSHOW HELP;\n")
    assert 'connected to database "sluice" as user "bob"' in told.stdout
    assert "15.0 (Sluice" in told.stdout and "APPROVE <id>" in told.stdout
    assert "this is no command of the admin database" in told.stderr and "SHOW HELP" in told.stderr


def test_psycopg3_with_parameters(admin_shop, held):
    request = held("admin_psycopg3")
    with connect(admin_shop) as connection:
        assert connection.info.server_version == 150000
        assert request in [row[0] for row in connection.execute("SHOW approvals").fetchall()]
        for _ in range(7):  # prepared by then
            assert ("state", "pending") in connection.execute("SHOW APPROVAL %s", [request], prepare=True).fetchall()
        assert connection.execute("DENY %s %s", [request, "not like this"]).fetchone() == (request, "denied", "0 of 1")
    vote = admin_shop.gateway.approver("bob").show(request)["votes"][0]
    assert vote["reason"] == "not like this" and len(vote["card_sha256"]) == 64, "it had seen the card"


def test_asyncpg(admin_shop, held):
    request = held("admin_asyncpg")

    async def decide():
        connection = await asyncpg.connect(host="127.0.0.1", port=admin_shop.port, user="bob", password=PASSWORDS["bob"], database="sluice")
        rows = await connection.fetch("SHOW APPROVAL $1", request)
        assert dict(map(tuple, rows))["state"] == "pending"
        assert (await connection.fetchrow("APPROVE $1 $2", request, "fine"))["state"] == "approved"
        await connection.reset()
        await connection.close()
    asyncio.run(decide())


def test_psycopg2(admin_shop, held):
    request = held("admin_psycopg2")
    connection = psycopg2.connect(admin_shop.dsn("bob", dbname="sluice"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("DENY %s %s", [request, "no"])
        assert cursor.fetchone()[1] == "denied"
    connection.close()


def test_a_decision_is_no_part_of_a_transaction(admin_shop, held):
    request = held("admin_transaction")
    with psycopg.connect(admin_shop.dsn("bob", dbname="sluice")) as connection:
        assert connection.execute("SHOW approvals").fetchall()
        with pytest.raises(psycopg.errors.FeatureNotSupported):
            connection.execute(f"APPROVE {request}")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            connection.execute("SHOW approvals")
        connection.rollback()
        assert connection.execute("SHOW approvals").fetchall()
    assert "together" in psql(admin_shop, "-c", f"SHOW version; APPROVE {request}").stderr
    assert admin_shop.gateway.approver("bob").show(request)["state"] == "pending"


def test_what_was_shown_is_what_is_decided_on(admin_shop, held):
    request = held("admin_shown")
    with connect(admin_shop) as connection, connect(admin_shop, "carol") as other:
        connection.execute("SHOW APPROVAL " + request)
        other.execute(f"APPROVE {request}")
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
            connection.execute(f"APPROVE {request}")


# --- who may


def test_people_only(admin_shop, held):
    request = held("admin_people")
    for agent in ("support-bot", "hasty-bot"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            connect(admin_shop, agent)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(admin_shop.dsn("bob", dbname="sluice", password="wrong"))
    with connect(admin_shop, "alice") as owner:
        assert request in [row[0] for row in owner.execute("SHOW approvals").fetchall()]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute(f"APPROVE {request}")
    with connect(admin_shop, "dana") as outsider:
        assert request not in [row[0] for row in outsider.execute("SHOW approvals all").fetchall()]
        for command in (f"SHOW APPROVAL {request}", f"APPROVE {request}", f"DENY {request} 'x'"):
            with pytest.raises(psycopg.errors.UndefinedObject):
                outsider.execute(command)
    assert admin_shop.gateway.approver("bob").show(request)["state"] == "pending"


def test_somebody_who_is_taken_out_of_the_configuration_goes_no_further(own_gateway, upstream):
    gateway = own_gateway().start()
    connection = psycopg.connect(gateway.dsn("dana", "sluice"), autocommit=True)
    connection.execute("SHOW version")
    config = gateway.config | {"identities": [entry for entry in gateway.config["identities"] if entry["id"] != "dana"],
                               "rules": [rule for rule in gateway.config["rules"] if rule["id"] != "dbas-do-all"]}
    gateway.write_config(config)
    gateway.reload()

    def ended() -> bool:
        try:
            connection.execute("SHOW version")
        except psycopg.OperationalError:
            return True
        return False
    from harness import eventually
    eventually(ended, "the end of the session")


# --- the language


@pytest.mark.parametrize("text", [
    "SELECT * FROM pg_class", "SHOW approvals; DROP TABLE x", "APPROVE", "APPROVE 'a' 'b' 'c'", "APPROVE (SELECT 1)", "DENY AR01 no quotes", "SHOW",
    "SHOW approval", "SHOW approvals foo", "APPROVE $1", "COPY x TO STDOUT", "APPROVE x 'unterminated", "RELOAD now", "SHOW secrets", "/* x */ RELOAD",
    "EXECUTE x", "LISTEN a", "SELECT pg_sleep(10)", "SELECT version() FROM x", "\N{CYRILLIC CAPITAL LETTER A}PPROVE x"])
def test_everything_else_is_refused_cleanly(admin_shop, text):
    with connect(admin_shop) as connection:
        with pytest.raises(psycopg.errors.SyntaxError):
            connection.execute(text.encode())
        assert connection.execute("SELECT 1").fetchone() == ("1",)


def test_injection_through_what_is_shown(admin_shop, held):
    request = held("admin_injection", " -- \x1b[2J\u202e\u200b hidden")
    for command in ("SHOW approvals", f"SHOW APPROVAL {request}"):
        shown = psql(admin_shop, "-At", "-c", command).stdout
        assert "admin_injection" in shown
        for character in ("\x1b", "\u202e", "\u200b"):
            assert character not in shown, command
    psql(admin_shop, "-c", f"DENY {request} 'a\x1b[2Jb\u202ec'")
    assert admin_shop.gateway.approver("bob").show(request)["votes"][0]["reason"] in ("a [2Jbc", "a[2Jbc")
    with connect(admin_shop) as connection:
        for identifier in ("x'; APPROVE y", "../x", "", "A" * 1000, "\x00"[:0]):
            with pytest.raises(psycopg.errors.UndefinedObject):
                connection.execute("APPROVE %s", [identifier])


def test_protocol_oddities(admin_shop):
    wire = Wire(admin_shop.port).login("bob", PASSWORDS["bob"], "sluice")
    wire.send(query(""))
    assert [message.kind for message in wire.until_ready()][-2:] == ["I", "Z"]
    wire.send(parse("SHOW HELP") + bind() + execute(limit=2) + execute() + SYNC)
    assert [message.kind for message in wire.until_ready() if message.kind in "12DsCZ"][:5] == ["1", "2", "D", "D", "s"]
    wire.send(bind((), "", "nothing") + execute() + SYNC)
    assert [message.fields()["C"] for message in wire.until_ready() if message.kind == "E"] == ["26000"]
    wire.send(query("SHOW VERSION"))
    assert any(message.kind == "D" for message in wire.until_ready())


def test_clients_databases_and_reload(admin_shop):
    with connect(admin_shop) as connection, psycopg.connect(admin_shop.dsn()):
        clients = connection.execute("SHOW CLIENTS").fetchall()
        assert {("bob", "sluice"), ("support-bot", "shop")} <= {(row[1], row[2]) for row in clients}
        assert connection.execute("SHOW DATABASES").fetchone() == ("shop", "shop", "sluice_upstream")
        assert connection.execute("SHOW SERVERS").fetchone()[1] == "127.0.0.1"
        assert connection.execute("SHOW USAGE").description[0].name == "identity"
        assert connection.execute("RELOAD").fetchone()[0] == "t"


def test_ends_with_the_gateway(own_gateway):
    gateway = own_gateway().start()
    connection = psycopg.connect(gateway.dsn("dana", "sluice"), autocommit=True)
    connection.execute("SHOW version")
    assert gateway.stop() == 0
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SHOW version")


def test_the_name_is_taken(own_gateway):
    gateway = own_gateway()
    databases = {"sluice": gateway.config["databases"]["shop"]}
    gateway.write_config(gateway.config | {"databases": gateway.config["databases"] | databases})
    checked = gateway.command("check-config", str(gateway.config_file))
    assert checked.returncode == 1 and "is the name of the admin database" in checked.stdout + checked.stderr


def test_logins_are_in_the_audit_log(admin_shop):
    with connect(admin_shop, "carol") as connection:
        connection.execute("SHOW version")
    with pytest.raises(psycopg.OperationalError):
        connect(admin_shop, "support-bot")
    from harness import eventually

    def recorded() -> bool:
        records = admin_shop.gateway.audit_records()
        opened = any(record["event"] == "session_opened" and record["database"] == "sluice" and record["identity"]["id"] == "carol" for record in records)
        return opened and any(record["event"] == "login_failed" and record["claimed_identity"] == "support-bot" for record in records)
    eventually(recorded, "the records")


def test_two_decide_at_once(admin_shop, held):
    request = held("admin_race")
    outcomes: list[str] = []
    start = threading.Barrier(20)

    def decide(user: str) -> None:
        with connect(admin_shop, user) as connection:
            start.wait()
            try:
                outcomes.append(connection.execute(f"APPROVE {request}").fetchone()[1])
            except psycopg.Error as refused:
                outcomes.append(refused.sqlstate or "?")
    people = [threading.Thread(target=decide, args=[user]) for user in ("bob", "carol") * 10]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(outcomes) == ["55000"] * 19 + ["approved"]


def test_a_hundred_clicks_over_every_channel_count_once(admin_shop, held):
    request = held("admin_clicks")
    start = threading.Barrier(100)
    outcomes: list[str] = []

    def rest(who: str) -> None:
        start.wait()
        answer = call(admin_shop.gateway.admin_port, "POST", f"/api/v1/approvals/{request}/approve", TOKENS[who], {"reason": "mine"})
        outcomes.append(f"rest {answer.status}")

    def sql() -> None:
        with connect(admin_shop, "carol") as connection:
            start.wait()
            try:
                outcomes.append(f"sql {connection.execute('DENY ' + request).fetchone()[1]}")
            except psycopg.Error as refused:
                outcomes.append(f"sql {refused.sqlstate}")
    clicks = [threading.Thread(target=rest, args=["bob"]) for _ in range(50)] + [threading.Thread(target=sql) for _ in range(50)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    shown = admin_shop.gateway.approver("bob").show(request)
    assert len(shown["votes"]) == 1 and shown["state"] in ("approved", "denied")
    if shown["state"] == "approved":  # bob's repetitions are answered like his vote, carol is told that it is too late
        assert outcomes.count("rest 200") == 50 and outcomes.count("sql 55000") == 50, outcomes
    else:
        assert outcomes.count("sql denied") == 1 and outcomes.count("sql 55000") == 49 and outcomes.count("rest 409") == 50, outcomes
