"""The reader of psql scripts that ./dev regression uses splits them where psql would."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from regression.script import Script  # noqa: E402

CASES = {
    "SELECT 1; SELECT 2;": ["SELECT 1", "SELECT 2"],
    "SELECT ';', \"a;b\", $x$ ; $x$; -- ; a comment\nSELECT /* ; /* nested */ ; */ 2;": ["SELECT ';', \"a;b\", $x$ ; $x$", "SELECT   2"],
    "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b);": ["CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b)"],
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END; SELECT 3;": [
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END", "SELECT 3"],
    "\\set n 5\n\\set path '/a/' b\nSELECT :n, :'path', x::int, a[1:2];": ["SELECT 5, '/a/b', x::int, a[1:2]"],
    "SELECT 1 \\gset\nSELECT 2 \\; SELECT 3;": ["SELECT 1", "SELECT 2 ; SELECT 3"],
    "\\d t\nSELECT E'a\\'; b';": ["SELECT E'a\\'; b'"],
}


@pytest.mark.parametrize("text", CASES)
def test_statements_end_where_psql_ends_them(tmp_path, text):
    path = tmp_path / "script.sql"
    path.write_text(text)
    assert [statement.text for statement in Script(path, {}) if statement.text] == CASES[text]


def test_data_of_a_copy_follows_its_statement(tmp_path):
    path = tmp_path / "script.sql"
    path.write_text("COPY t FROM stdin;\n1\ta;b\n\\.\nSELECT 1;")
    script = Script(path, {})
    statements = iter(script)
    assert next(statements).text == "COPY t FROM stdin"
    assert script.copy_data() == b"1\ta;b\n"
    assert next(statements).text == "SELECT 1"
