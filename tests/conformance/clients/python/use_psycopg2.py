"""psycopg2: the simple protocol, cursors with names, COPY, large objects, notices, asynchronous connections."""

import io
import select
import threading

import psycopg2
import psycopg2.errors
import psycopg2.extensions
import psycopg2.extras

from scenarios import expect, main, scenario


def connect(**options):
    return psycopg2.connect("", **options)


def rows(connection, statement, parameters=None):
    cursor = connection.cursor()
    cursor.execute(statement, parameters)
    return cursor.fetchall()


@scenario
def every_type_there_and_back(connection):
    connection.cursor().execute("SET extra_float_digits = 3")
    for row in rows(connection, "SELECT * FROM everything ORDER BY id"):
        yield from map(repr, row)


@scenario
def columns_of_a_result(connection):
    cursor = connection.cursor()
    cursor.execute("SELECT id, title AS t, price, pages, tags, 1 AS one, 'x' AS unknown, b FROM books b LIMIT 0")
    yield from ([tuple(column), column.table_column] for column in cursor.description)
    yield cursor.statusmessage, cursor.rowcount


@scenario
def parameters_of_many_kinds(connection):
    import datetime
    import decimal
    values = (1, 1.5, decimal.Decimal("1.50"), "it's \\ é", None, True, datetime.date(2024, 2, 29), [1, 2], (1, 2), memoryview(b"\0\xff"))
    yield rows(connection, "SELECT %s, %s, %s, %s, %s, %s, %s, %s, 2 IN %s, %s::text", values)
    yield rows(connection, "SELECT %(a)s || %(b)s, '100%%'", {"a": "x", "b": "y"})


@scenario
def errors_by_class(connection):
    connection.autocommit = True
    for statement in ("SELECT 1/0", "SELEC 1", "SELECT nosuch", "SELECT * FROM nosuch", "SELECT nosuch()", "INSERT INTO authors (name) VALUES (NULL)",
                      "INSERT INTO authors (name) VALUES ('author 1')", "INSERT INTO books (author_id, title) VALUES (0, 'x')", "SELECT 'x'::int",
                      "INSERT INTO books (author_id, title, price) VALUES (1, 'x', 10000)", "SELECT fail_with('é')", "",
                      "INSERT INTO books (author_id, title) VALUES (1, repeat('x', 101))", "SET nosuch = 1", "SELECT pg_sleep('x')"):
        yield expect(psycopg2.Error, connection.cursor().execute, statement)
    try:
        connection.cursor().execute("INSERT INTO authors (name) VALUES ('author 1')")
    except psycopg2.Error as failure:
        yield [(name, getattr(failure.diag, name)) for name in dir(failure.diag) if not name.startswith("_") and name != "source_line"]


@scenario
def transactions(connection):
    cursor = connection.cursor()
    yield connection.status, connection.get_transaction_status()
    cursor.execute("INSERT INTO counters VALUES ('psycopg2', 1)")
    yield connection.get_transaction_status()
    yield expect(psycopg2.Error, cursor.execute, "SELECT 1/0")
    yield connection.get_transaction_status()
    yield expect(psycopg2.Error, cursor.execute, "SELECT 1")
    connection.rollback()
    yield rows(connection, "SELECT count(*) FROM counters WHERE name = 'psycopg2'")
    connection.rollback()
    for level in ("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE", "READ UNCOMMITTED"):
        connection.set_session(isolation_level=level, readonly=True, deferrable=True)
        yield rows(connection, "SHOW transaction_isolation"), rows(connection, "SHOW transaction_read_only"), rows(connection, "SHOW transaction_deferrable")
        yield expect(psycopg2.Error, cursor.execute, "INSERT INTO counters VALUES ('x', 1)")
        connection.rollback()


@scenario
def two_phase_commit(connection):
    xid = connection.xid(1, "global", "branch")
    connection.tpc_begin(xid)
    yield expect(psycopg2.Error, connection.cursor().execute, "INSERT INTO counters VALUES ('twophase', 1)")
    yield expect(psycopg2.Error, connection.tpc_rollback)


@scenario
def cursors_with_names(connection):
    with connection.cursor("pieces", scrollable=True) as cursor:
        cursor.itersize = 7
        cursor.execute("SELECT id, title FROM books ORDER BY id")
        yield cursor.fetchmany(3)
        cursor.scroll(10)
        yield cursor.fetchone()
        cursor.scroll(-5)
        yield cursor.fetchone()
        yield sum(1 for _ in cursor)
    with connection.cursor("held", withhold=True) as cursor:
        cursor.execute("SELECT generate_series(1, 5)")
        connection.commit()
        yield cursor.fetchall()
    function = connection.cursor()
    function.callproc("cursor_on_books")
    name = function.fetchone()[0]
    yield connection.cursor(name).fetchmany(2)


@scenario
def copy_both_ways(connection):
    cursor = connection.cursor()
    cursor.copy_from(io.StringIO("".join(f"copied {i}\t{i}\n" for i in range(3000))), "counters", columns=("name", "value"))
    yield cursor.rowcount
    out = io.StringIO()
    cursor.copy_to(out, "authors", columns=("id", "name", "home"))
    yield out.getvalue()
    for options in ("CSV HEADER", "CSV FORCE QUOTE name", "NULL 'nil' DELIMITER '|'"):
        out = io.StringIO()
        cursor.copy_expert(f"COPY (SELECT id, name, born FROM authors WHERE id < 4) TO STDOUT {options}", out)
        yield out.getvalue()
    binary = io.BytesIO()
    cursor.copy_expert("COPY (SELECT name, value FROM counters WHERE name LIKE 'copied 1%' ORDER BY 1) TO STDOUT (FORMAT binary)", binary)
    yield len(binary.getvalue()), binary.getvalue()[:80]
    cursor.execute("DELETE FROM counters WHERE name LIKE 'copied%'")
    binary.seek(0)
    cursor.copy_expert("COPY counters (name, value) FROM STDIN (FORMAT binary)", binary)
    yield cursor.rowcount
    yield expect(psycopg2.Error, cursor.copy_expert, "COPY counters FROM STDIN", io.StringIO("a\t1\nb\tnot a number\n"))
    connection.rollback()

    class Broken:
        def read(self, size):
            raise ValueError("no more")
    yield expect(psycopg2.Error, cursor.copy_expert, "COPY counters FROM STDIN", Broken())
    connection.rollback()
    yield rows(connection, "SELECT 1")


@scenario
def large_objects(connection):
    large = connection.lobject()
    large.write("hello ")
    large.write("large world")
    large.seek(6)
    yield large.read(), large.tell()
    large.truncate(5)
    large.seek(0)
    yield large.read()
    large.close()
    large.unlink()


@scenario
def notices_and_warnings(connection):
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("SELECT remark('one'), remark('two')")
    cursor.execute("SET LOCAL timezone = 'UTC'; COMMIT; DROP TABLE IF EXISTS nosuch; SELECT 'last'")
    yield connection.notices
    yield cursor.fetchall()


@scenario
def listen_and_notify(connection):
    connection.autocommit = True
    connection.cursor().execute("LISTEN jobs")
    other = connect()
    other.autocommit = True
    other.cursor().execute("NOTIFY jobs, 'one'; NOTIFY jobs; SELECT pg_notify('jobs', 'é'); NOTIFY unheard")
    while len(connection.notifies) < 3:
        select.select([connection], [], [], 5)
        connection.poll()
    yield [(n.channel, n.payload, n.pid == other.get_backend_pid()) for n in connection.notifies]
    connection.notifies.clear()
    connection.cursor().execute("NOTIFY jobs, 'to myself'; UNLISTEN *")
    yield [(n.payload, n.pid == connection.get_backend_pid()) for n in connection.notifies]
    other.close()


@scenario
def cancel(connection):
    timer = threading.Timer(0.3, connection.cancel)
    timer.start()
    yield expect(psycopg2.Error, connection.cursor().execute, "SELECT pg_sleep(20)")
    timer.join()
    connection.rollback()
    connection.cancel()
    yield rows(connection, "SELECT 'alive'")


@scenario
def an_asynchronous_connection(connection):
    other = psycopg2.connect("", async_=1)
    psycopg2.extras.wait_select(other)
    cursor = other.cursor()
    cursor.execute("SELECT count(*) FROM books; SELECT 2")
    yield other.isexecuting()
    psycopg2.extras.wait_select(other)
    yield cursor.fetchall(), other.isexecuting()
    other.close()


@scenario
def settings_and_parameters(connection):
    for name in ("server_version", "server_encoding", "client_encoding", "is_superuser", "session_authorization", "DateStyle", "IntervalStyle",
                 "TimeZone", "integer_datetimes", "standard_conforming_strings", "application_name", "in_hot_standby", "nosuch"):
        yield name, connection.get_parameter_status(name)
    cursor = connection.cursor()
    cursor.execute("SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German'")
    yield connection.get_parameter_status("TimeZone"), connection.get_parameter_status("DateStyle"), rows(connection, "SELECT '2024-02-29'::date::text")
    connection.rollback()
    yield connection.get_parameter_status("TimeZone")
    for encoding in ("LATIN1", "UTF8", "WIN1252"):
        yield expect(psycopg2.Error, connection.set_client_encoding, encoding), connection.encoding
        yield expect(psycopg2.Error, rows, connection, "SELECT 'é', length('é')")
        connection.rollback()
    connection.reset()
    yield rows(connection, "SHOW client_encoding")


@scenario
def start_up_options(connection):
    other = connect(options="-c intervalstyle=iso_8601 -c statement_timeout=12345 -c search_path=pg_catalog", application_name="a tool\n")
    yield rows(other, "SELECT '1 day'::interval::text, current_schemas(true)"), rows(other, "SHOW statement_timeout"), rows(other, "SHOW application_name")
    cursor = other.cursor()
    cursor.execute("SET search_path = public; RESET search_path")
    yield rows(other, "SHOW search_path")
    other.close()
    for options in ("-c nosuch=1", "-c statement_timeout=x", "-c work_mem=1MB", "-c my.setting=7", "-c client_encoding=latin1"):
        yield expect(psycopg2.Error, lambda options=options: rows(connect(options=options), "SHOW work_mem"))
    yield expect(psycopg2.Error, lambda: connect(dbname="nosuch"))


@scenario
def who_and_where(connection):
    info = connection.info
    yield info.dbname, info.user, info.server_version, info.protocol_version, info.ssl_in_use, info.needs_password
    yield rows(connection, "SELECT pg_backend_pid()") == [(info.backend_pid,)]
    yield rows(connection, "SELECT current_user, session_user, current_database(), current_schema(), pg_is_in_recovery(), inet_server_port() > 0")


@scenario
def extras(connection):
    cursor = connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor)
    cursor.execute("SELECT id, name, home FROM authors WHERE id = 1")
    yield cursor.fetchall()
    psycopg2.extras.register_composite("place", connection)
    psycopg2.extras.register_uuid(conn_or_curs=connection)
    yield rows(connection, "SELECT home FROM authors WHERE id = 2")
    yield psycopg2.extras.execute_values(connection.cursor(), "INSERT INTO counters VALUES %s RETURNING *", [(f"c{i}", i) for i in range(250)], fetch=True)[-2:]
    psycopg2.extras.execute_batch(connection.cursor(), "UPDATE counters SET value = value + %s WHERE name = %s", [(i, f"c{i}") for i in range(250)])
    yield rows(connection, "SELECT sum(value) FROM counters WHERE name ~ '^c\\d'")
    try:
        yield psycopg2.extras.HstoreAdapter.get_oids(connection)
    except psycopg2.Error as failure:
        yield str(failure)


@scenario
def statements_by_name_and_temporary_tables(connection):
    cursor = connection.cursor()
    cursor.execute("PREPARE plan (int) AS SELECT title FROM books WHERE id = $1")
    yield rows(connection, "EXECUTE plan (7)")
    cursor.execute("DEALLOCATE plan")
    cursor.execute("CREATE TEMP TABLE mine (id int, note text) ON COMMIT DROP; INSERT INTO mine SELECT i, 'n' || i FROM generate_series(1, 9) i")
    yield rows(connection, "SELECT count(*), max(note) FROM mine"), rows(connection, "SELECT * FROM pg_temp.mine WHERE id = 3")
    connection.commit()
    yield expect(psycopg2.Error, rows, connection, "SELECT * FROM mine")


@scenario
def changes_of_the_schema_in_a_transaction(connection):
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE fresh (id serial PRIMARY KEY, note text DEFAULT 'none')")
    cursor.execute("ALTER TABLE fresh ADD COLUMN extra integer")
    cursor.execute("INSERT INTO fresh (extra) VALUES (1), (2) RETURNING *")
    yield cursor.fetchall()
    cursor.execute("CREATE FUNCTION two() RETURNS int LANGUAGE sql AS 'SELECT 2'")
    yield expect(psycopg2.Error, rows, connection, "SELECT two()")
    connection.rollback()
    yield expect(psycopg2.Error, rows, connection, "SELECT * FROM fresh")


@scenario
def masked_values(connection):
    cursor = connection.cursor()
    cursor.execute("SELECT * FROM contacts ORDER BY id LIMIT 3")
    yield [column.name for column in cursor.description], [(column.type_code, column.internal_size) for column in cursor.description]
    yield cursor.fetchall()
    yield rows(connection, "SELECT c, email || phone FROM contacts c WHERE id = %s", (7,))
    yield rows(connection, "SELECT email FROM directory ORDER BY id LIMIT 2")
    with connection.cursor("pieces") as pieces:
        pieces.itersize = 11
        pieces.execute("SELECT id, email, card FROM contacts ORDER BY id")
        yield list(pieces)[-2:]
    out = io.StringIO()
    connection.cursor().copy_expert("COPY contacts TO STDOUT", out)
    yield sorted(out.getvalue().splitlines())[:3]


main(connect)
