"""psycopg2: libpq's simple protocol, as SQLAlchemy and Django use it."""

import io
import select
import threading

import psycopg2
import psycopg2.errors
import psycopg2.extensions
import psycopg2.extras
import pytest

from harness import eventually


@pytest.fixture
def connection(shop):
    connection = psycopg2.connect(shop.dsn())
    yield connection
    connection.close()


def test_one_session_meets_every_verdict(shop, connection):
    cursor = connection.cursor()
    cursor.execute("SELECT name FROM customers WHERE id = %s", (3,))
    assert cursor.fetchone() == ("Ada 3",)
    cursor.execute("SELECT id, email FROM customers WHERE id IN %s ORDER BY id", ((1, 2),))
    assert cursor.fetchall() == [(1, shop.email(1)), (2, shop.email(2))]
    assert [column.name for column in cursor.description] == ["id", "email"]
    connection.commit()
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("SELECT rolpassword FROM pg_authid")
    connection.rollback()
    with shop.approving("psycopg2_held"):
        cursor.execute("CREATE TABLE psycopg2_held (id integer)")
    connection.commit()
    cursor.execute("INSERT INTO psycopg2_held VALUES (1)")
    assert cursor.rowcount == 1
    connection.commit()
    if shop._gateway:
        assert any("approval" in notice for notice in connection.notices)


def test_an_error_in_a_transaction_fails_it_until_rollback(connection):
    cursor = connection.cursor()
    cursor.execute("INSERT INTO counters VALUES ('psycopg2', 1)")
    with pytest.raises(psycopg2.errors.DivisionByZero):
        cursor.execute("SELECT 1/0")
    with pytest.raises(psycopg2.errors.InFailedSqlTransaction):
        cursor.execute("SELECT 1")
    connection.rollback()
    cursor.execute("SELECT count(*) FROM counters WHERE name = 'psycopg2'")
    assert cursor.fetchone() == (0,)


def test_a_refused_statement_fails_the_transaction_like_any_error(connection):
    cursor = connection.cursor()
    cursor.execute("INSERT INTO counters VALUES ('refused', 1)")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("SELECT rolpassword FROM pg_authid")
    with pytest.raises(psycopg2.errors.InFailedSqlTransaction):
        cursor.execute("SELECT 1")
    connection.rollback()
    cursor.execute("SELECT count(*) FROM counters WHERE name = 'refused'")
    assert cursor.fetchone() == (0,)


def test_savepoints(connection):
    cursor = connection.cursor()
    cursor.execute("SAVEPOINT a")
    with pytest.raises(psycopg2.errors.UniqueViolation):
        cursor.execute("INSERT INTO regions VALUES (1, 'again')")
    cursor.execute("ROLLBACK TO SAVEPOINT a")
    cursor.execute("SELECT count(*) FROM regions")
    assert cursor.fetchone() == (4,)


def test_named_cursors_read_piece_by_piece(shop, connection):
    with connection.cursor("pieces") as cursor:
        cursor.itersize = 33
        cursor.execute("SELECT id, email FROM customers ORDER BY id")
        assert list(cursor) == [(i, shop.email(i)) for i in range(1, 201)]


def test_execute_values_and_batches(connection):
    cursor = connection.cursor()
    rows = psycopg2.extras.execute_values(cursor, "INSERT INTO tasks (id, title, details) VALUES %s RETURNING id",
                                          [(7000 + i, f"batch {i}", psycopg2.extras.Json({"i": i})) for i in range(500)], fetch=True)
    assert len(rows) == 500
    psycopg2.extras.execute_batch(cursor, "UPDATE tasks SET done = true WHERE id = %s", [(7000 + i,) for i in range(300)], page_size=100)
    cursor.execute("SELECT count(*) FILTER (WHERE done) FROM tasks WHERE id >= 7000")
    assert cursor.fetchone() == (300,)
    connection.rollback()


def test_copy_both_ways(connection):
    cursor = connection.cursor()
    cursor.copy_expert("COPY tasks (id, title) FROM STDIN", io.StringIO("".join(f"{8000 + i}\tcopied {i}\n" for i in range(2000))))
    assert cursor.rowcount == 2000
    out = io.StringIO()
    cursor.copy_expert("COPY (SELECT id, title FROM tasks WHERE id >= 8000 ORDER BY id) TO STDOUT", out)
    assert out.getvalue().splitlines()[-1] == "9999\tcopied 1999"
    connection.rollback()


def test_an_error_inside_copy_keeps_the_session(connection):
    cursor = connection.cursor()
    with pytest.raises(psycopg2.errors.InvalidTextRepresentation):
        cursor.copy_expert("COPY tasks (id, title) FROM STDIN", io.StringIO("1\tfine\nnot a number\tx\n" * 1000))
    connection.rollback()
    cursor.execute("SELECT 1")
    assert cursor.fetchone() == (1,)


def test_cancel_stops_the_running_statement_only(connection):
    cursor = connection.cursor()
    canceller = threading.Timer(0.2, connection.cancel)
    canceller.start()
    with pytest.raises(psycopg2.errors.QueryCanceled):
        cursor.execute("SELECT count(*) FROM generate_series(1, 10000000000)")
    canceller.join()
    connection.rollback()
    connection.cancel()  # idle: without effect
    cursor.execute("SELECT 1")
    assert cursor.fetchone() == (1,)


def test_settings_of_the_start_packet_are_the_reset_values(shop):
    connection = psycopg2.connect(shop.dsn(options="-c intervalstyle=iso_8601 -c statement_timeout=12345", application_name="my tool"))
    cursor = connection.cursor()
    cursor.execute("SET intervalstyle = postgres")
    cursor.execute("RESET ALL")
    cursor.execute("SELECT '1 day'::interval::text")
    assert cursor.fetchone() == ("P1D",)
    cursor.execute("SHOW statement_timeout")
    assert cursor.fetchone() == ("12345ms",)
    connection.close()


def test_the_backend_pid_is_the_servers_own(connection):
    cursor = connection.cursor()
    cursor.execute("SELECT pg_backend_pid()")
    assert cursor.fetchone() == (connection.get_backend_pid(),)


def test_notices_arrive_in_order(connection):
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("SET LOCAL timezone = 'UTC'")
    cursor.execute("ROLLBACK")
    assert [notice.split(":")[1].split()[0] for notice in connection.notices] == ["SET", "there"]


def test_listen_and_notify(shop):
    listener, speaker = psycopg2.connect(shop.dsn()), psycopg2.connect(shop.dsn())
    listener.autocommit = speaker.autocommit = True
    try:
        listener.cursor().execute("LISTEN jobs")
        speaker.cursor().execute("NOTIFY jobs, 'one'")
    except psycopg2.Error as refused:
        assert refused.pgcode in ("42501", "0A000")
    else:
        def heard():
            select.select([listener], [], [], 0.1)
            listener.poll()
            return listener.notifies
        assert eventually(heard, "the notification")[0].payload == "one"
        assert listener.notifies[0].pid == speaker.get_backend_pid()
    listener.close()
    speaker.close()
