"""A limit of rows that was approved with the request, or that a rule sets for what nobody approved: nothing above it leaves or stays."""

import json
import sqlite3

import psycopg
import pytest

from conftest import Shop, through_sluice_only
from harness import Sluice, eventually
from harness.shop import PASSWORDS, TOKENS, shop_config, shop_secrets
from harness.wire import bind, describe, execute, parse, query, SYNC

pytestmark = through_sluice_only

LIMIT = 5
HELD = {"effect": "hold", "groups": ["agents"], "approvers": ["approvers"], "expires_after": "60s", "valid_for": "60s"}
RULES = [
    {"id": "limited-writes", **HELD, "actions": ["mass_write", "delete", "truncate", "copy_in"], "tables": ["public.tasks", "public.orders", "public.counters", "public.limit_parent"],
     "max_rows": LIMIT},
    {"id": "limited-inserts", **HELD, "actions": ["insert"], "tables": ["public.tasks"], "max_rows": LIMIT},
    {"id": "limited-reads", **HELD, "actions": ["select", "export"], "tables": ["public.products"], "max_rows": LIMIT},
    {"id": "limited-unapproved", **HELD, "actions": ["select", "update"], "tables": ["public.regions", "public.cards"], "above_actual_rows": LIMIT},
]


@pytest.fixture(scope="module")
def limited(upstream, tmp_path_factory):
    config = shop_config(upstream)
    rules = config["rules"] + RULES
    directory = tmp_path_factory.mktemp("limited")
    with Sluice(shop_config(upstream, rules=rules), directory, secrets=shop_secrets(), passwords=PASSWORDS, tokens=TOKENS) as gateway:
        yield Shop(upstream, gateway)
        gateway.check_running()


@pytest.fixture(autouse=True)
def twenty_tasks(upstream):
    upstream.execute("DELETE FROM public.tasks WHERE title LIKE 'limit %'; "
                     "INSERT INTO public.tasks (title) SELECT 'limit ' || n FROM generate_series(1, 20) AS n", "shop")
    yield
    upstream.execute("DELETE FROM public.tasks WHERE title LIKE 'limit %'", "shop")


def left(shop) -> int:
    return int(shop.upstream.query("SELECT count(*) FROM public.tasks WHERE title LIKE 'limit %'", "shop"))


def refused(shop, connection, statement: str, parameters=None):
    """Runs an approved statement that must end at its limit."""
    with shop.approving(statement[:30]), pytest.raises(psycopg.Error) as error:
        connection.execute(statement, parameters)
    assert error.value.sqlstate == "53400", str(error.value)
    return error.value


@pytest.fixture
def connection(limited):
    """Everything by the extended protocol."""
    with psycopg.connect(limited.dsn(), autocommit=True, prepare_threshold=0) as connection:
        yield connection


@pytest.fixture
def simple(limited):
    """Everything by the simple protocol."""
    with psycopg.connect(limited.dsn(), autocommit=True, prepare_threshold=None) as connection:
        yield connection


def test_a_write_within_its_limit_is_committed(limited, connection, simple):
    for number, agent in enumerate((connection, simple), 1):
        with limited.approving(f"within {number}"):
            done = agent.execute(f"DELETE FROM tasks WHERE title IN ('limit {number}', 'limit {number + 10}') /* within {number} */")
        assert done.rowcount == 2
    assert left(limited) == 16


@pytest.mark.parametrize("statement", [
    "DELETE FROM tasks WHERE title LIKE 'limit %'",
    "UPDATE tasks SET done = true WHERE title LIKE 'limit %'",
    "DELETE FROM tasks WHERE title LIKE 'limit %' RETURNING id",
    "INSERT INTO tasks (title) SELECT title FROM tasks WHERE title LIKE 'limit %'",
    "WITH gone AS (DELETE FROM tasks WHERE title LIKE 'limit %' RETURNING id) SELECT count(*) FROM gone",
    "WITH gone AS (DELETE FROM tasks WHERE title LIKE 'limit %') SELECT 1",
    "MERGE INTO tasks AS t USING (SELECT id FROM tasks WHERE title LIKE 'limit %') AS s ON t.id = s.id WHEN MATCHED THEN DELETE",
])
def test_a_write_above_its_limit_leaves_no_trace(limited, connection, simple, statement):
    for agent in (connection, simple):
        error = refused(limited, agent, statement)
        assert '"max_rows":5' in error.diag.message_detail and "request" in error.diag.message_detail
        assert left(limited) == 20
        assert limited.upstream.query("SELECT count(*) FROM public.tasks WHERE done AND title LIKE 'limit %'", "shop") == "0"
        assert agent.execute("SELECT 1").fetchone() == (1,), "the session lives on"


def test_rows_that_cascades_and_triggers_change_count(limited, connection, simple, upstream):
    upstream.execute("SET ROLE sluice_upstream; CREATE TABLE public.limit_parent (id integer PRIMARY KEY); "
                     "CREATE TABLE public.limit_child (id integer REFERENCES public.limit_parent ON DELETE CASCADE); "
                     "INSERT INTO public.limit_parent VALUES (1); INSERT INTO public.limit_child SELECT 1 FROM generate_series(1, 20)", "shop")
    try:
        for agent in (connection, simple):
            refused(limited, agent, "DELETE FROM limit_parent WHERE id > 0")
            assert upstream.query("SELECT count(*) FROM public.limit_child", "shop") == "20"
    finally:
        upstream.execute("DROP TABLE public.limit_child, public.limit_parent", "shop")


def test_reads_stop_before_the_row_above_the_limit(limited, simple):
    for protocol in ("simple", "extended"):
        with limited.wire() as wire:
            statement = f"SELECT id, name FROM products ORDER BY id /* {protocol} */"
            wire.send(query(statement) if protocol == "simple" else parse(statement) + bind() + describe() + execute() + SYNC)
            approver = limited.gateway.approver("bob")
            approver.approve(approver.wait_for_pending(protocol)["id"])
            messages = wire.until_ready()
            assert sum(message.kind == "D" for message in messages) == LIMIT
            assert [message.fields()["C"] for message in messages if message.kind == "E"] == ["53400"]
            assert not any(message.kind == "C" for message in messages)
            assert any(message.kind == "D" for message in wire.simple("SELECT 1"))


@pytest.mark.parametrize("copy", ["COPY products TO STDOUT", "COPY (SELECT id FROM products) TO STDOUT WITH (FORMAT csv, HEADER)"])
def test_exports_stop_too(limited, connection, copy):
    lines = []
    with limited.approving(copy[:20]), pytest.raises(psycopg.Error) as error:
        with connection.cursor().copy(copy) as rows:
            for row in rows:
                lines += bytes(row).decode().splitlines()
    assert error.value.sqlstate == "53400"
    assert len(lines) == LIMIT + ("HEADER" in copy)
    assert connection.execute("SELECT 1").fetchone() == (1,)


def test_an_export_of_exactly_the_limit_passes_with_its_header(limited, connection):
    copy = f"COPY (SELECT id FROM products ORDER BY id LIMIT {LIMIT}) TO STDOUT (FORMAT csv, HEADER true)"
    with limited.approving("LIMIT 5"), connection.cursor().copy(copy) as rows:
        assert len(b"".join(bytes(row) for row in rows).splitlines()) == LIMIT + 1


def test_portals_that_are_fetched_in_pieces_count_as_one(limited):
    with limited.wire() as wire:
        wire.send(parse("SELECT id FROM products /* pieces */"), bind(portal="p"), execute("p", 3), execute("p", 3), execute("p", 3), SYNC)
        approver = limited.gateway.approver("bob")
        approver.approve(approver.wait_for_pending("pieces")["id"])
        messages = wire.until_ready()
        assert sum(message.kind == "D" for message in messages) == LIMIT
        assert [message.fields()["C"] for message in messages if message.kind == "E"] == ["53400"]


@pytest.mark.parametrize("fetches", [["FETCH ALL"], ["FETCH 3", "FETCH 3"], ["FETCH 3", "FETCH BACKWARD 2", "FETCH 3"], ["MOVE 4", "FETCH 3", "FETCH 3"]])
def test_a_cursor_gives_no_more_rows_than_were_approved(limited, simple, fetches):
    with pytest.raises(psycopg.Error) as error, simple.transaction():
        with limited.approving("limited_cursor"):
            simple.execute("DECLARE limited_cursor SCROLL CURSOR FOR SELECT id FROM products")
        for fetch in fetches:
            simple.execute(f"{fetch} FROM limited_cursor")
    assert error.value.sqlstate == "53400"
    assert simple.execute("SELECT 1").fetchone() == (1,)


def test_a_transaction_fails_as_a_whole(limited, connection, simple):
    for agent in (connection, simple):
        with pytest.raises(psycopg.Error) as error, agent.transaction():
            agent.execute("INSERT INTO counters VALUES ('limit', 1)")
            refused(limited, agent, "DELETE FROM tasks WHERE title LIKE 'limit %'")
            agent.execute("SELECT 1")
        assert error.value.sqlstate == "25P02"
        assert limited.upstream.query("SELECT count(*) FROM public.counters WHERE name = 'limit'", "shop") == "0"
        assert left(limited) == 20


def test_a_savepoint_keeps_what_came_before(limited, simple):
    with simple.transaction():
        simple.execute("INSERT INTO counters VALUES ('limit saved', 1)")
        with pytest.raises(psycopg.Error), simple.transaction():
            refused(limited, simple, "DELETE FROM tasks WHERE title LIKE 'limit %'")
            raise psycopg.errors.QueryCanceled
    assert limited.upstream.query("SELECT count(*) FROM public.counters WHERE name = 'limit saved'", "shop") == "1"
    limited.upstream.execute("DELETE FROM public.counters WHERE name = 'limit saved'", "shop")
    assert left(limited) == 20


@pytest.mark.parametrize("statement", ["TRUNCATE counters", "COPY counters FROM STDIN", "EXPLAIN ANALYZE DELETE FROM tasks"])
def test_what_cannot_be_counted_is_refused_before_anybody_is_asked(limited, connection, statement):
    with limited.wire() as wire:
        messages = wire.simple(statement)
        assert [message.fields()["C"] for message in messages if message.kind == "E"] in (["0A000"], ["42501"])
        assert not [request for request in limited.gateway.approver("bob").pending() if statement in str(request)]
    assert left(limited) == 20


def test_what_nobody_approved_ends_at_the_rules_limit_and_waits_the_next_time(limited, connection):
    rows = int(limited.upstream.query("SELECT count(*) FROM public.cards", "shop"))
    assert rows > LIMIT
    assert len(connection.execute(f"SELECT id FROM cards LIMIT {LIMIT}").fetchall()) == LIMIT
    with pytest.raises(psycopg.Error) as error:
        connection.execute("SELECT id FROM cards")
    assert error.value.sqlstate == "53400" and "request" not in error.value.diag.message_detail
    with limited.approving("SELECT id FROM cards"):
        assert len(connection.execute("SELECT id FROM cards").fetchall()) == rows


def stored(shop, marker: str, column: str) -> dict | None:
    """What the store keeps of the last request whose statement has a marker."""
    with sqlite3.connect(f"file:{shop.gateway.directory}/var/sluice.db?mode=ro", uri=True) as store:
        row = store.execute(f"SELECT {column} FROM approval_requests WHERE document LIKE ? ORDER BY id DESC LIMIT 1", [f"%{marker}%"]).fetchone()
    return json.loads(row[0]) if row and row[0] else None


def test_the_execution_is_kept_with_the_request(limited, connection, simple):
    with limited.approving("report one"):
        connection.execute("DELETE FROM tasks WHERE title IN ('limit 1', 'limit 2') /* report one */")
    execution = eventually(lambda: stored(limited, "report one", "execution"), "the execution's report")
    assert (execution["rows"], execution["outcome"]) == (2, "completed")
    refused(limited, connection, "DELETE FROM tasks /* report two */ WHERE title LIKE 'limit %'")
    execution = eventually(lambda: stored(limited, "report two", "execution"), "the execution's report")
    assert execution["outcome"] == "failed"
    with simple.transaction():
        with limited.approving("report three"):
            simple.execute("DECLARE three CURSOR FOR SELECT id FROM products /* report three */")
        simple.execute("FETCH 2 FROM three")
        simple.execute("FETCH 1 FROM three")
    execution = eventually(lambda: stored(limited, "report three", "execution"), "the execution's report")
    assert (execution["rows"], execution["outcome"]) == (3, "completed")
    assert execution["bytes"] > 0


def test_the_card_has_all_that_the_approval_is_bound_to(limited, connection):
    with limited.approving("report four"):
        connection.execute("DELETE FROM tasks /* report four */ WHERE title IN ('limit 5', 'limit 6')")
    held = stored(limited, "report four", "document")
    text = json.dumps(held)
    for part in ("sluice_upstream", "public.tasks", "mass_write", "DateStyle=ISO, MDY"):
        assert part in text, text
    statement = held.get("held", held)
    assert statement["estimated_rows"] is not None and statement["shape"]
