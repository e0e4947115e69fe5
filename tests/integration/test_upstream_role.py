"""The second layer: a role of the database's own that cannot read what is masked, and Sluice's refusal of any other."""

import psycopg
import pytest

from attacks import oracle
from attacks.corpus import HERE, read_folder
from attacks.worlds import Worlds
from conftest import through_sluice_only
from harness import Postgres, ProcessFailed, Sluice, eventually
from harness.shop import (DATABASE, PASSWORDS, TOKENS, UPSTREAM_PASSWORD, agents_only, create_shop, narrow_role, shop_config,
                          shop_secrets)

pytestmark = [through_sluice_only, pytest.mark.timeout(300)]
MASKED = ["SELECT email FROM customers", "SELECT id FROM customers WHERE email = 'x'", "SELECT c FROM customers c", "TABLE customers",
          "SELECT count(ssn) FROM people", "SELECT amount FROM hr.salaries", "SELECT note FROM clinic.medical_notes",
          "SELECT * FROM customer_directory", "SELECT * FROM well_paid", "SELECT address FROM contact_list", "SELECT contact_lower FROM profiles",
          "SELECT address FROM logins_2025", "COPY customers TO STDOUT", "DELETE FROM customers WHERE email = 'x' RETURNING id",
          "UPDATE customers SET email = 'x'", "SELECT email_of(1)"]


@pytest.fixture(scope="module")
def narrow():
    with Postgres() as server:
        create_shop(server)
        narrow_role(server)
        yield server


def gateway(server: Postgres, directory, config: dict) -> Sluice:
    config["databases"][DATABASE].setdefault("upstream_privileges", "refuse")
    return Sluice(config, directory / "gateway", secrets=shop_secrets(), passwords=PASSWORDS, tokens=TOKENS)


@pytest.mark.parametrize("statement", MASKED)
def test_postgresql_itself_refuses_what_is_masked(narrow, statement):
    with psycopg.connect(narrow.dsn("sluice_upstream", UPSTREAM_PASSWORD, DATABASE), autocommit=True) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            cursor = connection.cursor()
            if statement.startswith("COPY"):
                with cursor.copy(statement) as copy:
                    copy.read()
            else:
                cursor.execute(statement)


def test_masked_statements_need_no_privilege_on_what_they_mask(narrow, tmp_path):
    with gateway(narrow, tmp_path, agents_only(shop_config(narrow))) as sluice:
        with psycopg.connect(sluice.dsn("support-bot"), autocommit=True) as connection:
            assert connection.execute("SELECT email, phone FROM customers WHERE id = 3").fetchone() == ("tok-3", "tok-3")
            assert connection.execute("SELECT count(*), count(note) FROM clinic.medical_notes").fetchone() == (50, 0)
            assert connection.execute("SELECT count(*) FROM clinic.medical_notes m WHERE m.note = 'x'").fetchone() == (0,)
            assert connection.execute("SELECT sum(amount) FROM hr.salaries").fetchone() == (None,)
        assert "upstream role" not in sluice.log_text()
        assert sluice.command("upstream-role", "--config", str(sluice.config_file)).returncode == 0


# PostgreSQL asks for privileges on the whole table here, or shows what one has privileges on (docs/operations.md).
NEEDS_MORE_THAN_COLUMNS = {
    ("05_catalogs", "information_schema.tables"), ("05_catalogs", "privileges"), ("05_catalogs", "visible functions"),
    ("06_constructs", "writing through a view of a masked table"), ("06_constructs", "writing through a view that returns columns in clear"),
    ("06_constructs", "tableoid of a masked table"), ("06_constructs", "tableoid of a partitioned table"),
    ("06_constructs", "tableoid of an inheritance tree"), ("06_constructs", "a temporary table like a masked one"),
    ("07_corners", "partitions whose key is in clear"), ("07_corners", "temporary tables like others"), ("07_corners", "views over masked tables"),
    ("07_tools", "psql's sequences, roles, schemas, extensions"), ("07_tools", "privileges asked"), ("07_tools", "partitions and parents"),
    ("08_habits", "information_schema in full"),
}


def test_benign_statements_work_under_the_narrow_role():
    with Worlds(narrow=True) as worlds:
        scenarios = [each for each in read_folder(HERE / "benign") if not each.identity and (each.category, each.name) not in NEEDS_MORE_THAN_COLUMNS]
        judged = [oracle.benign(worlds, scenario, scenario.protocols[0]) for scenario in scenarios]
        assert [f"{j.scenario.category} | {j.scenario.name} | {j.outcome} | {j.trouble}" for j in judged if j.trouble] == []


GRAVE = {
    "ALTER ROLE sluice_upstream SUPERUSER": "is SUPERUSER",
    "ALTER ROLE sluice_upstream BYPASSRLS": "is BYPASSRLS",
    "ALTER ROLE sluice_upstream CREATEROLE": "is CREATEROLE",
    "GRANT pg_read_all_data TO sluice_upstream": "is a member of pg_read_all_data",
    "GRANT pg_monitor TO sluice_upstream": "is a member of pg_monitor",
    "GRANT SELECT ON customers TO sluice_upstream": "may read public.customers (email, phone)",
    "ALTER TABLE hr.salaries OWNER TO sluice_upstream": "owns hr.salaries",
}


@pytest.mark.parametrize("change", GRAVE)
def test_a_role_that_may_see_masked_values_is_refused(tmp_path, change):
    with Postgres() as server:
        create_shop(server)
        narrow_role(server)
        server.execute(change, DATABASE)
        config = agents_only(shop_config(server))
        sluice = gateway(server, tmp_path, config)
        with pytest.raises(ProcessFailed):
            sluice.start(wait_ready=False).wait_ready(timeout=8)
        assert GRAVE[change] in sluice.log_text() and "is closed to agents" in sluice.log_text()
        with pytest.raises(psycopg.OperationalError, match="not available"):
            psycopg.connect(sluice.dsn("support-bot"))
        assert sluice.command("upstream-role", "--config", str(sluice.config_file)).returncode == 2
        sluice.stop()
        config["databases"][DATABASE]["upstream_privileges"] = "warn"
        sluice.write_config(config)
        with sluice, psycopg.connect(sluice.dsn("support-bot")) as connection:
            assert connection.execute("SELECT email FROM customers WHERE id = 1").fetchone() == ("tok-1",)


def test_a_reload_that_masks_what_the_role_may_read_is_refused(narrow, tmp_path):
    config = agents_only(shop_config(narrow))
    with gateway(narrow, tmp_path, config) as sluice:
        config["tags"][DATABASE]["public.customers.city"] = ["pii"]
        sluice.write_config(config)
        sluice.reload()
        eventually(lambda: "the old one stays in effect" in sluice.log_text(), "the reload to be refused")
        assert "may read public.customers (city)" in sluice.log_text()
        with psycopg.connect(sluice.dsn("support-bot")) as connection:
            assert connection.execute("SELECT city IS NULL FROM customers WHERE id = 1").fetchone() == (False,)
