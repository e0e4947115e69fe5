"""The rows of the tables in schema/stored_code.sql, and what is tagged of them."""

import random
from pathlib import Path

from harness.shop import Secrets

SCHEMA = Path(__file__).parent / "schema/stored_code.sql"
TAGS = {"public.subscribers.contact": ["pii"], "public.subscribers.search": ["pii"], "public.visits.contact": ["pii"], "public.members.contact": ["pii"],
        "public.photos.place": ["pii"]}
TABLES = ["public.guests", "public.tickets", "public.audit_trail", "public.suggestions", "public.subscribers", "public.visits", "public.watched",
          "public.members", "public.albums", "public.photos"]


def rows(seed: int, masked: bool) -> tuple[dict[str, list[list]], set[str]]:
    """By table, and the secrets among them."""
    secrets = Secrets(seed)
    plain = random.Random(7)

    def token(key: int) -> str:
        word = secrets.word()
        return f"tok-{key}" if masked else word

    subscribers = [[i, token(i)] for i in range(1, 11)]
    data = {
        "public.tickets": [[i, plain.randint(1, 200), plain.randint(1, 4), f"ticket {i}", None] for i in range(1, 11)],
        "public.subscribers": [[i, contact, contact if masked else contact.lower(), True, 0] for i, contact in subscribers],
        "public.visits": [[i, f"2026-01-{i:02}", None if masked else secrets.word()] for i in range(1, 11)],
        "public.watched": [[i, i] for i in range(1, 11)],
        "public.albums": [[i, f"album {i}"] for i in range(1, 6)],
        "public.photos": [[i, i % 5 + 1, token(i)] for i in range(1, 11)],
        "public.members": [[i, token(i), f"member {i}", i, "2026-01-01 00:00:00+00"] for i in range(1, 11)],
    }
    return data, secrets.values


def load_script(seed: int, masked: bool) -> str:
    lines = ["SET session_replication_role = replica;", f"TRUNCATE {', '.join(TABLES)};"]
    for table, table_rows in rows(seed, masked)[0].items():
        lines.append(f"COPY {table} FROM stdin;")
        lines += ["\t".join("\\N" if cell is None else str(cell) for cell in row) for row in table_rows]
        lines.append("\\.")
    return "\n".join([*lines, ""])
