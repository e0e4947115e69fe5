"""asyncpg: always binary, statement cache, its own introspection of types, cursors by portal, COPY."""

import asyncio
import io

import asyncpg

from scenarios import expect, main, scenario

loop = asyncio.new_event_loop()


def run(coroutine):
    return loop.run_until_complete(asyncio.wait_for(coroutine, 30))


def connect():
    return run(asyncpg.connect())


def attempt(function, *arguments):
    return expect(asyncpg.PostgresError, lambda: run(function(*arguments)))


@scenario
def every_type(connection):
    for name in [attribute.name for attribute in run(connection.prepare("SELECT * FROM everything")).get_attributes()]:
        yield name, attempt(connection.fetch, f'SELECT "{name}" FROM everything ORDER BY id')


@scenario
def types_of_the_database(connection):
    yield attempt(connection.fetch, "SELECT id, mood, home FROM authors WHERE id < 4 ORDER BY id")
    yield attempt(connection.fetchval, "SELECT $1::mood", "sad")
    yield attempt(connection.fetchval, "SELECT ($1::place).town", ("street", "town"))
    yield attempt(connection.fetchval, "SELECT array_agg(mood ORDER BY id) FROM authors WHERE id < 4")
    yield attempt(connection.fetchval, "SELECT authors FROM authors WHERE id = 1")
    run(connection.set_type_codec("json", encoder=str, decoder=lambda text: f"decoded {text}", schema="pg_catalog"))
    yield attempt(connection.fetchval, "SELECT a_json FROM everything WHERE id = 1")
    yield attempt(lambda: connection.set_type_codec("mood", encoder=str, decoder=str.upper))
    yield attempt(connection.fetchval, "SELECT mood FROM authors WHERE id = 1")


@scenario
def statements(connection):
    statement = run(connection.prepare("SELECT id, title, price, $1::int + pages AS p FROM books WHERE author_id = $2 AND title = ANY($3)"))
    yield [(p.oid, p.name) for p in statement.get_parameters()], [(a.name, a.type.name) for a in statement.get_attributes()]
    yield run(statement.fetch(1, 3, ["book 2", "book 22"])), statement.get_statusmsg()
    yield run(statement.explain(1, 3, ["x"])).__class__.__name__
    yield run(connection.execute("SELECT 1; SELECT 2; INSERT INTO counters VALUES ('asyncpg', 1)"))
    yield run(connection.executemany("INSERT INTO counters VALUES ($1, $2)", [(f"many {i}", i) for i in range(300)]))
    yield run(connection.execute("DELETE FROM counters WHERE name LIKE 'many%' OR name = $1", "asyncpg"))
    yield run(connection.fetchrow("SELECT 1 AS a, 'b' AS b")), run(connection.fetchval("SELECT NULL")), run(connection.fetch("SELECT 1 WHERE false"))


@scenario
def errors(connection):
    for statement, values in (("SELECT 1/0", ()), ("SELEC", ()), ("SELECT $1::int", ("x",)), ("SELECT nosuch FROM books", ()), ("SELECT $1", (1,)),
                              ("SELECT 1; SELECT $1::int", (1,)), ("INSERT INTO authors (name) VALUES ($1)", ("author 1",)), ("SELECT fail_with($1)", ("é",))):
        try:
            yield run(connection.fetch(statement, *values))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as failure:
            yield type(failure).__name__, str(failure), sorted((getattr(failure, "as_dict", dict)() or {}).items() - _source(failure))


def _source(failure):
    return {(name, value) for name, value in (getattr(failure, "as_dict", dict)() or {}).items() if name.startswith("server_source")}


@scenario
def transactions_and_cursors(connection):
    async def story():
        seen = []
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            async for row in connection.cursor("SELECT id FROM books ORDER BY id", prefetch=7):
                seen.append(row["id"])
            cursor = await connection.cursor("SELECT generate_series(1, 30)")
            seen += [await cursor.fetch(3), await cursor.forward(5), await cursor.fetchrow()]
            seen.append(await connection.fetchval("SHOW transaction_isolation"))
        try:
            async with connection.transaction():
                await connection.execute("INSERT INTO counters VALUES ('rolled back', 1)")
                async with connection.transaction():
                    await connection.execute("SELECT 1/0")
        except asyncpg.DivisionByZeroError as failure:
            seen.append(str(failure))
        seen.append(await connection.fetchval("SELECT count(*) FROM counters WHERE name = 'rolled back'"))
        return seen
    yield run(story())


@scenario
def copy_both_ways(connection):
    yield run(connection.copy_records_to_table("counters", records=[(f"copied {i}", i) for i in range(1000)]))
    out = io.BytesIO()
    yield run(connection.copy_from_query("SELECT * FROM counters WHERE value > $1 ORDER BY value", 997, output=out, format="csv")), out.getvalue()
    out = io.BytesIO()
    yield run(connection.copy_from_table("authors", columns=["id", "name"], output=out, format="binary")), out.getvalue()[:60]
    yield run(connection.copy_to_table("counters", source=io.BytesIO(b"x,1\ny,2\n"), format="csv"))
    yield attempt(lambda: connection.copy_to_table("counters", source=io.BytesIO(b"x,z\n"), format="csv"))
    yield run(connection.execute("DELETE FROM counters"))


@scenario
def notifications_and_notices(connection):
    async def story():
        heard, got = [], asyncio.Event()
        connection.add_log_listener(lambda _, message: heard.append((message.severity, message.message, message.sqlstate)))

        def listener(_, pid, channel, payload):
            heard.append((pid == connection.get_server_pid(), channel, payload))
            got.set()
        await connection.add_listener("jobs", listener)
        await connection.execute("SELECT remark('x')")
        await connection.execute("NOTIFY jobs, 'one'")
        await asyncio.wait_for(got.wait(), 5)
        await connection.remove_listener("jobs", listener)
        return heard
    yield attempt(story)


@scenario
def timeouts_and_cancel(connection):
    try:
        run(connection.fetch("SELECT pg_sleep(20)", timeout=0.3))
    except asyncio.TimeoutError:
        yield "timed out"
    yield run(connection.fetchval("SELECT 'alive'"))


@scenario
def pools(connection):
    async def story():
        async with asyncpg.create_pool(min_size=2, max_size=4) as pool:
            first = await asyncio.gather(*(pool.fetchval("SELECT $1::int * 2", i) for i in range(40)))
            async with pool.acquire() as one:
                await one.execute("SET extra_float_digits = 0")
            return first[-1], await pool.fetchval("SHOW extra_float_digits")
    yield attempt(story)


@scenario
def settings(connection):
    for name in ("server_version", "server_encoding", "client_encoding", "is_superuser", "session_authorization", "DateStyle", "application_name"):
        yield name, getattr(connection.get_settings(), name)
    yield connection.get_server_version()[:2]
    run(connection.execute("SET timezone = 'Asia/Tokyo'"))
    yield connection.get_settings().TimeZone
    run(connection.reset())
    yield connection.get_settings().TimeZone


@scenario
def masked_values(connection):
    statement = run(connection.prepare("SELECT * FROM contacts ORDER BY id LIMIT 3"))
    yield [(a.name, a.type.name) for a in statement.get_attributes()]
    yield run(statement.fetch())
    yield run(connection.fetch("SELECT email, phone FROM contacts WHERE id = ANY($1::int[]) ORDER BY id", [3, 4]))
    out = io.BytesIO()
    run(connection.copy_from_query("SELECT id, email, card FROM contacts WHERE id < $1 ORDER BY id", 4, output=out, format="binary"))
    yield out.getvalue()

    async def by_cursor():
        async with connection.transaction():
            return [row async for row in connection.cursor("SELECT id, card FROM contacts ORDER BY id", prefetch=30)][-2:]
    yield run(by_cursor())


main(connect, lambda connection: run(connection.close()))
