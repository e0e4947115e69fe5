"""ODBC: psqlodbc through unixODBC and pyodbc."""

import datetime
import decimal
import os

import pyodbc

from scenarios import main, scenario


def connect(options=""):
    environment = os.environ
    return pyodbc.connect(f"Driver={{PostgreSQL Unicode}};Server={environment['PGHOST']};Port={environment['PGPORT']};Database={environment['PGDATABASE']};"
                          f"Uid={environment['PGUSER']};Pwd={environment['PGPASSWORD']};{options}")


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except pyodbc.Error as failure:
        return f"{type(failure).__name__} {failure.args}"


def rows(connection, statement, *values):
    return [tuple(row) for row in connection.execute(statement, *values).fetchall()]


@scenario
def types(connection):
    for name in [column[0] for column in connection.execute("SELECT * FROM everything WHERE false").description]:
        if name not in ("a_timestamp", "a_timestamptz", "a_date", "a_numeric", "a_real", "a_double"):  # ODBC has no infinity, pyodbc no NaN
            yield name, attempt(rows, connection, f'SELECT "{name}" FROM everything ORDER BY id')
    yield rows(connection, "SELECT a_date, a_timestamp, a_timestamptz, a_numeric, a_real, a_double FROM everything WHERE id = 1")


@scenario
def parameters(connection):
    values = [1, 2**40, 1.5, decimal.Decimal("1.50"), "it's é", None, True, datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 1, 2, 3), b"\0\xff"]
    for value in values:
        yield attempt(rows, connection, "SELECT ?", value)
    yield rows(connection, "SELECT title FROM books WHERE author_id = ? AND pages > ? ORDER BY id", 3, 100)
    statement = connection.cursor()
    yield [statement.execute("SELECT title FROM books WHERE id = ?", i).fetchval() for i in range(1, 6)]


@scenario
def catalog_functions(connection):
    cursor = connection.cursor()
    yield sorted(tuple(row)[1:4] for row in cursor.tables(schema="public"))
    for table in ("authors", "books", "everything"):
        yield [tuple(row)[2:13] for row in cursor.columns(table=table)]
        yield [tuple(row) for row in cursor.primaryKeys(table=table)]
        yield [tuple(row)[1:] for row in cursor.statistics(table=table)]
        yield [tuple(row) for row in cursor.rowIdColumns(table=table)], [tuple(row) for row in cursor.rowVerColumns(table=table)]
    yield [tuple(row) for row in cursor.foreignKeys(foreignTable="books")]
    yield [tuple(row)[1:3] for row in cursor.procedures(schema="public")]
    yield [tuple(row)[1:6] for row in cursor.procedureColumns(procedure="add_one")]
    yield len(list(cursor.getTypeInfo()))


@scenario
def transactions_and_errors(connection):
    cursor = connection.cursor()
    cursor.execute("INSERT INTO counters VALUES ('odbc', 1)")
    for statement in ("SELECT 1/0", "SELECT 'after'", "SELEC", "INSERT INTO authors (name) VALUES ('author 1')", "SELECT * FROM nosuch", "SELECT fail_with('x')"):
        yield attempt(rows, connection, statement)
    connection.rollback()
    yield rows(connection, "SELECT count(*) FROM counters WHERE name = 'odbc'")
    connection.autocommit = True
    yield attempt(rows, connection, "SELECT 1/0"), rows(connection, "SELECT 1")


@scenario
def batches(connection):
    cursor = connection.cursor()
    for fast in (False, True):
        cursor.fast_executemany = fast
        cursor.executemany("INSERT INTO counters VALUES (?, ?)", [(f"{fast} {i}", i) for i in range(100)])
    yield rows(connection, "SELECT count(*), sum(value) FROM counters WHERE name ~ '^(True|False)'")
    yield cursor.execute("DELETE FROM counters WHERE name ~ '^(True|False)'").rowcount
    cursor.execute("SELECT 1; SELECT 'two'")
    yield cursor.fetchall(), cursor.nextset(), cursor.fetchall()


@scenario
def fetch_by_cursor(_):
    declared = connect("UseDeclareFetch=1;Fetch=10;")
    yield sum(row[0] for row in declared.execute("SELECT id FROM books"))
    yield rows(declared, "SELECT title FROM books WHERE id < ? ORDER BY id", 4)
    declared.close()


@scenario
def modes_of_the_driver(_):
    for options in ("UseServerSidePrepare=0;", "UseServerSidePrepare=1;", "ByteaAsLongVarBinary=1;", "Protocol=7.4-2;", "Protocol=7.4-0;", "ReadOnly=1;", "BoolsAsChar=0;"):
        other = connect(options)
        yield options, attempt(rows, other, "SELECT id, name FROM authors WHERE id = ?", 2), attempt(lambda other=other: other.execute("INSERT INTO counters VALUES ('x', 1)").rowcount)
        other.rollback()
        other.close()


@scenario
def driver_information(connection):
    for name in ("SQL_DBMS_NAME", "SQL_DBMS_VER", "SQL_DATABASE_NAME", "SQL_USER_NAME", "SQL_DRIVER_NAME", "SQL_TXN_ISOLATION_OPTION", "SQL_IDENTIFIER_QUOTE_CHAR"):
        yield name, connection.getinfo(getattr(pyodbc, name))


@scenario
def masked_values(connection):
    cursor = connection.execute("SELECT * FROM contacts ORDER BY id")
    yield cursor.description, [tuple(row) for row in cursor.fetchmany(3)]
    yield rows(connection, "SELECT email, card FROM contacts WHERE id = ?", 9)
    declared = connect("UseDeclareFetch=1;Fetch=10;")
    yield rows(declared, "SELECT id, email FROM contacts ORDER BY id")[-2:]
    declared.close()


main(connect)
