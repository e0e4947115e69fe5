"""asyncpg: prepared statements and binary formats for everything, and its own look at the catalog."""

import asyncio
from datetime import date

import asyncpg
import pytest


def run(shop, scenario):
    async def with_connection():
        connection = await asyncpg.connect(host=shop.host, port=shop.port, user=shop.user, password=shop.password, database=shop.database, timeout=20)
        try:
            return await scenario(connection)
        finally:
            await connection.close()
    return asyncio.run(with_connection())


def test_one_session_meets_every_verdict(shop):
    async def scenario(connection):
        assert await connection.fetchval("SELECT name FROM customers WHERE id = $1", 3) == "Ada 3"
        assert await connection.fetchval("SELECT email FROM customers WHERE id = $1", 3) == shop.email(3)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT rolpassword FROM pg_authid")
        with shop.approving("asyncpg_held"):
            await connection.execute("CREATE TABLE asyncpg_held (id integer)")
        assert await connection.execute("INSERT INTO asyncpg_held VALUES (1)") == "INSERT 0 1"
    run(shop, scenario)


def test_prepared_statements_and_their_attributes(shop):
    async def scenario(connection):
        statement = await connection.prepare("SELECT id, email, joined FROM customers WHERE city = $1 AND age > $2 ORDER BY id LIMIT 5")
        assert [parameter.name for parameter in statement.get_parameters()] == ["text", "int4"]
        assert [(a.name, a.type.name) for a in statement.get_attributes()] == [("id", "int4"), ("email", "varchar"), ("joined", "date")]
        first = await statement.fetch("Basel", 20)
        assert all(row["email"] == shop.email(row["id"]) and isinstance(row["joined"], date) for row in first)
        assert await statement.fetch("Basel", 20) == first
    run(shop, scenario)


def test_types_that_make_it_look_into_the_catalog(shop):
    async def scenario(connection):
        assert await connection.fetchval("SELECT status FROM orders WHERE status = $1 LIMIT 1", "paid") == "paid"
        assert tuple(await connection.fetchval("SELECT ROW('Long Lane', 'Chur')::public.address")) == ("Long Lane", "Chur")
        assert await connection.fetchval("SELECT array_agg(quantity ORDER BY order_id, line) FROM order_items WHERE order_id < $1", 3) is not None
        assert await connection.fetchval("SELECT int4range(1, $1)", 5) == asyncpg.Range(1, 5)
        await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=lambda text: ("json", text))
        assert (await connection.fetchval("SELECT attributes FROM products WHERE id = 1"))[0] == "json"
    run(shop, scenario)


def test_transactions_and_server_side_cursors(shop):
    async def scenario(connection):
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            seen = [row["email"] async for row in connection.cursor("SELECT email FROM customers ORDER BY id", prefetch=7)]
        assert seen == [shop.email(i) for i in range(1, 201)]
        with pytest.raises(asyncpg.DivisionByZeroError):
            async with connection.transaction():
                await connection.execute("INSERT INTO counters VALUES ('asyncpg', 1)")
                await connection.execute("SELECT 1/0")
        assert await connection.fetchval("SELECT count(*) FROM counters WHERE name = 'asyncpg'") == 0
    run(shop, scenario)


def test_executemany_and_copy(shop):
    async def scenario(connection):
        transaction = connection.transaction()
        await transaction.start()
        await connection.executemany("INSERT INTO tasks (id, title) VALUES ($1, $2)", [(50000 + i, "many") for i in range(1000)])
        await connection.copy_records_to_table("tasks", records=[(60000 + i, f"copied {i}") for i in range(1000)], columns=["id", "title"])
        assert await connection.fetchval("SELECT count(*) FROM tasks WHERE id >= 50000") == 2000
        pieces = []

        async def collect(piece):
            pieces.append(piece)
        await connection.copy_from_query("SELECT id FROM tasks WHERE id >= 50000 ORDER BY id", output=collect, format="csv")
        assert b"".join(pieces).count(b"\n") == 2000
        await transaction.rollback()
    run(shop, scenario)


def test_a_timeout_cancels_the_statement(shop):
    async def scenario(connection):
        with pytest.raises(asyncio.TimeoutError):
            await connection.fetchval("SELECT count(*) FROM generate_series(1, 10000000000)", timeout=0.3)
        assert await connection.fetchval("SELECT 1") == 1
    run(shop, scenario)


def test_reset_between_uses_of_a_pool(shop):
    async def scenario(_):
        async with asyncpg.create_pool(host=shop.host, port=shop.port, user=shop.user, password=shop.password, database=shop.database,
                                       min_size=2, max_size=4) as pool:
            answers = await asyncio.gather(*[pool.fetchval("SELECT email FROM customers WHERE id = $1", i) for i in range(1, 41)])
        assert answers == [shop.email(i) for i in range(1, 41)]
    run(shop, scenario)
