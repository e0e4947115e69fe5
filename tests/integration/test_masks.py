"""Every masking function over every type that it is for, and over the values at the ends of these types: nothing may raise an error."""

import psycopg
import pytest

from conftest import through_sluice_only
from harness import Postgres, Sluice, eventually
from harness.shop import DATABASE, PASSWORDS, TOKENS, create_shop, shop_config, shop_secrets

pytestmark = through_sluice_only
LONG = "repeat('ä', 100000)"
TEXTS = ["''", "'x'", "'a@b.ch'", "'Ada.Lovelace@mail.example.org'", "'@'", "'a@b@c'", "'ünïcödé@ü.example'", "E'\\n\\t@'", "'no address'"]
EDGES = {
    "text": [*TEXTS, LONG], "varchar(6)": ["'a@b.ch'", "''"], "char(4)": ["'a@b'"], "name": ["'a@b'"],
    "smallint": ["-32768", "32767", "0", "-1"], "integer": ["-2147483648", "2147483647", "0", "-1", "1999"],
    "bigint": ["-9223372036854775808", "9223372036854775807", "0", "12345"],
    "numeric": ["'NaN'", "'Infinity'", "'-Infinity'", "0.5", "-0.5", "'9e131071'", "'-9e131071'", "'-1e-1000'"],
    "numeric(4,2)": ["-99.99", "99.99", "0"], "numeric(3,0)": ["-999", "999"], "numeric(2,-3)": ["-99000", "99000"], "numeric(2,4)": ["-0.0099", "0.0099"],
    "numeric(25,22)": ["999.9999999999999999999999", "-999.9999999999999999999999"],
    "real": ["'-3.4028235e38'", "'3.4028235e38'", "'NaN'", "'Infinity'", "'-Infinity'", "1e-40", "1234.5"],
    "double precision": ["'-1.7976931348623157e308'", "'1.7976931348623157e308'", "'NaN'", "'Infinity'", "'-Infinity'", "4.9e-324", "1234.5"],
    "date": ["'4713-11-24 BC'::date - 366", "'5874897-12-31'", "'infinity'", "'-infinity'", "'0001-01-01'", "'2024-02-29'"],
    "timestamp": ["'4714-11-24 BC'", "'294276-12-31 23:59:59'", "'infinity'", "'-infinity'", "'2024-02-29 12:30'"],
    "timestamptz(0)": ["'4713-11-25 BC'", "'294276-12-31 10:00:00+00'", "'infinity'", "'-infinity'", "'2024-12-31 23:59:59+00'", "'0001-01-01 00:00+00'"],
    "boolean": ["true"], "jsonb": ["'{\"a\": 1}'"], "bytea": ["'\\x00'"], "uuid": ["'00000000-0000-0000-0000-000000000000'"], "interval": ["'178000000 years'"],
    "text[]": ["ARRAY['a']"], "inet": ["'::1'"], "money": ["'-92233720368547758.08'"],
}
MASKS = {
    "null": "null", "email": "email", "year": "year", "month": "month", "bucket": {"bucket": 1000}, "odd": {"bucket": 7},
    "huge": {"bucket": 10 ** 15}, "token": {"token": "t-"}, "partial": {"partial": {"keep_first": 1, "keep_last": 2}},
    "pseudonym": {"pseudonym": {"key_file": "secrets/pseudonym.key", "prefix": "p-"}},
}


def configured(server: Postgres) -> dict:
    """Rows of all types in one table for each mask."""
    config = shop_config(server)
    config["tags"] = {DATABASE: {f"public.masked_{name}.c{number}": [name] for name in MASKS for number in range(len(EDGES))}}
    agents = config["rules"][0]
    config["rules"] = [agents, config["rules"][1],
                       *({"id": name, "effect": "mask", "groups": ["agents"], "tags": [name], "mask": mask} for name, mask in MASKS.items())]
    config["databases"][DATABASE]["upstream_privileges"] = "warn"
    return config


@pytest.fixture(scope="module")
def masked(tmp_path_factory):
    with Postgres() as server:
        create_shop(server)
        columns = ", ".join(f"c{number} {kind}" for number, kind in enumerate(EDGES))
        for name in MASKS:
            server.execute(f"CREATE TABLE public.masked_{name} (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {columns})", DATABASE)
            for number, (kind, values) in enumerate(EDGES.items()):
                rows = ", ".join(f"(({value})::{kind})" for value in [*values, "NULL"])
                server.execute(f"INSERT INTO public.masked_{name} (c{number}) VALUES {rows}", DATABASE)
            server.execute(f"GRANT SELECT, INSERT ON public.masked_{name} TO sluice_upstream", DATABASE)
        secrets = shop_secrets() | {"secrets/pseudonym.key": "0123456789abcdef0123456789abcdef"}
        with Sluice(configured(server), tmp_path_factory.mktemp("masks"), secrets=secrets, passwords=PASSWORDS, tokens=TOKENS) as gateway:
            yield gateway


def texts(gateway: Sluice, mask: str, kind: str, user: str = "support-bot") -> list:
    column = f"c{list(EDGES).index(kind)}"
    with psycopg.connect(gateway.dsn(user), autocommit=True) as connection:
        return [row[0] for row in connection.execute(f"SELECT {column}::text FROM masked_{mask} ORDER BY id").fetchall()]


@pytest.mark.parametrize("mask", MASKS)
def test_no_value_of_any_type_makes_a_mask_fail(masked, mask):
    with psycopg.connect(masked.dsn("support-bot"), autocommit=True) as connection:
        for zone in ("UTC", "Pacific/Auckland", "America/Los_Angeles"):
            connection.execute(f"SET TimeZone = '{zone}'")
            connection.execute("SET DateStyle = 'SQL, DMY'")
            rows = sum(len(values) + 1 for values in EDGES.values())
            assert connection.execute(f"SELECT * FROM masked_{mask}").pgresult.ntuples == rows


def test_what_each_mask_shows(masked):
    shown = [value for value in texts(masked, "email", "text") if value is not None]
    assert shown == ["***", "***", "***@b.ch", "***@mail.example.org", "***", "***@c", "***", "***", "***", "***"]
    assert [value for value in texts(masked, "bucket", "integer") if value is not None] == ["-2147483648", "2147483000", "0", "-1000", "1000"]
    assert [value for value in texts(masked, "odd", "smallint") if value is not None] == ["-32768", "32767", "0", "-7"]
    assert "2024-01-01" in texts(masked, "year", "date") and "2024-02-01" in texts(masked, "month", "date")
    assert "2024-02-01 00:00:00" in texts(masked, "month", "timestamp")
    everything = texts(masked, "pseudonym", "text")
    real = texts(masked, "pseudonym", "text", "dana")
    pairs = {(a, b) for a, b in zip(real, everything)}
    assert all(b.startswith("p-") and len(b) == 18 for a, b in pairs if a is not None)
    assert len({b for _, b in pairs}) == len({a for a, _ in pairs})
    assert set(texts(masked, "year", "text")) == {None} and set(texts(masked, "bucket", "jsonb")) == {None}


def test_the_key_of_pseudonyms_is_never_shown(masked):
    with psycopg.connect(masked.dsn("support-bot"), autocommit=True) as connection:
        for statement in ["EXPLAIN SELECT * FROM masked_pseudonym WHERE c0 = 'x'", "CREATE VIEW shown AS SELECT c0 FROM masked_pseudonym",
                          "CREATE TEMP VIEW shown AS SELECT c0 FROM masked_pseudonym", "INSERT INTO masked_pseudonym (c0) VALUES ('guess')",
                          "CREATE MATERIALIZED VIEW shown AS SELECT c0 FROM masked_pseudonym",
                          "EXPLAIN INSERT INTO counters SELECT c0, 1 FROM masked_pseudonym"]:
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)):
                connection.execute(statement)
        connection.execute("PREPARE p AS SELECT * FROM masked_pseudonym WHERE c0 = 'x'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("EXPLAIN (COSTS OFF) EXECUTE p")
    told = masked.command("explain", "SELECT c0 FROM masked_pseudonym", "--as", "support-bot", "--config", str(masked.config_file))
    assert "(key)" in told.stdout and told.returncode == 10


def test_a_constant_that_does_not_fit_is_found_before_anybody_reads_it(masked):
    config = configured_with_constant(masked, "masked_null.c4", "many")
    masked.write_config(config)
    told = masked.command("check-config", "--connect", str(masked.config_file))
    assert told.returncode == 1 and "column public.masked_null.c4 of type smallint: the constant of the mask is no value of it" in told.stdout
    before = masked.log_text().count("the old one stays in effect")
    masked.reload()
    eventually(lambda: masked.log_text().count("the old one stays in effect") > before, "the reload to be refused")


def configured_with_constant(gateway: Sluice, column: str, constant: str) -> dict:
    config = {key: value for key, value in gateway.config.items() if key not in ("listen", "admin", "store", "audit")}
    config["tags"] = {DATABASE: config["tags"][DATABASE] | {f"public.{column}": ["odd-one"]}}
    config["rules"] = [*config["rules"], {"id": "odd-one", "effect": "mask", "groups": ["agents"], "tags": ["odd-one"], "mask": {"constant": constant}}]
    return config
