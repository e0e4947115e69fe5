"""Names that live longer than a statement, and texts of several statements: the same answers as PostgreSQL's own."""

import struct
import threading

import psycopg
import pytest

from conftest import through_sluice_only
from harness.shop import PASSWORDS
from harness.wire import FLUSH, SYNC, Message, Wire, bind, describe, execute, frame, parse, query


def told(message: Message):
    """What of a message both servers must agree on."""
    if message.kind in "EN":
        fields = message.fields()
        return message.kind, {name: fields.get(name) for name in "SCMP"}
    if message.kind == "T":
        return message.kind, [(name, rest[6:]) for name, rest in columns(message)]  # tables made by the test have other oids
    if message.kind == "A":
        return message.kind, message.body[4:]
    return message.kind, message.body


def columns(message: Message) -> list[tuple[bytes, bytes]]:
    """Name and the 18 bytes behind it, of each column of a RowDescription."""
    found, at = [], 2
    for _ in range(struct.unpack_from("!h", message.body)[0]):
        end = message.body.index(b"\0", at)
        found.append((message.body[at:end], message.body[end + 1:end + 19]))
        at = end + 19
    return found


def kinds(messages) -> str:
    return "".join(message.kind for message in messages)


def sqlstate(messages) -> str:
    return next(message.fields()["C"] for message in messages if message.kind == "E")


def values(messages) -> list[list[str]]:
    return [[None if value is None else value.decode() for value in message.row()] for message in messages if message.kind == "D"]


@pytest.fixture
def both(shop, upstream):
    """Plays the same on PostgreSQL itself and through Sluice: a list of steps, each the bytes of messages that end in one ReadyForQuery."""

    def play(*steps: bytes, user: str = "dana") -> list[list]:
        answers = []
        for port in (upstream.port, shop.port):
            with Wire(port).login(user, PASSWORDS[user], "shop") as wire:
                said = []
                for step in steps:
                    wire.send(step)
                    said.append([told(message) for message in wire.until_ready()])
                answers.append(said)
        for step, directly, through in zip(steps, *answers):
            assert through == directly, step
        return answers[1]

    return play


MIGRATIONS = [
    "CREATE TEMP TABLE m (id integer, t text); INSERT INTO m VALUES (1, 'a'), (2, NULL); SELECT * FROM m ORDER BY id; DROP TABLE m",
    "CREATE TEMP TABLE m AS SELECT id FROM regions; UPDATE m SET id = id + 1; SELECT sum(id) FROM m; DROP TABLE m; SELECT 'end'",
    "SET search_path = hr; SELECT count(*) FROM employees; RESET search_path; SELECT count(*) FROM regions",
    "BEGIN; CREATE TEMP TABLE m (id integer) ON COMMIT DROP; INSERT INTO m VALUES (1); SELECT * FROM m; COMMIT; SELECT 1",
    "BEGIN; SET LOCAL search_path = hr; SELECT count(*) FROM employees; ROLLBACK; SELECT count(*) FROM regions",
    "BEGIN; CREATE TEMP TABLE m (id integer); SAVEPOINT s; CREATE TEMP TABLE n (id integer); INSERT INTO n VALUES (5); SELECT * FROM n; "
    "ROLLBACK TO s; SELECT 1; ROLLBACK",
    "CREATE TEMP TABLE m (id integer); INSERT INTO m VALUES (1); SELECT 1/0; INSERT INTO m VALUES (2)",
    "CREATE TEMP TABLE m (id integer); SELECT nothing FROM m; SELECT 1",
    "PREPARE p AS SELECT $1::integer + 1; EXECUTE p(41); DEALLOCATE p",
    "PREPARE p (text) AS SELECT $1; EXECUTE p('ä'); EXECUTE p(NULL); DEALLOCATE ALL",
    "DECLARE c CURSOR FOR SELECT id FROM regions ORDER BY id; FETCH 2 FROM c; MOVE 1 FROM c; FETCH ALL FROM c; CLOSE c",
    "DECLARE c BINARY CURSOR FOR SELECT id FROM regions ORDER BY id; FETCH 2 FROM c",
    "DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT id FROM regions ORDER BY id; FETCH LAST FROM c; FETCH PRIOR FROM c; CLOSE c",
    "EXECUTE nosuch; SELECT 1",
    "FETCH 1 FROM nosuch; SELECT 1",
    "CREATE TEMP TABLE m (id integer); COPY (SELECT 1) TO STDOUT; COPY m TO STDOUT; DROP TABLE m",
    "CREATE TEMP TABLE m (id integer); COMMIT; INSERT INTO m VALUES (1); ROLLBACK; DROP TABLE m",
    "CREATE TEMP TABLE m (id integer); SET LOCAL timezone = 'UTC'; SHOW timezone; DROP TABLE m",
    "CREATE TEMP TABLE m (id integer); EXPLAIN (COSTS OFF) SELECT * FROM m; SHOW search_path; DROP TABLE m",
    "CREATE TEMP TABLE m (id integer); LOCK TABLE regions IN ACCESS SHARE MODE; DROP TABLE m",
    "CREATE TEMP TABLE m (id integer); SAVEPOINT s; DROP TABLE m",
    "CREATE TEMP TABLE m (id integer); BEGIN; INSERT INTO m VALUES (1); COMMIT; SELECT * FROM m; DROP TABLE m",
    "CREATE TEMP TABLE m (id integer, PRIMARY KEY (id)); INSERT INTO m VALUES (1) RETURNING id; INSERT INTO m VALUES (1) RETURNING id",
    "BEGIN ISOLATION LEVEL SERIALIZABLE; CREATE TEMP TABLE m (id integer); SHOW transaction_isolation; ROLLBACK",
    "CREATE TEMP TABLE m (id integer); VACUUM; SELECT 1",
    "SELECT 1 AS a; PREPARE p AS SELECT 2 AS b; EXECUTE p; SELECT 3 AS c; DEALLOCATE p",
    "CREATE TEMP TABLE m (id integer); DISCARD TEMP; CREATE TEMP TABLE m (name text); INSERT INTO m VALUES ('x') RETURNING *; DROP TABLE m",
    "PREPARE p AS SELECT 1 AS one; CREATE TEMP TABLE m AS EXECUTE p; SELECT * FROM m; DROP TABLE m; EXPLAIN EXECUTE p; DEALLOCATE p",
    "NOTIFY x; CREATE TEMP TABLE m (id integer); DROP TABLE m",
    "  -- a comment\n CREATE TEMP TABLE m (id integer) /* ; */ ; \n SELECT 'ä', id FROM m; SELECT 'ä' FROM m WHERE nothing = 1",
]


@pytest.mark.parametrize("text", MIGRATIONS)
def test_a_text_of_statements_that_depend_on_each_other(both, text):
    both(query(text), query("SELECT 1"), query("ROLLBACK"), query("SELECT 2"))


def test_such_a_text_inside_a_transaction_block(both):
    both(query("BEGIN"), query("CREATE TEMP TABLE m (id integer); INSERT INTO m VALUES (1); SELECT * FROM m"), query("SELECT * FROM m"),
         query("SELECT 1/0; CREATE TEMP TABLE n (id integer); SELECT * FROM n"), query("CREATE TEMP TABLE n (id integer); SELECT * FROM n"),
         query("ROLLBACK; CREATE TEMP TABLE n (id integer); SELECT * FROM n; DROP TABLE n"), query("SELECT 1"))


def test_a_migration_makes_permanent_tables(both, upstream):
    script = """
        CREATE TABLE public.migrated (id serial PRIMARY KEY, name text NOT NULL UNIQUE, region integer REFERENCES regions);
        INSERT INTO migrated (name, region) VALUES ('a', 1), ('b', 2);
        ALTER TABLE migrated ADD COLUMN size integer DEFAULT 3;
        SELECT name, size FROM migrated ORDER BY name;
        CREATE INDEX ON migrated (size);
        UPDATE migrated SET size = 4 WHERE name = 'a' RETURNING name, size;
        SET search_path = hr, public;
        SELECT count(*) FROM migrated;
        DROP TABLE migrated;
        RESET search_path
    """
    both(query(script), query("SELECT count(*) FROM regions"))


def test_the_unnamed_statement_ends_with_such_a_text_too(both):
    both(parse("SELECT 1") + SYNC, query("CREATE TEMP TABLE m (id integer); DROP TABLE m"), bind() + execute() + SYNC)


def test_protocol_and_sql_share_prepared_statements(both):
    both(parse("SELECT $1::integer * 2", "p") + SYNC, query("EXECUTE p(21)"),
         query("PREPARE p AS SELECT 1"), query("DEALLOCATE p"), query("EXECUTE p(1)"), query("PREPARE q (integer) AS SELECT $1 + 1 AS sum"),
         describe("S", "q") + SYNC, bind(["4"], name="q") + describe() + execute() + SYNC, frame("C", b"Sq\0") + SYNC, query("EXECUTE q(1)"))


def test_deallocate_all_leaves_the_unnamed_statement(both):
    both(parse("SELECT 1", "named") + parse("DEALLOCATE ALL") + bind() + execute() + SYNC, bind(name="named") + SYNC, bind() + execute() + SYNC)


def test_several_commands_are_no_prepared_statement(both):
    both(parse("CREATE TEMP TABLE m (id integer); SELECT * FROM m") + SYNC, parse("SELECT 1; SELECT 2") + SYNC)


def test_a_failed_parse_ends_the_unnamed_statement(both):
    both(parse("SELECT 1") + SYNC, parse("SELECT nothing FROM regions") + SYNC, bind() + SYNC)


def test_discard(both):
    both(parse("SELECT 1", "named") + SYNC, query("DISCARD PLANS"), bind(name="named") + execute() + SYNC,
         query("DECLARE c CURSOR WITH HOLD FOR SELECT 1"), query("DISCARD ALL"), bind(name="named") + SYNC, query("FETCH c"))


def test_portals_of_the_protocol_and_cursors_of_sql_share_names(both):
    both(query("BEGIN"), query("DECLARE c CURSOR FOR SELECT id, name FROM regions ORDER BY id"), describe("P", "c") + execute("c", 2) + SYNC,
         query("FETCH 1 FROM c"), frame("C", b"Pc\0") + SYNC, query("FETCH 1 FROM c"), query("ROLLBACK"),
         query("BEGIN"), parse("SELECT id FROM regions ORDER BY id", "s") + bind(portal="p", name="s") + execute("p", 1) + SYNC,
         query("FETCH 2 FROM p"), query("MOVE BACKWARD 1 FROM p"), execute("p", 1) + SYNC, query("CLOSE p"), execute("p") + SYNC, query("ROLLBACK"))


def test_cursors_end_with_their_transaction_or_savepoint(both):
    both(query("BEGIN"), query("SAVEPOINT s"), query("DECLARE c CURSOR FOR SELECT 1"), query("ROLLBACK TO s"), query("FETCH c"), query("ROLLBACK"),
         query("BEGIN"), query("DECLARE c CURSOR FOR SELECT id FROM regions ORDER BY id"), query("SAVEPOINT s"), query("FETCH 1 FROM c"),
         query("SELECT 1/0"), query("ROLLBACK TO s"), query("FETCH 1 FROM c"), query("COMMIT"), query("FETCH 1 FROM c"),
         query("BEGIN"), query("DECLARE h CURSOR WITH HOLD FOR SELECT id FROM regions ORDER BY id"), query("COMMIT"), query("FETCH 1 FROM h"),
         query("BEGIN"), query("DECLARE h2 CURSOR WITH HOLD FOR SELECT 1"), query("ROLLBACK"), query("FETCH h2"), query("CLOSE ALL"), query("FETCH h"))


def test_a_prepared_statement_outlives_the_rollback_of_its_transaction(both):
    both(query("BEGIN"), query("PREPARE p AS SELECT 7"), query("ROLLBACK"), query("EXECUTE p"), query("DEALLOCATE p"))


def test_execute_through_the_extended_protocol(both):
    both(query("PREPARE p (integer) AS SELECT id, name FROM regions WHERE id > $1 ORDER BY id"),
         parse("EXECUTE p(1)", "e") + describe("S", "e") + bind(name="e") + describe() + execute(limit=1) + SYNC,
         bind(name="e", portal="x") + execute("x", 1) + execute("x", 1) + execute("x") + SYNC,
         parse("EXECUTE nosuch(1)") + bind() + execute() + SYNC, parse("FETCH 1 FROM nosuch") + bind() + execute() + SYNC)


def test_suspended_portals_with_others_in_between(both):
    both(query("BEGIN"), parse("SELECT id FROM regions ORDER BY id", "s") + bind(portal="p", name="s") + execute("p", 1) + FLUSH
         + bind(portal="q", name="s") + execute("q", 3) + query("SELECT 1"),
         execute("p", 1) + frame("C", b"Pp\0") + execute("p") + SYNC, query("ROLLBACK"))


def test_a_savepoint_in_a_pipeline_and_tables_made_in_it(both):
    both(parse("CREATE TEMP TABLE m (id integer)") + bind() + execute() + parse("INSERT INTO m VALUES (1)") + bind() + execute()
         + parse("SELECT * FROM m") + bind() + describe() + execute() + SYNC, query("DROP TABLE m"))


def test_the_transaction_after_an_error_in_a_pipeline_that_changes_names(both):
    both(parse("CREATE TEMP TABLE m (id integer)") + bind() + execute() + parse("SELECT 1/0") + bind() + execute()
         + parse("SELECT * FROM m") + bind() + execute() + SYNC, query("SELECT * FROM m"))


@pytest.mark.parametrize("statement", [
    "SELECT email, id, phone FROM customers WHERE id = 3", "SELECT c.*, name AS n, email AS e FROM customers c WHERE id = 3",
    "SELECT * FROM customer_directory WHERE id = 3", "SELECT x.email FROM (SELECT * FROM customers) x WHERE x.id = 3",
    "WITH w AS (SELECT email, id FROM customers) SELECT * FROM w WHERE id = 3", "SELECT number FROM cards WHERE id = 3",
    "SELECT amount, id FROM hr.salaries WHERE id = 3", "SELECT email FROM customers WHERE id = 3 UNION ALL SELECT email FROM customers WHERE id = 3",
    "SELECT email || '' AS x, min(email) FROM customers WHERE id = 3 GROUP BY 1", "SELECT * FROM customers JOIN cards USING (id) WHERE id = 3",
    "SELECT (SELECT email FROM customers WHERE id = 3)", "UPDATE customers SET city = city WHERE id = 3 RETURNING email, *", "TABLE clinic.vault LIMIT 0",
    "SELECT CASE WHEN true THEN email END, email::text, email::varchar(5) FROM customers WHERE id = 3", "SELECT DISTINCT email FROM customers WHERE id = 3",
    "SELECT c.email FROM customers c LEFT JOIN customers d ON c.id = d.id WHERE c.id = 3", "SELECT address FROM contact_list WHERE id = 3",
    "SELECT contact, contact_lower, aliases, facts FROM profiles WHERE id = 3", "SELECT ssn, rate FROM contractors LIMIT 0",
])
@through_sluice_only
def test_masked_columns_have_the_row_description_of_the_unmasked_ones(shop, upstream, statement):
    descriptions = []
    for port in (upstream.port, shop.port):
        with Wire(port).login("support-bot", PASSWORDS["support-bot"], "shop") as wire:
            simple = next(message for message in wire.simple(statement) if message.kind == "T")
            wire.send(parse(statement, "s"), describe("S", "s"), SYNC)
            of_statement = next(message for message in wire.until_ready() if message.kind == "T")
            wire.send(bind(name="s"), describe(), SYNC)
            of_portal = next(message for message in wire.until_ready() if message.kind == "T")
            descriptions.append([columns(message) for message in (simple, of_statement, of_portal)])
    assert descriptions[1] == descriptions[0]


@through_sluice_only
def test_cursors_and_prepared_statements_show_masks_with_the_row_description_of_values(shop):
    with shop.wire() as wire:
        plain = columns(wire.simple("SELECT email FROM customers LIMIT 0")[0])
        for text in ("PREPARE p AS SELECT email FROM customers WHERE id = $1; EXECUTE p(3)",
                     "DECLARE c CURSOR WITH HOLD FOR SELECT email FROM customers WHERE id = 3; FETCH c"):
            messages = wire.simple(text)
            assert values(messages) == [["tok-3"]]
            assert columns(next(message for message in messages if message.kind == "T")) == plain
        assert columns(wire.simple("EXECUTE p(4)")[0]) == plain
        wire.send(describe("P", "c"), SYNC)
        assert columns(wire.until_ready()[0]) == plain


@through_sluice_only
def test_an_execute_waits_for_its_approval_and_not_the_prepare(shop):
    with shop.wire("bulk-bot") as wire:
        assert kinds(wire.simple("PREPARE few (bigint) AS SELECT email FROM customers LIMIT $1")) == "CZ"
        assert kinds(wire.simple("EXECUTE few(5)")) == "TDDDDDCZ"
        assert sqlstate(wire.simple("EXECUTE few(150)")) == "SL001"
        assert sqlstate(wire.simple("CREATE TEMP TABLE copied AS EXECUTE few(150)")) == "SL001"
        assert sqlstate(wire.simple("EXPLAIN ANALYZE EXECUTE few(150)")) == "42501"
        wire.send(parse("SELECT email FROM customers LIMIT $1", "named"), SYNC)
        assert kinds(wire.until_ready()) == "1Z"
        assert sqlstate(wire.simple("EXECUTE named(150)")) == "SL001"


@through_sluice_only
def test_an_approval_is_for_one_execute_with_its_parameters(shop):
    with shop.wire("bulk-bot") as wire:
        wire.simple("PREPARE many (bigint) AS SELECT email FROM customers LIMIT $1")
        assert sqlstate(wire.simple("EXECUTE many(180)")) == "SL001"
        approver = shop.gateway.approver("bob")
        request = approver.wait_for_pending("EXECUTE many(180)")
        assert "PREPARE many (bigint) AS SELECT email" in str(request)
        approver.approve(request["id"], "looks right")
        assert sqlstate(wire.simple("EXECUTE many(181)")) == "SL001"
        assert kinds(wire.simple("EXECUTE many(180)")).count("D") == 180
        assert sqlstate(wire.simple("EXECUTE many(180)")) == "SL001"


@through_sluice_only
def test_a_migration_is_held_at_the_statement_that_needs_it(shop):
    with shop.wire() as wire, shop.approving("CREATE TABLE public.held"):
        messages = wire.simple("SELECT 1; CREATE TEMP TABLE m (id integer); CREATE TABLE public.held (id integer); SELECT * FROM m")
    assert kinds(messages) == "TDCCNCTCZ"
    with shop.wire() as wire, shop.approving("DROP TABLE public.held"):
        wire.simple("DROP TABLE public.held")


@through_sluice_only
def test_a_refused_statement_undoes_those_before_it(shop, upstream):
    with shop.wire() as wire:
        messages = wire.simple("CREATE TEMP TABLE m (id integer); INSERT INTO counters VALUES ('undone', 1); SELECT rolpassword FROM pg_authid; SELECT 1")
        assert (kinds(messages), sqlstate(messages)) == ("CCEZ", "42501")
        assert values(wire.simple("SELECT count(*) FROM counters WHERE name = 'undone'")) == [["0"]]
        assert sqlstate(wire.simple("SELECT * FROM m")) == "42P01"


@through_sluice_only
def test_listen_where_triggers_could_tell_masked_values(shop):
    with shop.wire() as wire:
        assert sqlstate(wire.simple("LISTEN account_changes")) == "42501"
        assert kinds(wire.simple("UNLISTEN *")) == "CZ"


def test_notifications_come_while_idle_and_in_order(shop):
    """Who sees everything in clear may listen."""
    with shop.wire("dana") as listener, shop.wire("dana") as other:
        assert kinds(listener.simple("LISTEN news")) == "CZ"
        for number in range(20):
            other.simple(f"NOTIFY news, '{number}'")
        heard = [listener.read() for _ in range(20)]
        assert [message.body[4:].split(b"\0")[1] for message in heard] == [str(number).encode() for number in range(20)]
        assert {struct.unpack_from("!i", message.body)[0] for message in heard} == {other.process_id}
        assert kinds(listener.simple("NOTIFY news, 'own'")) == "CAZ"
        assert struct.unpack_from("!i", listener.heard[-2].body)[0] == listener.process_id
        listener.simple("UNLISTEN news")
        other.simple("NOTIFY news, 'late'")
        assert kinds(listener.simple("SELECT 1")) == "TDCZ"


def test_psycopg_hears_notifications(shop):
    with psycopg.connect(shop.dsn("dana"), autocommit=True) as listener, psycopg.connect(shop.dsn("dana"), autocommit=True) as other:
        listener.execute("LISTEN driver")
        timer = threading.Timer(0, lambda: other.execute("NOTIFY driver, 'hello'"))
        timer.start()
        received = next(listener.notifies())
        timer.join()
        assert (received.channel, received.payload, received.pid) == ("driver", "hello", other.info.backend_pid)


def test_psycopg_prepared_statements_server_cursors_and_scripts(shop):
    with psycopg.connect(shop.dsn("dana")) as connection:
        for _ in range(3):
            assert connection.execute("SELECT %s::int + 1", [1], prepare=True).fetchone() == (2,)
        connection.rollback()
        with connection.cursor(name="c") as cursor:
            cursor.execute("SELECT id FROM regions ORDER BY id")
            assert [row[0] for row in cursor.fetchmany(3)] == [1, 2, 3]
        cursor = connection.cursor()
        cursor.execute("CREATE TEMP TABLE scripted (id int); INSERT INTO scripted VALUES (1); SELECT * FROM scripted")
        assert cursor.nextset() and cursor.nextset() and cursor.fetchall() == [(1,)]
