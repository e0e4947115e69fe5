"""Tags follow what they were put on: through renames, restarts and new columns."""

import psycopg
import pytest

from conftest import through_sluice_only
from harness import Postgres, Sluice, eventually
from harness.shop import DATABASE, PASSWORDS, TOKENS, create_shop, shop_config, shop_secrets

pytestmark = through_sluice_only
TOKEN = "tok-1"


class Place:
    """A shop of one test's own, whose tables may be changed."""

    def __init__(self, server: Postgres, gateway: Sluice):
        self.server, self.gateway = server, gateway

    def change(self, sql: str) -> None:
        """Behind Sluice's back."""
        self.server.execute(sql, DATABASE)

    def read(self, sql: str, user: str = "support-bot"):
        with psycopg.connect(self.gateway.dsn(user), autocommit=True) as connection:
            return connection.execute(sql).fetchone()[0]

    def finds(self, sql: str, value) -> None:
        """Once Sluice has seen the change, and never anything but the value before."""
        def read() -> bool:
            try:
                assert self.read(sql) == value
                return True
            except psycopg.Error:  # a name that Sluice, or PostgreSQL, does not know yet or any more
                return False
        eventually(read, f"an answer to {sql}", timeout=40)

    def restart(self, while_down: str = "") -> None:
        self.gateway.stop()
        if while_down:
            self.change(while_down)
        self.gateway.start()

    def configure(self, tags: dict) -> None:
        config = shop_config(self.server)
        config["tags"][DATABASE] |= tags
        self.gateway.write_config(config)
        versions = self.gateway.log_text().count("policy version")
        self.gateway.reload()
        eventually(lambda: self.gateway.log_text().count("policy version") > versions, "a reload")


@pytest.fixture
def place(tmp_path):
    with Postgres() as server:
        create_shop(server)
        with Sluice(shop_config(server), tmp_path / "gateway", secrets=shop_secrets(), passwords=PASSWORDS, tokens=TOKENS) as gateway:
            yield Place(server, gateway)


def test_tags_follow_renames_also_over_restarts(place):
    place.change("ALTER TABLE public.customers RENAME email TO contact")
    place.finds("SELECT contact FROM customers WHERE id = 1", TOKEN)
    assert "lies on public.customers.contact, as it is called now" in place.gateway.log_text()
    place.change("CREATE SCHEMA crm; GRANT USAGE ON SCHEMA crm TO sluice_upstream; ALTER TABLE public.customers SET SCHEMA crm; "
                 "ALTER TABLE crm.customers RENAME TO clients; CREATE VIEW public.clients AS SELECT * FROM crm.clients; "
                 "GRANT SELECT ON public.clients TO sluice_upstream")
    place.restart(while_down="ALTER TABLE crm.clients RENAME contact TO write_to")
    config = shop_config(place.server)
    config["rules"][0]["tables"].append("crm.*")
    place.gateway.write_config(config)
    place.restart()
    place.finds("SELECT write_to FROM crm.clients WHERE id = 1", TOKEN)
    place.finds("SELECT contact FROM public.clients WHERE id = 1", TOKEN)
    told = place.gateway.command("check-config", "--connect", str(place.gateway.config_file)).stdout
    assert "the tag on public.customers.email lies on crm.clients.write_to" in told


def test_a_table_that_takes_anothers_name_and_the_one_that_gave_it_are_both_masked(place):
    place.change("CREATE TABLE public.newer (LIKE public.customers INCLUDING ALL); INSERT INTO public.newer SELECT * FROM public.customers; "
                 "ALTER TABLE public.customers RENAME TO older; ALTER TABLE public.newer RENAME TO customers; "
                 "GRANT SELECT ON public.customers TO sluice_upstream")
    place.finds("SELECT email FROM older WHERE id = 1", TOKEN)
    place.finds("SELECT email FROM customers WHERE id = 1", TOKEN)


def test_a_detached_partition_stays_masked(place):
    place.change("ALTER TABLE public.logins DETACH PARTITION public.logins_2025; ALTER TABLE public.logins_2025 RENAME TO archive")
    place.finds("SELECT max(address) FROM archive", None)


def test_a_new_column_is_masked_until_the_configuration_names_it(place):
    place.change("ALTER TABLE public.customers ADD born date DEFAULT '1990-09-09', ADD nick text DEFAULT 'qvxqvxqvx'")
    place.finds("SELECT nick FROM customers WHERE id = 1", TOKEN)
    place.finds("SELECT born FROM customers WHERE id = 1", None)
    place.restart()
    assert place.read("SELECT nick FROM customers WHERE id = 1") == TOKEN
    place.configure({"public.customers.born": []})
    assert str(place.read("SELECT born FROM customers WHERE id = 1")) == "1990-09-09"
    assert place.read("SELECT nick FROM customers WHERE id = 1") == TOKEN
    assert "column public.customers.nick is new" in place.gateway.log_text()


CHANGES = ["ALTER TABLE public.profiles RENAME contact TO swap", "ALTER TABLE public.profiles RENAME theme TO contact",
           "ALTER TABLE public.profiles RENAME swap TO theme", "ALTER TABLE public.profiles ADD nick text DEFAULT 'qvxqvxqvx'"]


@pytest.mark.parametrize("savepoint", [False, True])
def test_changes_of_the_own_transaction_leave_nothing_in_clear(place, savepoint):
    place.change("ALTER TABLE public.profiles OWNER TO sluice_upstream")
    config = shop_config(place.server)
    config["rules"] = [rule for rule in config["rules"] if rule["id"] != "hasty-changes"]
    config["databases"][DATABASE]["upstream_privileges"] = "warn"  # as owner it can change the table
    place.gateway.write_config(config)
    place.restart()
    clear = place.read("SELECT contact FROM profiles WHERE id = 1", "dana")
    seen = ""
    with psycopg.connect(place.gateway.dsn("hasty-bot")) as connection:
        if savepoint:
            connection.execute("SAVEPOINT s")
        for change in CHANGES:
            connection.execute(change)
            rows = connection.execute("SELECT attname FROM pg_attribute WHERE attrelid = 'public.profiles'::regclass AND attnum > 0").fetchall()
            for column in {"contact", "theme", "nick", "swap"} & {row[0] for row in rows}:
                seen += str(connection.execute(f"SELECT {column} FROM profiles WHERE id = 1").fetchone())
        seen += str(connection.execute("SELECT row_to_json(p)::text FROM profiles p WHERE id = 1").fetchone())
        connection.rollback()
    assert clear not in seen and "qvx" not in seen and "tok-1" in seen
