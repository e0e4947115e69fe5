"""psycopg 3: the extended protocol, binary values, pipelines, cursors of both kinds, COPY, automatic prepared statements."""

import datetime
import decimal
import threading
import uuid

import psycopg
from psycopg import sql
from psycopg.rows import dict_row, namedtuple_row
from psycopg.types.json import Jsonb

from scenarios import expect, main, scenario


def connect(**options):
    return psycopg.connect("", autocommit=True, **options)


def rows(connection, statement, parameters=None, **options):
    return connection.execute(statement, parameters, **options).fetchall()


@scenario
def every_type_in_text_and_binary(connection):
    for binary in (False, True):
        cursor = connection.cursor(binary=binary)
        for name in [column.name for column in cursor.execute("SELECT * FROM everything LIMIT 0").description]:
            yield name, expect(psycopg.Error, lambda name=name: cursor.execute(sql.SQL("SELECT {} FROM everything ORDER BY id").format(sql.Identifier(name)))
                               .fetchall())


@scenario
def raw_values_of_both_formats(connection):
    for result_format in (0, 1):
        result = connection.pgconn.exec_params(b"SELECT * FROM everything ORDER BY id", [], result_format=result_format)
        for row in range(result.ntuples):
            yield [result.get_value(row, column) for column in range(result.nfields)]
        yield [(result.fname(c), result.ftype(c), result.fmod(c), result.fsize(c), result.fformat(c), result.ftablecol(c)) for c in range(result.nfields)]


@scenario
def parameters_of_many_kinds(connection):
    values = [1, 2**40, 2**70, 1.5, decimal.Decimal("1.50"), "it's é", None, True, datetime.date(2024, 2, 29), datetime.timedelta(1, 2, 3),
              datetime.datetime(2024, 2, 29, 1, 2, 3, tzinfo=datetime.timezone.utc), [1, 2], ["a", None], b"\0\xff", uuid.UUID(int=5), Jsonb({"a": 1})]
    for value in values:
        for kind in ("%s", "%t", "%b"):
            yield expect(psycopg.Error, rows, connection, f"SELECT {kind}", [value])
    yield rows(connection, "SELECT %(a)s::int + %(b)s, '100%%'", {"a": 1, "b": 2})
    yield rows(connection, "SELECT title FROM books WHERE id = ANY(%s) ORDER BY id", [[1, 3]])
    yield expect(psycopg.Error, rows, connection, "SELECT %s + 'x'", [1])
    yield expect(psycopg.Error, rows, connection, "SELECT %s; SELECT %s", [1, 2])


@scenario
def description_of_statements(connection):
    connection.pgconn.prepare(b"st", b"SELECT id, title, $1::int4 + pages, $2 FROM books WHERE author_id = $3 AND tags @> $4")
    described = connection.pgconn.describe_prepared(b"st")
    yield [described.param_type(i) for i in range(described.nparams)]
    yield [(described.fname(c), described.ftype(c), described.fmod(c), described.ftable(c) != 0) for c in range(described.nfields)]
    yield connection.pgconn.exec_prepared(b"st", [b"1", b"x", b"2", b"{all}"]).get_value(0, 2)
    yield connection.pgconn.describe_prepared(b"nosuch").error_message
    yield connection.pgconn.describe_portal(b"nosuch").error_message
    yield connection.pgconn.prepare(b"st", b"SELECT 1").error_message
    yield connection.pgconn.exec_prepared(b"nosuch", []).error_message
    yield connection.pgconn.exec_prepared(b"st", [b"1"]).error_message
    connection.execute("DEALLOCATE st")
    yield connection.pgconn.exec_prepared(b"st", []).error_message
    connection.execute("PREPARE by_sql (int) AS SELECT $1 * 2")
    yield connection.pgconn.exec_prepared(b"by_sql", [b"21"]).get_value(0, 0)
    yield connection.pgconn.exec_(b"").status, connection.pgconn.exec_params(b"", []).status


@scenario
def automatic_prepared_statements(connection):
    connection.prepare_threshold = 2
    connection.prepared_max = 3
    for i in range(12):
        yield rows(connection, f"SELECT {i % 4}, title FROM books WHERE id = %s", [i])
    yield rows(connection, "SELECT 'prepared'", prepare=True), rows(connection, "SELECT 'not prepared'", prepare=False)
    connection.execute("CREATE TABLE changing (a int)")
    for _ in range(3):
        rows(connection, "SELECT * FROM changing")
    connection.execute("ALTER TABLE changing ADD b text")
    yield expect(psycopg.Error, rows, connection, "SELECT * FROM changing")
    connection.execute("DROP TABLE changing")


@scenario
def pipelines(connection):
    with connection.pipeline() as pipeline:
        cursors = [connection.execute("SELECT %s::int AS n, title FROM books WHERE id = %s", [i, i]) for i in range(1, 101)]
        pipeline.sync()
        yield [cursor.fetchone() for cursor in cursors][-2:]
    yield connection.info.transaction_status.name

    def broken():
        with connection.pipeline():
            connection.execute("INSERT INTO counters VALUES ('pipeline', 1)")
            connection.execute("SELECT 1/0")
            connection.execute("INSERT INTO counters VALUES ('never', 1)")
    yield expect(psycopg.Error, broken)
    yield rows(connection, "SELECT name FROM counters WHERE name IN ('pipeline', 'never')")
    with connection.pipeline(), connection.transaction():
        connection.execute("INSERT INTO counters VALUES ('in pipeline', 1)")
        cursor = connection.execute("DELETE FROM counters WHERE name = 'in pipeline' RETURNING *")
        yield cursor.fetchall()
    with connection.pipeline():
        cursor = connection.cursor()
        cursor.executemany("SELECT %s::int", [(i,) for i in range(5)], returning=True)
        seen = [cursor.fetchone()]
        while cursor.nextset():
            seen.append(cursor.fetchone())
        yield seen


@scenario
def a_pipeline_with_errors_by_message(connection):
    raw = connection.pgconn
    raw.enter_pipeline_mode()
    for statement in (b"SELECT 1", b"SELECT 1/0", b"SELECT 3"):
        raw.send_query_params(statement, [])
    raw.pipeline_sync()
    raw.send_query_params(b"SELECT nosuch", [])
    raw.send_prepare(b"x", b"SELECT 4")
    raw.pipeline_sync()
    raw.send_query_params(b"SELECT 5", [])
    raw.send_flush_request()
    raw.send_query_params(b"SELECT 6", [])
    raw.pipeline_sync()
    while raw.flush():
        pass
    syncs = 0
    while syncs < 3:
        result = raw.get_result()
        if result is None:
            continue
        yield result.status, result.error_message if result.error_message else [result.get_value(0, c) for c in range(result.nfields) if result.ntuples]
        syncs += result.status == psycopg.pq.ExecStatus.PIPELINE_SYNC
    raw.exit_pipeline_mode()
    yield rows(connection, "SELECT 'after'")


@scenario
def thousands_of_statements_before_the_first_answer_is_read(connection):
    connection.execute("CREATE TEMP TABLE piled (id int PRIMARY KEY, v text)")
    with connection.pipeline():
        cursor = connection.cursor()
        cursor.executemany("INSERT INTO piled VALUES (%s, %s)", [(i, "x" * 500) for i in range(5000)])
        long = [connection.execute("SELECT repeat('y', 20000) AS y") for _ in range(200)]
        yield sum(len(one.fetchone()[0]) for one in long)
    yield rows(connection, "SELECT count(*), sum(length(v)) FROM piled")

    def clash():
        with connection.pipeline():
            connection.cursor().executemany("INSERT INTO piled VALUES (%s, 'again')", [(i,) for i in range(6000, 3000, -1)])
    yield expect(psycopg.errors.UniqueViolation, clash)
    yield rows(connection, "SELECT count(*) FROM piled")


@scenario
def portals_that_are_read_in_pieces(connection):
    raw = connection.pgconn
    with connection.transaction():
        connection.execute("DECLARE c CURSOR FOR SELECT i, repeat('z', i) FROM generate_series(1, 10) i")
        described = raw.describe_portal(b"c")
        yield [(described.fname(c), described.ftype(c)) for c in range(described.nfields)]
        for statement in (b"FETCH 2 FROM c", b"MOVE 3 IN c", b"FETCH ALL FROM c", b"FETCH 1 FROM c", b"CLOSE c"):
            result = raw.exec_params(statement, [], result_format=1)
            yield result.command_status, [result.get_value(row, 0) for row in range(result.ntuples)]


@scenario
def server_cursors(connection):
    with connection.transaction():
        with connection.cursor("pieces", scrollable=True) as cursor:
            cursor.itersize = 9
            cursor.execute("SELECT id, title FROM books WHERE author_id = %s ORDER BY id", [3])
            yield [column.name for column in cursor.description], cursor.fetchmany(2)
            cursor.scroll(3)
            yield cursor.fetchone()
            cursor.scroll(0, mode="absolute")
            yield len(cursor.fetchall())
        with connection.cursor("bin", binary=True) as cursor:
            cursor.execute("SELECT id, price, tags FROM books ORDER BY id")
            yield cursor.fetchmany(2)
    with connection.cursor("held", withhold=True) as cursor:
        cursor.execute("SELECT generate_series(1, 5)")
        yield cursor.fetchall()
    yield expect(psycopg.Error, connection.cursor("lost").execute, "SELECT 1")


@scenario
def streaming(connection):
    cursor = connection.cursor()
    yield sum(row[0] for row in cursor.stream("SELECT id FROM books"))
    stream = cursor.stream("SELECT 10 / (5 - i) FROM generate_series(1, 9) i")
    yield expect(psycopg.Error, lambda: [row for row in stream])
    yield rows(connection, "SELECT 'alive'")


@scenario
def copy_both_ways(connection):
    cursor = connection.cursor()
    with cursor.copy("COPY counters (name, value) FROM STDIN") as copy:
        for i in range(500):
            copy.write_row((f"row {i}", i))
    yield cursor.rowcount, cursor.statusmessage
    with cursor.copy("COPY (SELECT * FROM counters WHERE value > %s ORDER BY value) TO STDOUT", [496]) as copy:
        yield list(copy.rows())
    with cursor.copy("COPY (SELECT id, a_text, ints, a_jsonb FROM everything ORDER BY id) TO STDOUT (FORMAT binary)") as copy:
        copy.set_types(["int4", "text", "int4[]", "jsonb"])
        yield list(copy.rows())
    with cursor.copy("COPY counters FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["text", "int8"])
        copy.write_row(("binary row", 7))
    yield rows(connection, "DELETE FROM counters WHERE name LIKE '%row%' RETURNING 1").__len__()

    def fails(block):
        with cursor.copy("COPY counters FROM STDIN") as copy:
            block(copy)
    yield expect(psycopg.Error, fails, lambda copy: copy.write("x\tnot a number\n"))
    yield expect(psycopg.Error, fails, lambda copy: copy.write(str(1 / 0)))
    with cursor.copy("COPY authors TO STDOUT") as copy:
        yield b"".join(bytes(piece) for piece in copy)[:40]
    yield rows(connection, "SELECT 'alive'")


@scenario
def transactions(connection):
    with connection.transaction():
        connection.execute("INSERT INTO counters VALUES ('outer', 1)")
        yield expect(psycopg.Error, _nested, connection)
        yield connection.info.transaction_status.name
        with connection.transaction(force_rollback=True):
            connection.execute("DELETE FROM counters")
        yield rows(connection, "SELECT name FROM counters WHERE name = 'outer'")
        raise psycopg.Rollback()
    yield rows(connection, "SELECT count(*) FROM counters WHERE name = 'outer'")
    connection.autocommit = False
    connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
    connection.read_only, connection.deferrable = True, True
    yield rows(connection, "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only'), current_setting('transaction_deferrable')")
    yield expect(psycopg.Error, rows, connection, "INSERT INTO counters VALUES ('x', 1) RETURNING 1")
    yield connection.info.transaction_status.name
    connection.rollback()


def _nested(connection):
    with connection.transaction():
        connection.execute("INSERT INTO counters VALUES ('inner', 1)")
        connection.execute("SELECT 1/0")


@scenario
def notifications(connection):
    connection.execute("LISTEN jobs")
    other = connect()
    other.execute("NOTIFY jobs, 'one'")
    other.execute("SELECT pg_notify('jobs', 'two')")
    seen = []
    for note in connection.notifies():
        seen.append((note.channel, note.payload, note.pid == other.info.backend_pid))
        if len(seen) == 2:
            break
    yield seen
    other.close()


@scenario
def notices_with_all_fields(connection):
    seen = []
    connection.add_notice_handler(lambda diagnostic: seen.append([getattr(diagnostic, name) for name in (
        "severity", "severity_nonlocalized", "sqlstate", "message_primary", "message_detail", "message_hint", "context")]))
    connection.execute("SELECT remark('x')")
    connection.execute("DROP TABLE IF EXISTS nosuch")
    yield seen
    try:
        connection.execute("INSERT INTO authors (name) VALUES (%s)", ["author 1"])
    except psycopg.Error as failure:
        yield [getattr(failure.diag, name) for name in ("severity", "sqlstate", "message_primary", "message_detail", "schema_name", "table_name",
                                                         "column_name", "datatype_name", "constraint_name")]


@scenario
def cancel(connection):
    timer = threading.Timer(0.3, connection.cancel)
    timer.start()
    yield expect(psycopg.Error, connection.execute, "SELECT pg_sleep(20)")
    timer.join()
    yield rows(connection, "SELECT 'alive'")


@scenario
def types_found_by_name(connection):
    from psycopg.types import TypeInfo
    from psycopg.types.composite import CompositeInfo, register_composite
    from psycopg.types.enum import EnumInfo
    from psycopg.types.range import RangeInfo
    yield TypeInfo.fetch(connection, "int4").array_oid, TypeInfo.fetch(connection, "nosuch")
    yield EnumInfo.fetch(connection, "mood").labels, RangeInfo.fetch(connection, "int4range").subtype_oid
    place = CompositeInfo.fetch(connection, "place")
    register_composite(place, connection)
    yield rows(connection, "SELECT home FROM authors WHERE id = 1"), rows(connection, "SELECT (%s::place).town", [place.python_type("a", "b")])
    yield expect(psycopg.Error, rows, connection, "SELECT %s::mood", ["sad"])


@scenario
def row_factories(connection):
    yield connection.cursor(row_factory=dict_row).execute("SELECT id, name FROM authors WHERE id = 1").fetchone()
    yield connection.cursor(row_factory=namedtuple_row).execute("SELECT id, name AS n FROM authors WHERE id = 2").fetchone()
    cursor = psycopg.ClientCursor(connection)
    yield cursor.mogrify("SELECT %s", ["it's"]), cursor.execute("SELECT %s; SELECT %s", [1, "two"]).fetchall(), cursor.nextset(), cursor.fetchall()


@scenario
def functions_and_procedures(connection):
    yield rows(connection, "SELECT add_one(%s)", [1])
    yield expect(psycopg.Error, rows, connection, "SELECT * FROM titles_of(%s) LIMIT 2", [3])
    yield rows(connection, "CALL bump(%s)", [5])
    yield expect(psycopg.Error, rows, connection, "SELECT fail_with(%s)", ["é"])
    yield expect(psycopg.Error, connection.execute, "DO $$BEGIN RAISE division_by_zero; END$$")


@scenario
def masked_in_text_and_binary(connection):
    for binary in (False, True):
        cursor = connection.cursor(binary=binary)
        cursor.execute("SELECT * FROM contacts ORDER BY id LIMIT 2")
        yield [(column.name, column.type_code, column.display_size, column.precision, column.scale) for column in cursor.description]
        yield cursor.fetchall()
        yield cursor.execute("SELECT email, card FROM contacts c WHERE id = %s", [5]).fetchall()
        yield cursor.execute("SELECT array_agg(email ORDER BY id) FROM contacts WHERE id < 4").fetchall()
    result = connection.pgconn.exec_params(b"SELECT * FROM contacts ORDER BY id LIMIT 1", [], result_format=1)
    yield [(result.get_value(0, c), result.ftype(c), result.fmod(c)) for c in range(result.nfields)]


@scenario
def masked_whole_rows(connection):
    for binary in (False, True):
        yield connection.cursor(binary=binary).execute("SELECT c FROM contacts c WHERE id = %s", [5]).fetchall()


@scenario
def masked_in_pipelines_cursors_and_copies(connection):
    with connection.pipeline():
        cursors = [connection.execute("SELECT email FROM contacts WHERE id = %s", [i]) for i in range(1, 6)]
        yield [cursor.fetchone() for cursor in cursors]
    with connection.transaction(), connection.cursor("pieces", binary=True) as cursor:
        cursor.itersize = 40
        yield list(cursor.execute("SELECT id, phone, salary FROM contacts ORDER BY id"))[-2:]
    for options in ("", "(FORMAT binary)"):
        with connection.cursor().copy(f"COPY (SELECT id, email, card FROM contacts WHERE id < 3 ORDER BY id) TO STDOUT {options}") as copy:
            yield [bytes(piece) for piece in copy]
    connection.prepare_threshold = 0
    yield [rows(connection, "SELECT card FROM contacts WHERE id = %s", [i]) for i in (1, 2)]
    yield list(connection.cursor().stream("SELECT email FROM directory WHERE id < 4 ORDER BY id"))


main(connect)
