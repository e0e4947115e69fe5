"""The shop that most tests talk to: its rows, and the configuration that guards them.

Two worlds (`seed` 1 and 2) are equal but for the cells that the policy masks; `masked=True` gives the
world that an agent is supposed to see, with the masks' results stored in place of the values.
"""

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .credentials import scram_verifier, token_sha256
from .postgres import Postgres
from .processes import ProcessFailed
from .sluice import Sluice

SCHEMA = Path(__file__).with_name("shop_schema.sql")
DATABASE = "shop"
UPSTREAM_PASSWORD = "upstream secret"
PASSWORDS = {name: f"{name} wire password" for name in ("support-bot", "other-bot", "hasty-bot", "bulk-bot", "dana")}
TOKENS = {name: f"{name}-token-0123456789abcdef0123456789abcdef" for name in ("alice", "bob", "carol", "dana", "support-bot")}
CITIES = ["Basel", "Bern", "Chur", "Genf", "Thun"]
TABLES_IN_ORDER = ["public.regions", "public.customers", "public.cards", "public.profiles", "public.products", "public.orders",
                   "public.order_items", "public.logins", "public.people", "public.contractors", "public.accounts", "public.tasks",
                   "public.counters", "hr.employees", "hr.salaries", "clinic.medical_notes", "clinic.vault"]
CUSTOMERS = 200


class Secrets:
    """The values of masked cells. Every one holds a canary: text that occurs nowhere else."""

    def __init__(self, seed: int):
        self._random = random.Random(seed)
        self._letters = {1: "qvx", 2: "wzk"}[seed]
        self._digits = {1: "73", 2: "84"}[seed]
        self._lengths = {1: (9, 14), 2: (30, 50)}[seed]
        self.values: set[str] = set()

    def word(self) -> str:
        """Longer in the second world, so that nothing may depend on lengths or on pages either."""
        letters = "".join(self._random.choice(self._letters) for _ in range(self._random.randint(*self._lengths)))
        return self._remember(letters)

    def digits(self, count: int) -> str:
        return self._remember("9" + self._digits[0] + "".join(self._random.choice(self._digits) for _ in range(count - 2)))

    def chance(self) -> bool:
        return self._random.random() < 0.5

    def _remember(self, value: str) -> str:
        self.values.add(value)
        return value


def rows(seed: int = 1, masked: bool = False) -> tuple[dict[str, list[list]], Secrets]:
    """The rows of every table, in order, and the secrets among them."""
    plain = random.Random(42)
    secrets = Secrets(seed)

    def token(key: int, value):
        return f"tok-{key}" if masked else value

    def hidden(value):
        return None if masked else value

    def day(year: int = 2025) -> str:
        return f"{year}-{plain.randint(1, 12):02}-{plain.randint(1, 28):02}"

    everybody = range(1, CUSTOMERS + 1)
    names = ["Ada", "Ben", "Cleo", "Dov", "Eli", "Fay", "Gus", "Hal"]
    data = {
        "public.regions": [[1, "north"], [2, "south"], [3, "east"], [4, "west"]],
        "public.customers": [[i, f"{plain.choice(names)} {i}", token(i, f"{secrets.word()}{i}@example.org"),
                              token(i, None if i % 10 == 0 and not masked and secrets.chance() else f"+{secrets.digits(10)}{i}"),
                              plain.choice(CITIES), plain.randint(18, 90), day(2024), plain.randint(1, 4)] for i in everybody],
        "public.products": [[i, f"product {i}", f"{plain.randint(100, 9999) / 100:.2f}", "{" + plain.choice(["red", "blue", "red,big"]) + "}",
                             f'{{"weight": {plain.randint(1, 50)}, "kind": "{plain.choice("abc")}"}}'] for i in range(1, 51)],
    }
    last_four = [f"{plain.randint(0, 9999):04}" for _ in everybody]
    data["public.cards"] = [[i, i, f"{'*' * 12}{last_four[i - 1]}" if masked else f"{secrets.digits(12)}{last_four[i - 1]}",
                             plain.choice(["visa", "amex"]), day(2028)] for i in everybody]
    data["public.profiles"] = [[i, i, token(i, f"{secrets.word().upper()} street {i}"), hidden(f"{{{secrets.word()},{secrets.word()}}}"),
                                hidden(f'{{"born": "{secrets.word()}", "pin": "{secrets.digits(8)}"}}'), plain.choice(["light", "dark"])]
                               for i in range(1, 61)]
    data["public.orders"] = [[i, plain.randint(1, CUSTOMERS), plain.choice(["new", "paid", "sent", "returned"]), f"{day()} 12:00:00+00",
                              f"{plain.randint(100, 99999) / 100:.2f}"] for i in range(1, 1001)]
    data["public.order_items"] = [[i, line, plain.randint(1, 50), plain.randint(1, 9)] for i in range(1, 1001) for line in (1, 2)]
    data["public.logins"] = [[f"{day(2025 + i % 2)} 08:00:00+00", plain.randint(1, CUSTOMERS), hidden(secrets.word())] for i in range(100)]
    data["public.people"] = [[i, f"person {i}", token(i, secrets.digits(9))] for i in range(1, 21)]
    data["public.contractors"] = [[i, f"contractor {i}", token(i, secrets.digits(9)), f"{plain.randint(20, 200)}.00"] for i in range(101, 111)]
    data["public.accounts"] = [[i, f"login{i}", token(i, secrets.word()), hidden(secrets.digits(9)), 0] for i in range(1, 21)]
    data["public.tasks"] = [[i, f"task {i}", i % 3 == 0, plain.randint(1, 5), f'{{"n": {i}}}', day(2026)] for i in range(1, 31)]
    data["public.counters"] = [["visits", 7], ["errors", 0]]
    data["hr.employees"] = [[i, f"employee {i}", plain.choice(["sales", "it", "legal"]), None if i < 4 else plain.randint(1, 3), day(2020)]
                            for i in range(1, 41)]
    data["hr.salaries"] = [[i, i, hidden(f"{secrets.digits(9 + (i + 1) % 2)}.50"), day(2024)] for i in range(1, 41)]
    data["clinic.medical_notes"] = [[i, plain.randint(1, CUSTOMERS), day(), f"{secrets.word()} and {secrets.word()}"] for i in range(1, 51)]
    data["clinic.vault"] = [[secrets.word(), f"\\x{secrets.word().encode().hex()}"] for _ in range(10)]
    return data, secrets


GENERATED = {"public.profiles": "id, customer_id, contact, aliases, facts, theme"}


def load_script(seed: int = 1, masked: bool = False) -> str:
    """SQL that empties all tables and fills them for one world; psql runs it as superuser."""
    data, _ = rows(seed, masked)
    return "\n".join(_load_lines(data, masked))


def _load_lines(data: dict[str, list[list]], masked: bool) -> Iterator[str]:
    yield "SET session_replication_role = replica;"
    if masked:
        yield "ALTER TABLE hr.salaries ALTER amount DROP NOT NULL; ALTER TABLE public.accounts ALTER credit_limit DROP NOT NULL;"
    yield f"TRUNCATE {', '.join(TABLES_IN_ORDER)} RESTART IDENTITY;"
    for table, table_rows in data.items():
        columns = f" ({GENERATED[table]})" if table in GENERATED else ""
        yield f"COPY {table}{columns} FROM stdin;"
        for row in table_rows:
            yield "\t".join("\\N" if cell is None else str(cell).replace("\\", "\\\\") for cell in row)
        yield "\\."
    yield "SELECT setval('public.tasks_id_seq', 1000);"
    yield "REFRESH MATERIALIZED VIEW public.order_totals;"
    yield "REFRESH MATERIALIZED VIEW public.contact_list;"


def create_shop(server: Postgres, seed: int = 1, masked: bool = False) -> None:
    server.execute(f"CREATE DATABASE {DATABASE}")
    server.execute(SCHEMA.read_text(), DATABASE)
    server.execute(load_script(seed, masked), DATABASE)


def shop_secrets(directory_of_secrets: str = "secrets") -> dict[str, str]:
    return {f"{directory_of_secrets}/upstream.password": UPSTREAM_PASSWORD}


def shop_config(server: Postgres, **changes) -> dict:
    """The configuration as the dict that sluice.yaml holds, but for ports. `changes` replace whole sections."""
    agents = {"support-bot": "agents", "other-bot": "agents", "hasty-bot": "hasty", "bulk-bot": "bulk"}
    every_agent = ["agents", "hasty", "bulk"]
    held = {"effect": "hold", "approvers": ["approvers"], "expires_after": "60s", "valid_for": "60s"}
    config = {
        "databases": {DATABASE: {"host": "127.0.0.1", "port": server.port, "database": DATABASE, "user": "sluice_upstream",
                                 "password_file": "secrets/upstream.password", "tls": "disable"}},
        "identities": [{"id": name, "kind": "agent", "owner": "alice", "groups": [group], "scram_verifier": scram_verifier(PASSWORDS[name]),
                        **({"api_token_sha256": token_sha256(TOKENS[name])} if name in TOKENS else {})} for name, group in agents.items()]
        + [{"id": name, "kind": "person", "groups": groups, "api_token_sha256": token_sha256(TOKENS[name]),
            **({"scram_verifier": scram_verifier(PASSWORDS[name])} if name in PASSWORDS else {})}
           for name, groups in {"alice": ["approvers", "engineers"], "bob": ["approvers"], "carol": ["approvers"], "dana": ["dbas"]}.items()],
        "tags": {DATABASE: {
            "public.customers.email": ["pii"], "public.customers.phone": ["pii"], "public.cards.number": ["pci"],
            "public.profiles.contact": ["pii"], "public.profiles.aliases": ["pii"], "public.profiles.facts": ["pii"],
            "public.logins.address": ["pii"], "public.people.ssn": ["pii"], "public.accounts.secret_answer": ["pii"],
            "public.accounts.credit_limit": ["salary"], "hr.salaries.amount": ["salary"], "clinic.medical_notes": ["medical"],
            "clinic.vault": ["medical"]}},
        "rules": [
            {"id": "agents-work", "effect": "allow", "groups": every_agent, "databases": [DATABASE], "tables": ["public.*", "hr.*", "clinic.*"],
             "actions": ["select", "insert", "update", "delete", "explain", "transaction", "session", "temporary", "export", "copy_in", "ddl",
                         "mass_write", "lock"]},
            {"id": "dbas-do-all", "effect": "allow", "groups": ["dbas"]},
            {"id": "pii-as-token", "effect": "mask", "groups": every_agent, "tags": ["pii"], "mask": {"token": "tok-"}},
            {"id": "card-last-four", "effect": "mask", "groups": every_agent, "tags": ["pci"],
             "mask": {"partial": {"keep_last": 4, "fill": "*", "fill_count": 12}}},
            {"id": "hidden", "effect": "mask", "groups": every_agent, "tags": ["salary", "medical"], "mask": "null"},
            {"id": "exports", **held, "groups": ["agents"], "actions": ["export"], "tags": ["pii", "pci", "salary", "medical"],
             "reason": "tagged data leaves in bulk", "hold_mode": "wait"},
            {"id": "schema-changes", **held, "groups": ["agents"], "actions": ["ddl", "role_change", "secret_rotation"],
             "reason": "privileged action", "hold_mode": "wait"},
            {"id": "hasty-exports", **held, "groups": ["hasty"], "actions": ["export"], "tags": ["pii", "pci", "salary", "medical"],
             "reason": "ask again", "hold_mode": "error"},
            {"id": "hasty-changes", **held, "groups": ["hasty"], "actions": ["ddl", "role_change", "secret_rotation"], "reason": "ask again",
             "hold_mode": "error"},
            {"id": "bulk-reads", **held, "groups": ["bulk"], "actions": ["select"], "tags": ["pii"], "above_rows": 100,
             "reason": "many rows", "hold_mode": "error"},
        ],
    }
    return config | changes


def agents_only(config: dict) -> dict:
    """The same without anybody who reads in clear, so that the upstream role can be narrow."""
    return config | {"rules": [rule for rule in config["rules"] if rule["id"] != "dbas-do-all"]}


def narrow_role(server: Postgres, config: dict | None = None) -> None:
    """Leaves sluice_upstream with the privileges that `sluice upstream-role --print-sql` says."""
    with tempfile.TemporaryDirectory() as directory:
        sluice = Sluice(config or agents_only(shop_config(server)), Path(directory), secrets=shop_secrets())
        printed = sluice.command("upstream-role", "--print-sql", "--config", str(sluice.config_file))
        if printed.returncode:
            raise ProcessFailed(printed.stderr)
        server.execute(printed.stdout, DATABASE)
