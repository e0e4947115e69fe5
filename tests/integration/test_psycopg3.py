"""psycopg 3: the extended protocol, binary results, pipelines and streaming."""

import threading
import uuid
from datetime import date, datetime, timezone
from decimal import Decimal

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from conftest import through_sluice_only
from harness import eventually


@pytest.fixture
def connection(shop):
    with psycopg.connect(shop.dsn(), autocommit=True) as connection:
        yield connection


def test_one_session_meets_every_verdict(shop, connection):
    assert connection.execute("SELECT name FROM customers WHERE id = %s", (3,)).fetchone() == ("Ada 3",)
    assert connection.execute("SELECT email FROM customers WHERE id = %s", (3,), prepare=True).fetchone() == (shop.email(3),)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", ("postgres",))
    notices = []
    connection.add_notice_handler(notices.append)
    with shop.approving("psycopg3_held"):
        connection.execute("CREATE TABLE psycopg3_held (id integer)")
    assert connection.execute("INSERT INTO psycopg3_held VALUES (%s) RETURNING id", (4,)).fetchone() == (4,)
    assert bool(notices) == (shop._gateway is not None)


def test_every_common_type_in_binary_and_in_text(connection):
    values = (7, 2**40, 1.5, Decimal("12.340"), True, "héllo", b"\x00\xff", date(2024, 2, 29), datetime(2024, 1, 2, 3, 4, 5, tzinfo=timezone.utc),
              uuid.UUID(int=5), Jsonb({"a": [1, None]}), [1, 2, 3], None)
    statement = "SELECT %s::int, %s::bigint, %s::float8, %s::numeric, %s::bool, %s::text, %s::bytea, %s::date, %s::timestamptz, %s::uuid, %s::jsonb, %s::int[], %s::text"
    expected = tuple({"a": [1, None]} if isinstance(value, Jsonb) else value for value in values)
    for binary in (False, True):
        assert connection.cursor(binary=binary).execute(statement, values).fetchone() == expected


def test_binary_results_of_masked_columns(shop, connection):
    cursor = connection.cursor(binary=True, row_factory=dict_row)
    row = cursor.execute("SELECT * FROM customers WHERE id = 5").fetchone()
    assert row["email"] == shop.email(5) and row["id"] == 5 and isinstance(row["joined"], date)


def test_a_statement_is_prepared_after_a_few_executions(shop, connection):
    connection.prepare_threshold = 2
    for i in range(1, 21):
        assert connection.execute("SELECT id, email FROM customers WHERE id = %s", (i,)).fetchone() == (i, shop.email(i))


def test_many_prepared_statements_are_closed_again(connection):
    connection.prepare_threshold, connection.prepared_max = 0, 5
    for i in range(30):
        assert connection.execute(f"SELECT %s::int + {i}", (i,)).fetchone() == (2 * i,)


def test_a_pipeline_of_a_thousand_statements(connection):
    with connection.pipeline():
        cursors = [connection.execute("SELECT %s::int, name FROM customers WHERE id = %s", (i, i % 200 + 1)) for i in range(1000)]
        answers = [cursor.fetchone()[0] for cursor in cursors]
    assert answers == list(range(1000))


def test_an_error_in_a_pipeline_skips_to_the_next_sync(connection):
    with pytest.raises(psycopg.errors.DivisionByZero):
        with connection.pipeline() as pipeline:
            connection.execute("INSERT INTO counters VALUES ('pipeline', 1)")
            failing = connection.execute("SELECT 1/%s", (0,))
            connection.execute("SELECT 2")
            pipeline.sync()
            failing.fetchone()
    assert connection.execute("SELECT count(*) FROM counters WHERE name = 'pipeline'").fetchone() == (0,)


def test_a_refused_statement_in_a_pipeline_skips_to_the_next_sync(connection):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        with connection.pipeline() as pipeline:
            connection.execute("INSERT INTO counters VALUES ('pipeline2', 1)")
            failing = connection.execute("SELECT rolpassword FROM pg_authid")
            connection.execute("SELECT 2")
            pipeline.sync()
            failing.fetchone()
    assert connection.execute("SELECT count(*) FROM counters WHERE name = 'pipeline2'").fetchone() == (0,)


def test_executemany_with_returning(connection):
    with connection.transaction(force_rollback=True):
        cursor = connection.cursor()
        cursor.executemany("INSERT INTO tasks (id, title) VALUES (%s, %s) RETURNING id", [(6000 + i, "many") for i in range(200)], returning=True)
        ids = [cursor.fetchone()[0]]
        while cursor.nextset():
            ids.append(cursor.fetchone()[0])
    assert ids == list(range(6000, 6200))


def test_server_side_cursors(shop, connection):
    with connection.transaction(), connection.cursor("server_side") as cursor:
        cursor.execute("SELECT id, email FROM customers ORDER BY id")
        assert cursor.fetchmany(2) == [(1, shop.email(1)), (2, shop.email(2))]
        cursor.scroll(100)
        assert cursor.fetchone() == (103, shop.email(103))


def test_nested_transactions(connection):
    with connection.transaction(force_rollback=True):
        connection.execute("INSERT INTO counters VALUES ('outer', 1)")
        with pytest.raises(psycopg.errors.DivisionByZero), connection.transaction():
            connection.execute("INSERT INTO counters VALUES ('inner', 1)")
            connection.execute("SELECT 1/0")
        assert connection.execute("SELECT name FROM counters WHERE name IN ('outer', 'inner')").fetchall() == [("outer",)]


def test_copy_both_ways_and_binary(connection):
    with connection.transaction(force_rollback=True):
        cursor = connection.cursor()
        with cursor.copy("COPY tasks (id, title, priority) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["int4", "text", "int4"])
            for i in range(3000):
                copy.write_row((20000 + i, f"row {i}", i % 5))
        with cursor.copy("COPY (SELECT id, title FROM tasks WHERE id >= 20000 ORDER BY id) TO STDOUT") as copy:
            assert sum(1 for _ in copy.rows()) == 3000


def test_leaving_copy_early_keeps_the_session(connection):
    with pytest.raises(psycopg.errors.QueryCanceled):
        with connection.cursor().copy("COPY tasks (id, title) FROM STDIN") as copy:
            copy.write_row((30000, "half"))
            raise psycopg.errors.QueryCanceled("changed my mind")
    assert connection.execute("SELECT count(*) FROM tasks WHERE id = 30000").fetchone() == (0,)


def test_a_copy_row_of_twenty_megabytes(connection):
    with connection.transaction(force_rollback=True):
        with connection.cursor().copy("COPY tasks (id, title) FROM STDIN") as copy:
            copy.write(b"40000\t" + b"x" * 20_000_000 + b"\n")
        assert connection.execute("SELECT length(title) FROM tasks WHERE id = 40000").fetchone() == (20_000_000,)


def test_cancel(connection):
    canceller = threading.Timer(0.2, connection.cancel)
    canceller.start()
    with pytest.raises(psycopg.errors.QueryCanceled):
        connection.execute("SELECT count(*) FROM generate_series(1, 10000000000)")
    canceller.join()
    assert connection.execute("SELECT 1").fetchone() == (1,)


def test_streaming_one_row_at_a_time(connection):
    total = sum(row[0] for row in connection.cursor().stream("SELECT generate_series(1, 50000)"))
    assert total == 50000 * 50001 // 2


def test_temporary_tables_and_sequences(shop, connection):
    connection.execute("CREATE TEMP TABLE mine AS SELECT id, email FROM customers WHERE id <= 3")
    assert connection.execute("SELECT email FROM mine ORDER BY id").fetchall() == [(shop.email(i),) for i in (1, 2, 3)]
    assert connection.execute("INSERT INTO tasks (title) VALUES ('sequence') RETURNING id").fetchone()[0] > 1000
    connection.execute("DELETE FROM tasks WHERE title = 'sequence'")


def test_another_session_knows_a_change_of_the_schema_at_once(shop):
    with psycopg.connect(shop.dsn("dana"), autocommit=True) as maker, psycopg.connect(shop.dsn("dana"), autocommit=True) as user:
        for number in range(3):
            maker.execute(f"CREATE TABLE at_once_{number} (id integer)")
            assert user.execute(f"SELECT count(*) FROM at_once_{number}").fetchone() == (0,)
            with maker.transaction():
                maker.execute(f"ALTER TABLE at_once_{number} ADD extra integer DEFAULT 7")
            assert user.execute(f"SELECT max(extra) FROM at_once_{number}").fetchone() == (None,)
            with maker.pipeline():
                maker.execute(f"DROP TABLE at_once_{number}")
            with pytest.raises(psycopg.errors.UndefinedTable):
                user.execute(f"SELECT 1 FROM at_once_{number}")


@through_sluice_only
def test_two_hundred_megabytes_need_no_memory(shop, connection):
    before = shop.gateway.rss_kib()
    highest = before
    cursor = connection.cursor()
    with cursor.copy("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 100000)) TO STDOUT") as copy:
        for number, _ in enumerate(copy):
            if number % 1000 == 0:
                highest = max(highest, shop.gateway.rss_kib())
    for number, _ in enumerate(cursor.stream("SELECT repeat('x', 1000) FROM generate_series(1, 100000)")):
        if number % 1000 == 0:
            highest = max(highest, shop.gateway.rss_kib())
    assert highest - before < 16 * 1024, f"{highest - before} KiB more"


@through_sluice_only
def test_a_slow_reader_holds_the_upstream_back(shop, connection):
    before = shop.gateway.rss_kib()
    rows = connection.cursor().stream("SELECT repeat('x', 10000) FROM generate_series(1, 20000)")
    next(rows)
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'ClientWrite' AND query LIKE '%repeat(''x'', 10000)%'"
    eventually(lambda: shop.upstream.query(query) == "1", "PostgreSQL to wait for its reader")
    assert shop.gateway.rss_kib() - before < 16 * 1024
    assert sum(1 for _ in rows) == 19999
