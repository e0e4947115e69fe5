"""psql, the first thing that everybody tries."""

import subprocess

import pytest

from harness.postgres import BINARIES

PSQL = str(BINARIES / "psql")


def psql(shop, *arguments: str, script: str = "", user: str = "support-bot") -> subprocess.CompletedProcess:
    return subprocess.run([PSQL, "-X", *arguments], input=script, text=True, capture_output=True, timeout=50, env=shop.environment(user))


def direct_psql(shop, script: str) -> subprocess.CompletedProcess:
    environment = shop.environment() | {"PGPORT": str(shop.upstream.port)}
    return subprocess.run([PSQL, "-X"], input=script, text=True, capture_output=True, timeout=50, env=environment)


@pytest.mark.parametrize("command", [
    r"\d", r"\dt", r"\dt public.*", r"\d customers", r"\d orders", r"\d order_items", r"\d hr.salaries", r"\d customer_directory",
    r"\d logins", r"\d logins_2025", r"\d people", r"\d contractors", r"\d tasks", r"\d accounts", r"\d+ customer_directory", r"\di", r"\ds", r"\dv", r"\dm",
    r"\dn", r"\df public.*", r"\dT", r"\dD", r"\du", r"\dC", r"\do public.*", r"\dx", r"\dp customers", r"\dd", r"\des", r"\dF", r"\dL", r"\l",
    r"\encoding", r"\sv customer_directory", r"\dP", r"\d nosuchtable",
])
def test_backslash_commands_answer_as_they_do_without_a_gateway(shop, command):
    through, direct = psql(shop, script=command), direct_psql(shop, command)
    assert (through.stdout, through.stderr) == (direct.stdout, direct.stderr)


def test_a_session_meets_an_allowed_a_masked_a_refused_and_a_held_statement(shop):
    script = r"""
\pset format unaligned
\pset tuples_only on
SELECT name FROM customers WHERE id = 3;
SELECT email FROM customers WHERE id = 3;
SELECT rolpassword FROM pg_authid;
\echo :LAST_ERROR_SQLSTATE
CREATE TABLE psql_held (id integer);
INSERT INTO psql_held SELECT 7 RETURNING id;
"""
    with shop.approving("psql_held"):
        done = psql(shop, "-q", script=script)
    assert done.stdout.splitlines() == ["Ada 3", shop.email(3), "42501", "7"], done.stderr


def test_a_held_statement_says_so_in_a_notice(shop):
    with shop.approving("psql_notice"):
        done = psql(shop, "-c", "CREATE TABLE psql_notice (id integer)")
    assert done.returncode == 0, done.stderr
    assert ("NOTICE" in done.stderr) == (shop._gateway is not None)


def test_copy_to_and_from_a_file(shop, tmp_path):
    out, back = tmp_path / "out.csv", tmp_path / "in.csv"
    back.write_text("5001,copied one\n5002,copied two\n")
    script = rf"""
\copy (SELECT id, name, price FROM products ORDER BY id LIMIT 5) TO '{out}' CSV HEADER
\copy tasks (id, title) FROM '{back}' CSV
SELECT title FROM tasks WHERE id > 5000 ORDER BY id;
DELETE FROM tasks WHERE id IN (5001, 5002);
"""
    done = psql(shop, "-qAt", script=script)
    assert done.stdout.splitlines() == ["copied one", "copied two"], done.stderr
    assert out.read_text().splitlines()[0] == "id,name,price" and len(out.read_text().splitlines()) == 6


def test_gset_gexec_gdesc_and_crosstabview(shop):
    script = r"""
SELECT count(*) AS n, max(id) AS top FROM customers \gset
\echo :n :top
SELECT format('SELECT %s * 2', i) FROM generate_series(1, 3) i \gexec
SELECT id, email, joined FROM customers \gdesc
SELECT city, status, count(*) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY 1, 2 \crosstabview
SELECT 1 AS a, 2 AS b \gx
"""
    through, direct = psql(shop, "-At", script=script), direct_psql(shop, "\\a\\t\n" + script)
    assert through.stdout.splitlines() == [line for line in direct.stdout.splitlines() if "format is" not in line and "Tuples only" not in line]


def test_transactions_and_savepoints_after_errors(shop):
    script = r"""
\set ON_ERROR_ROLLBACK on
BEGIN;
INSERT INTO counters VALUES ('psql', 1);
SELECT 1/0;
INSERT INTO counters VALUES ('psql2', 2);
SELECT rolpassword FROM pg_authid;
COMMIT;
DELETE FROM counters WHERE name LIKE 'psql%' RETURNING value;
"""
    assert sorted(psql(shop, "-qAt", script=script).stdout.splitlines()) == ["1", "2"]


def test_the_caret_of_an_error_points_into_the_statement_as_it_was_written(shop):
    script = "SELECT 'é', email, nosuch FROM customers;"
    through, direct = psql(shop, script=script), direct_psql(shop, script)
    assert through.stderr == direct.stderr


def test_a_script_of_several_statements_in_one_message(shop):
    done = psql(shop, "-qAt", "-c", "SELECT 1; SELECT email FROM customers WHERE id = 1; SELECT 'last'")
    assert done.stdout.splitlines() == ["1", shop.email(1), "last"], done.stderr


def test_fetch_count_reads_by_cursor(shop):
    done = psql(shop, "-qAt", "-v", "FETCH_COUNT=50", "-c", "SELECT id, email FROM customers ORDER BY id")
    assert done.stdout.splitlines() == [f"{i}|{shop.email(i)}" for i in range(1, 201)], done.stderr


def test_a_wrong_password_and_an_unknown_identity_look_the_same(shop):
    answers = []
    for user in ("support-bot", "nobody-bot"):
        environment = shop.environment() | {"PGUSER": user, "PGPASSWORD": "wrong"}
        done = subprocess.run([PSQL, "-X", "-c", "SELECT 1"], text=True, capture_output=True, env=environment)
        answers.append(done.stderr.replace(user, "USER"))
        assert done.returncode == 2
    assert answers[0] == answers[1] and "password authentication failed" in answers[0]
