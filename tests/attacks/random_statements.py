"""Makes statements at random over a schema: typed expressions, joins, subqueries, aggregates, windows, CTEs, writes.

The same seed and schema always make the same statements, so that a finding can be replayed by its number.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

SCHEMA_QUESTION = """
SELECT n.nspname, c.relname, c.relkind IN ('r', 'p'), a.attname, format_type(a.atttypid, NULL)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname IN ('public', 'hr', 'clinic') AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY 1, 2, a.attnum"""

FAMILIES = {"integer": "int", "bigint": "int", "numeric": "num", "text": "text", "character varying": "text", "date": "date",
            "boolean": "bool", "jsonb": "json", "text[]": "array", "timestamp with time zone": "time", "quantity": "int"}
LITERALS = {
    "int": ["0", "1", "3", "17", "-2", "1000"], "num": ["0.5", "12.25", "975000000.0"], "bool": ["true", "false"],
    "text": ["'tok-3'", "'q'", "''", "'Basel'", "'%a%'", "'5'"], "date": ["date '2025-03-01'", "date '2024-11-30'"],
    "time": ["timestamptz '2025-06-01 12:00+00'"], "json": ["'{\"n\": 3}'::jsonb", "'[1, 2]'::jsonb"], "array": ["ARRAY['red', 'q']", "'{}'::text[]"],
}
# What gives a value of a family: {family} stands for an expression of that family.
FORMS = {
    "int": ["{int} + {int}", "{int} * 2", "{int} % 7", "length({text})", "ascii({text})", "strpos({text}, {text})", "cardinality({array})",
            "extract(year FROM {date})::int", "{date} - {date}", "coalesce({int}, {int})", "CASE WHEN {bool} THEN {int} ELSE {int} END",
            "greatest({int}, {int})", "nullif({int}, {int})", "({bool})::int", "({json} ->> 'n')::int", "hashtext({text})", "sign({num})::int"],
    "num": ["{num} + {num}", "{num} * 1.5", "round({num}, 1)", "abs({num})", "{int}::numeric", "coalesce({num}, {num})", "width_bucket({num}, 0, 1e9, 10)::numeric",
            "CASE WHEN {bool} THEN {num} END", "{num} / nullif({num}, 0)", "trunc({num})"],
    "text": ["{text} || {text}", "upper({text})", "left({text}, 3)", "substring({text} FROM 2 FOR 4)", "replace({text}, 'o', '0')", "{int}::text", "{num}::text",
             "{date}::text", "to_char({date}, 'YYYY-MM')", "md5({text})", "reverse({text})", "coalesce({text}, {text})", "{json} ->> 'kind'", "format('%s/%s', {text}, {int})",
             "CASE {text} WHEN {text} THEN {text} ELSE {text} END", "({array})[1]", "array_to_string({array}, ',')", "quote_literal({text})", "{json}::text", "lpad({text}, 9, '.')",
             "split_part({text}, '@', 2)", "regexp_replace({text}, '[aeiou]', '_', 'g')", "encode(convert_to({text}, 'UTF8'), 'hex')", "concat_ws('-', {text}, {int})"],
    "bool": ["{int} = {int}", "{int} < {int}", "{num} >= {num}", "{text} = {text}", "{text} LIKE {text}", "{text} ~ '^[a-m]'", "{text} < {text}", "{date} <= {date}",
             "{bool} AND {bool}", "{bool} OR {bool}", "NOT ({bool})", "{text} IS NULL", "{num} IS NOT NULL", "{int} IN ({int}, {int})", "{text} = ANY ({array})",
             "{int} BETWEEN {int} AND {int}", "{text} IS DISTINCT FROM {text}", "({int}, {text}) > ({int}, {text})", "{json} @> {json}", "{json} ? 'n'", "{array} && {array}",
             "starts_with({text}, {text})", "{time} > {time}"],
    "date": ["{date} + 30", "({time})::date", "date_trunc('month', {date})::date", "coalesce({date}, {date})", "least({date}, {date})", "make_date(2025, 1 + abs({int}) % 12, 1)"],
    "time": ["{date}::timestamptz", "{time} + interval '1 day'", "date_trunc('hour', {time})", "coalesce({time}, {time})"],
    "json": ["{json} -> 'a'", "jsonb_build_object('v', {text}, 'n', {int})", "to_jsonb({text})", "{json} || {json}", "to_jsonb({array})", "coalesce({json}, {json})"],
    "array": ["ARRAY[{text}, {text}]", "string_to_array({text}, '-')", "array_append({array}, {text})", "{array} || {array}", "array_remove({array}, {text})"],
}
AGGREGATES = {"int": ["count(*)", "count({text})", "sum({int})", "count(DISTINCT {text})", "max({int})", "bit_xor({int})"], "num": ["avg({num})", "sum({num})", "max({num})"],
              "text": ["min({text})", "max({text})", "string_agg({text}, ',' ORDER BY {text}, {int})", "mode() WITHIN GROUP (ORDER BY {text})"],
              "bool": ["bool_or({bool})", "every({bool})"], "date": ["max({date})"], "json": ["jsonb_agg({text} ORDER BY {text}, {int})"]}
WINDOWS = {"int": ["row_number() OVER (ORDER BY {text}, {int})", "rank() OVER (PARTITION BY {text} ORDER BY {num})", "count(*) OVER (PARTITION BY {text})",
                   "ntile(4) OVER (ORDER BY {num}, {int})"],
           "text": ["lag({text}) OVER (ORDER BY {int}, {text})", "first_value({text}) OVER (PARTITION BY {bool} ORDER BY {int}, {text})"],
           "num": ["sum({num}) OVER (ORDER BY {int}, {num} ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)"]}


@dataclass(frozen=True)
class Table:
    name: str
    writable: bool
    columns: tuple[tuple[str, str], ...]  # name, family


def read_schema(rows: list[tuple]) -> list[Table]:
    tables: dict[tuple[str, bool], list[tuple[str, str]]] = {}
    for schema, relation, writable, column, type_name in rows:
        columns = tables.setdefault((f"{schema}.{relation}", writable), [])
        if type_name in FAMILIES:
            columns.append((column, FAMILIES[type_name]))
    return [Table(name, writable, tuple(columns)) for (name, writable), columns in tables.items() if columns]


class Statements:
    """One per statement: `Statements(tables, seed).statement()`."""

    def __init__(self, tables: list[Table], seed: int):
        self._tables = tables
        self._random = random.Random(seed)
        self._aliases = 0

    def statement(self) -> str:
        kind = self._random.choices(["select", "update", "delete", "insert", "copy", "explain", "cast"], [24, 2, 1, 2, 1, 1, 2])[0]
        if kind == "select":
            return self._ordered_select(3)
        if kind == "copy":
            return f"COPY ({self._ordered_select(2)}) TO STDOUT"
        if kind == "explain":
            return f"EXPLAIN (COSTS OFF) {self._select(2)[0]}"
        if kind == "cast":  # a wrong cast's error text tells of the value
            return self._over_one_table(lambda scope: f"SELECT ({self._value('text', scope, 2)})::{self._random.choice(['int', 'date', 'numeric', 'jsonb', 'uuid'])}")
        return self._write(kind)

    def _ordered_select(self, depth: int) -> str:
        text, width = self._select(depth)
        return f"{text} ORDER BY {', '.join(str(i + 1) for i in range(width))}"

    # A query and how many columns it has.
    def _select(self, depth: int) -> tuple[str, int]:
        shape = self._random.choices(["plain", "grouped", "union", "with"], [6, 3, 1 if depth > 1 else 0, 2 if depth > 1 else 0])[0]
        if shape == "union":
            families = [self._family() for _ in range(self._random.randint(1, 3))]
            parts = [self._plain(depth - 1, families)[0] for _ in range(2)]
            return f" {self._random.choice(['UNION', 'UNION ALL', 'INTERSECT', 'EXCEPT'])} ".join(parts), len(families)
        if shape == "with":
            families = [self._family() for _ in range(2)]
            inner, _ = self._plain(depth - 1, families)
            name = self._alias()
            scope = [(f"{name}.c{i}", family) for i, family in enumerate(families)]
            outer = [self._value(self._family(), scope, 2) for _ in range(2)]
            columns = ", ".join(f"c{i}" for i in range(len(families)))
            materialized = self._random.choice(["", "MATERIALIZED ", "NOT MATERIALIZED "])
            return f"WITH {name}({columns}) AS {materialized}({inner}) SELECT {', '.join(outer)} FROM {name} WHERE {self._value('bool', scope, 2)}", 2
        if shape == "grouped":
            return self._grouped(depth)
        return self._plain(depth, [self._family() for _ in range(self._random.randint(1, 4))])

    def _plain(self, depth: int, families: list[str]) -> tuple[str, int]:
        source, scope = self._from(depth)
        values = [self._windowed(family, scope) if self._random.random() < 0.08 else self._value(family, scope, depth) for family in families]
        if self._random.random() < 0.08 and len(families) == 1 and families[0] == "text":
            alias = scope[0][0].split(".")[0]
            values = [self._random.choice([f"{alias}::text", f"row_to_json({alias})::text", f"to_jsonb({alias})::text"])]
        distinct = "DISTINCT " if self._random.random() < 0.1 else ""
        return f"SELECT {distinct}{', '.join(values)} FROM {source}{self._where(scope, depth)}", len(values)

    def _grouped(self, depth: int) -> tuple[str, int]:
        source, scope = self._from(depth)
        keys = [self._value(self._random.choice(["text", "int", "bool", "date"]), scope, 1) for _ in range(self._random.randint(0, 2))]
        totals = [self._aggregate(scope) for _ in range(self._random.randint(1, 2))]
        text = f"SELECT {', '.join(keys + totals)} FROM {source}{self._where(scope, depth)}"
        if keys:
            text += f" GROUP BY {', '.join(str(i + 1) for i in range(len(keys)))}"
        if self._random.random() < 0.3:
            text += f" HAVING {self._aggregate(scope, 'int')} > {self._random.randint(0, 20)}"
        return text, len(keys) + len(totals)

    # A FROM clause and the columns that it offers: ("alias.column", family).
    def _from(self, depth: int) -> tuple[str, list[tuple[str, str]]]:
        source, scope = self._item(depth)
        while self._random.random() < 0.35:
            more, columns = self._item(depth - 1)
            join = self._random.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
            left = [name for name, family in scope if family == "int"]
            right = [name for name, family in columns if family == "int"]
            if not left or not right:
                continue
            source += f" {join} {more} ON {self._random.choice(left)} = {self._random.choice(right)}"
            scope = scope + columns
        return source, scope

    def _item(self, depth: int) -> tuple[str, list[tuple[str, str]]]:
        alias = self._alias()
        if depth > 1 and self._random.random() < 0.25:
            families = [self._family() for _ in range(2)] + ["int"]
            inner, _ = self._plain(depth - 1, families)
            columns = [f"c{i}" for i in range(len(families))]
            return f"({inner}) AS {alias}({', '.join(columns)})", [(f"{alias}.{c}", f) for c, f in zip(columns, families)]
        table = self._random.choice(self._tables)
        return f"{table.name} AS {alias}", [(f"{alias}.{column}", family) for column, family in table.columns]

    def _where(self, scope: list[tuple[str, str]], depth: int) -> str:
        if self._random.random() < 0.4:
            return ""
        condition = self._value("bool", scope, 2)
        if depth > 1 and self._random.random() < 0.25:
            inner, inner_scope = self._from(1)
            condition += f" AND EXISTS (SELECT FROM {inner} WHERE {self._value('bool', inner_scope + scope, 2)})"
        return f" WHERE {condition}"

    def _write(self, kind: str) -> str:
        table = self._random.choice([table for table in self._tables if table.writable])
        scope = [(f"{table.name.split('.')[1]}.{column}", family) for column, family in table.columns]
        column, family = self._random.choice(table.columns)
        returning = f" RETURNING {self._value(self._family(), scope, 2)}" if self._random.random() < 0.7 else ""
        if kind == "update":
            return f"UPDATE {table.name} SET {column} = {self._value(family, scope, 2)} WHERE {self._value('bool', scope, 2)}{returning}"
        if kind == "delete":
            return f"DELETE FROM {table.name} WHERE {self._value('bool', scope, 2)}{returning}"
        source, source_scope = self._item(1)
        values = ", ".join(self._value(family, source_scope, 1) for _, family in table.columns)
        names = ", ".join(column for column, _ in table.columns)
        conflict = " ON CONFLICT DO NOTHING" if self._random.random() < 0.5 else ""
        return f"INSERT INTO {table.name} ({names}) SELECT {values} FROM {source} LIMIT 3{conflict}{returning}"

    def _over_one_table(self, select: Callable[[list[tuple[str, str]]], str]) -> str:
        source, scope = self._item(1)
        return f"{select(scope)} FROM {source} ORDER BY 1"

    def _aggregate(self, scope: list[tuple[str, str]], family: str = "") -> str:
        return self._fill(self._random.choice(AGGREGATES[family or self._random.choice(list(AGGREGATES))]), scope, 1)

    def _windowed(self, family: str, scope: list[tuple[str, str]]) -> str:
        return self._fill(self._random.choice(WINDOWS[family]), scope, 1) if family in WINDOWS else self._value(family, scope, 1)

    def _value(self, family: str, scope: list[tuple[str, str]], depth: int) -> str:
        columns = [name for name, of in scope if of == family]
        if depth > 0 and self._random.random() < (0.45 if columns else 0.8):
            return "(" + self._fill(self._random.choice(FORMS[family]), scope, depth - 1) + ")"
        if columns and self._random.random() < 0.85:
            return self._random.choice(columns)
        return self._random.choice(LITERALS[family])

    def _fill(self, form: str, scope: list[tuple[str, str]], depth: int) -> str:
        for family in FORMS:
            while "{" + family + "}" in form:
                form = form.replace("{" + family + "}", self._value(family, scope, depth), 1)
        return form

    def _family(self) -> str:
        return self._random.choices(["int", "text", "num", "bool", "date", "json", "array"], [4, 6, 3, 2, 2, 1, 1])[0]

    def _alias(self) -> str:
        self._aliases += 1
        return f"t{self._aliases}"
