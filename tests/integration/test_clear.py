"""An approved statement in clear: exactly what was approved, once."""

import psycopg
import pytest

from conftest import through_sluice_only
from harness.shop import rows, shop_config

pytestmark = through_sluice_only


@pytest.fixture
def clearing(own_gateway, upstream):
    config = shop_config(upstream)
    clear = {"id": "reads-in-clear", "effect": "hold", "groups": ["hasty"], "actions": ["select"], "tags": ["pii", "salary"], "clear": ["pii"],
             "approvers": ["approvers"], "hold_mode": "error", "expires_after": "60s", "valid_for": "60s", "reason": "one look"}
    with own_gateway(rules=[*config["rules"], clear]) as gateway:
        yield gateway


def approve(gateway, connection, statement, parameters=None, prepare=None):
    with pytest.raises(psycopg.Error, match="needs an approval"):
        connection.execute(statement, parameters, prepare=prepare)
    bob = gateway.approver("bob")
    request = bob.wait_for_pending(statement[:30])
    shown = bob.show(request["id"])
    bob.approve(request["id"])
    return shown


@pytest.mark.parametrize("prepare", [False, True])
def test_the_approved_columns_come_out_unmasked_once(clearing, prepare):
    real = rows(1)[0]["public.customers"][6][2]
    statement = "SELECT c.email, s.amount, k.number FROM customers c JOIN hr.salaries s ON s.id = c.id JOIN cards k ON k.id = c.id WHERE c.id = %s"
    with psycopg.connect(clearing.dsn("hasty-bot"), autocommit=True) as connection:
        request = approve(clearing, connection, statement.replace("%s", "7"))
        masked = {column["column"]: column["masked"] for column in request["columns"] if column["use"] == "output"}
        assert masked["public.customers.email"] is False and masked["hr.salaries.amount"] is True
        assert request["clear_columns"] == ["public.customers.email"]
        email, amount, number = connection.execute(statement.replace("%s", "7"), prepare=prepare).fetchone()
        assert email == real and amount is None and number.startswith("*" * 12)
        with pytest.raises(psycopg.Error, match="needs an approval"):
            connection.execute(statement.replace("%s", "7"), prepare=prepare)
        with pytest.raises(psycopg.Error, match="needs an approval"):
            connection.execute(statement.replace("%s", "8"))


def test_with_parameters_and_what_is_not_approved_stays_masked(clearing):
    real = rows(1)[0]["public.customers"][8][2]
    with psycopg.connect(clearing.dsn("hasty-bot"), autocommit=True) as connection:
        statement = "SELECT email FROM customers WHERE id = %s"
        approve(clearing, connection, statement, (9,))
        with pytest.raises(psycopg.Error, match="needs an approval"):
            connection.execute(statement, (10,))
        assert connection.execute(statement, (9,)).fetchone() == (real,)
        connection.execute("PREPARE p AS SELECT email FROM customers")  # asks for nothing yet
        with pytest.raises(psycopg.Error):  # its masks are others
            connection.execute("EXECUTE p")
    with psycopg.connect(clearing.dsn("support-bot"), autocommit=True) as connection:
        assert connection.execute("SELECT email FROM customers WHERE id = 9").fetchone() == ("tok-9",)
    records = [str(record) for record in clearing.audit_records()]
    assert not any(real in record for record in records)
