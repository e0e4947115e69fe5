"""The rows of the tables in schema/corners.sql, and what is tagged of them."""

from pathlib import Path

from harness.shop import Secrets

SCHEMA = Path(__file__).parent / "schema/corners.sql"
OF_EVERY_TYPE = ["b", "i", "f", "n", "d", "ts", "iv", "u", "e", "r", "a", "j", "jb", "x", "t", "by", "ip", "c", "vc", "vb", "co", "cos", "dom", "ci", "h",
                 "na"]
TAGGED = ["samples.value", "samples.weight", "samples.size", "samples.taken", *(f"everything.{column}" for column in OF_EVERY_TYPE),
          "patients.diagnosis", "documents.secret", "deals.secret", "ratios.secret", "coupons.code", "badges.holder", "tokens.token", "bookings.guest",
          "pairs_of.hidden", "limits.high", "workers.boss", "helpers.boss", "letters.body", "parcels.place", "by_length.place", "tagged_child.note",
          "tagged_child.extra", "late.secret", "plain_notes.secret", "tcn_table.secret", "ruled.secret"]
TAGS = {f"lab.{column}": ["pii"] for column in TAGGED}
TABLES = [f"lab.{table}" for table in (
    "samples", "everything", "places_of", "patients", "wards", "beds", "documents", "known", "deals", "ratios", "coupons", "uses_of_coupons", "badges", "tokens",
    "bookings", "pairs_of", "limits", "bosses", "workers", "helpers", "letters", "parcels", "by_length", "plain_parent", "tagged_child", "grandchild",
    "late", "notes", "plain_notes", "tcn_table", "ruled")]
COLUMNS = {"lab.deals": "id, quantity, secret"}


def rows(seed: int, masked: bool) -> tuple[dict[str, list[list]], set[str]]:
    """By table, and the secrets among them."""
    secrets = Secrets(seed)
    first = seed == 1

    def token(key: int) -> str:
        word = secrets.word()
        return f"tok-{key}" if masked else word

    def number(digits: int = 9) -> str | None:
        value = secrets.digits(digits)
        return None if masked else value

    def either(one, other):
        return None if masked else one if first else other

    def everything(i: int) -> list:
        word, digits = secrets.word(), secrets.digits(9)
        if masked:
            return [i, *[None] * 17, f"tok-{i}", f"tok-{i}", *[None] * 4, f"tok-{i}", None, f"tok-{i}", f"clear {i}"]
        return [i, first, digits, f"{digits}.5", f"{digits}.25", either("2001-02-03", "1999-12-31"), either("2001-02-03", "1999-12-31"),
                either("3 days", "5 hours"), f"{digits[:8]}-1111-1111-1111-11111111111{i}", either("calm", "wild"), f"[{digits[:5]},{digits})",
                f"{{{digits}}}", f'{{"pin": "{word}"}}', f'{{"pin": "{word}", "n": {digits}}}', f"<a>{word}</a>", f"'{word}'",
                f"\\x{word.encode().hex()}", either("10.1.2.3", "192.168.7.7"), word, word, either("10101", "0101"), f"({word},{digits})",
                f'{{"({word},{digits})"}}', word, word, f'"pin"=>"{word}"', word, f"clear {i}"]

    ten = range(1, 11)
    data = {
        "lab.samples": [[i, "abc"[i % 3], token(i), number(), number(), either(f"2001-02-{i % 28 + 1:02}", f"1999-12-{i % 28 + 1:02}")] for i in range(1, 201)],
        "lab.everything": [everything(i) for i in range(1, 6)],
        "lab.places_of": [[i, f"({i},{i})"] for i in range(1, 4)],
        "lab.patients": [[i, f"patient {i}", token(i), i % 4] for i in ten],
        "lab.wards": [[i, f"ward {i}"] for i in ten],
        "lab.beds": [[i, f"bed {i}"] for i in range(1, 6)],
        "lab.documents": [[i, i % 2, f"document {i}", token(i)] for i in ten],
        "lab.known": [[1, None, None]],
        "lab.deals": [[i, i, either(3, 1000 + i)] for i in ten] if not masked else [],
        "lab.ratios": [[i, i % 5, either(0, i), f"note {i}"] for i in ten] if not masked else [],
        "lab.coupons": [[i, f"coupon {i}", token(i) if i > 1 or not first or masked else "zero"] for i in ten],
        "lab.badges": [[i, f"badge {i}", None if i == 1 and first and not masked else token(i)] for i in ten],
        "lab.tokens": [[i, f"token {i}", f"00000000-0000-0000-0000-{i:012}" if first else f"11111111-0000-0000-0000-{i:012}"] for i in ten],
        "lab.bookings": [[i, i, either(7, i)] for i in ten] if not masked else [],
        "lab.pairs_of": [[i, f"shown {i}", token(i) if not first or i > 2 or masked else "same"] for i in ten],
        "lab.limits": [[i, i, either(1000, 1000000 + i)] for i in ten],
        "lab.bosses": [[i, f"boss {i}"] for i in ten],
        "lab.workers": [[i, either(1, 2), f"worker {i}"] for i in ten],
        "lab.helpers": [[i, i, either(3, 4), f"helper {i}"] for i in ten],
        "lab.letters": [[i, token(i), i % 2 == 0] for i in ten],
        "lab.parcels": [[i, token(i), i] for i in ten],
        "lab.by_length": [[i, token(i), f"note {i}"] for i in ten],
        "lab.plain_parent": [[i, f"plain {i}"] for i in ten],
        "lab.tagged_child": [[i, token(i), token(i)] for i in range(11, 21)],
        "lab.grandchild": [[i, token(i), token(i)] for i in range(21, 31)],
        "lab.plain_notes": [[i, f"text {i}", token(i)] for i in ten],
        "lab.tcn_table": [[i, token(i), f"label {i}"] for i in ten],
        "lab.ruled": [[i, token(i), f"label {i}"] for i in ten],
    }
    return data, secrets.values


def load_script(seed: int, masked: bool) -> str:
    data, values = rows(seed, masked)
    late = "tok-1" if masked else Secrets(seed).word()
    values.add(late)
    lines = ["SET session_replication_role = replica;",
             "INSERT INTO lab.late SELECT i, 'label ' || i FROM generate_series(1, 10) AS i ON CONFLICT DO NOTHING;",
             # The value of all rows that were there already lies in pg_attribute alone.
             f"ALTER TABLE lab.late ADD COLUMN IF NOT EXISTS secret text DEFAULT '{late}'; ALTER TABLE lab.late ALTER secret DROP DEFAULT;",
             f"TRUNCATE {', '.join(table for table in TABLES if table != 'lab.late')};"]
    for table, table_rows in data.items():
        lines.append(f"COPY {table}{' (' + COLUMNS[table] + ')' if table in COLUMNS else ''} FROM stdin;")
        lines += ["\t".join("\\N" if cell is None else str(cell).replace("\\", "\\\\") for cell in row) for row in table_rows]
        lines.append("\\.")
    lines += ["REFRESH MATERIALIZED VIEW lab.stored_high;", "REFRESH MATERIALIZED VIEW lab.stored_values;"]
    return "\n".join([*lines, ""])
