"""Mistakes in the configuration: found all at once, each with its place, and never half applied."""

import copy
import os
import re
import signal

import psycopg
import pytest

from conftest import through_sluice_only
from harness import eventually
from harness.sluice import as_yaml

pytestmark = through_sluice_only
PLACE = re.compile(r"sluice\.yaml:\d+:\d+: error: .+")


def change(path: str, value):
    """A mistake: sets what `path` (keys and indexes, separated by /) names, or deletes it if value is DELETE."""
    def apply(config: dict) -> dict:
        *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
        place = config
        for part in parents:
            place = place[part]
        if value is DELETE:
            del place[last]
        else:
            place[last] = value
        return config
    return apply


DELETE = object()
MISTAKES = {
    "an unknown section": change("colour", "blue"),
    "an unknown key": change("databases/shop/hots", "127.0.0.1"),
    "a port that is no number": change("listen/0/port", "many"),
    "a port out of range": change("listen/0/port", 70000),
    "an address that is none": change("listen/0/address", "nowhere at all"),
    "a list where a mapping belongs": change("databases", ["shop"]),
    "a mapping where a list belongs": change("rules", {"id": "x"}),
    "a missing section": change("databases", DELETE),
    "a missing key": change("databases/shop/database", DELETE),
    "a password file that is not there": change("databases/shop/password_file", "secrets/nosuch"),
    "an unknown TLS mode": change("databases/shop/tls", "maybe"),
    "a broken SCRAM verifier": change("identities/0/scram_verifier", "SCRAM-SHA-256$4096:nonsense"),
    "a broken token hash": change("identities/4/api_token_sha256", "1234"),
    "two identities of one name": change("identities/1/id", "support-bot"),
    "an unknown kind of identity": change("identities/0/kind", "robot"),
    "an agent without an owner": change("identities/0/owner", DELETE),
    "an owner who does not exist": change("identities/0/owner", "nobody"),
    "an unknown effect": change("rules/0/effect", "permit"),
    "an unknown action": change("rules/0/actions", ["select", "fly"]),
    "two rules of one name": change("rules/1/id", "agents-work"),
    "a rule without an effect": change("rules/0/effect", DELETE),
    "an unknown database in a rule": change("rules/0/databases", ["nosuch"]),
    "a mask rule without a mask": change("rules/2/mask", DELETE),
    "an unknown mask": change("rules/2/mask", {"scramble": 7}),
    "a negative partial mask": change("rules/3/mask/partial/keep_last", -1),
    "a hold rule without approvers": change("rules/5/approvers", DELETE),
    "an unknown hold mode": change("rules/5/hold_mode", "sleep"),
    "a duration that is none": change("rules/5/expires_after", "soon"),
    "a tag on a name with too many parts": change("tags/shop/a.b.c.d.e", ["pii"]),
    "tags that are no list": change("tags/shop/public.customers.email", {"pii": True}),
    "an unknown database in tags": change("tags/nosuch", {"public.t": ["pii"]}),
    "a limit out of range": change("limits", {"max_statement_bytes": -1}),
}


def check(gateway, *arguments: str):
    return gateway.command("check-config", *arguments, str(gateway.config_file))


def test_the_configuration_of_the_tests_is_fine(own_gateway):
    done = check(own_gateway())
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found_at_its_place(own_gateway, mistake):
    gateway = own_gateway()
    gateway.config_file.write_text(as_yaml(MISTAKES[mistake](copy.deepcopy(gateway.config))))
    done = check(gateway)
    assert done.returncode == 1, done.stdout + done.stderr
    assert PLACE.search(done.stdout + done.stderr), done.stdout + done.stderr


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(own_gateway):
    gateway = own_gateway()
    config = copy.deepcopy(gateway.config)
    for mistake in ("a port out of range", "an unknown TLS mode", "an unknown kind of identity", "an unknown effect"):
        MISTAKES[mistake](config)
    gateway.config_file.write_text(as_yaml(config))
    found = PLACE.findall(check(gateway).stdout)
    lines = [int(text.split(":")[1]) for text in found]
    assert len(found) >= 4 and lines == sorted(lines)


@pytest.mark.parametrize("text", ["{", "a: [1", "\t- x", "a: &x *x", "listen: *nosuch", "", "[]", "just words", "a: 1\na: 2", "\x00", "é: [\xff"],
                         ids=["brace", "bracket", "tab", "self alias", "unknown alias", "empty", "list", "scalar", "duplicate key", "nul", "latin1"])
def test_files_that_are_no_configuration_at_all(own_gateway, text):
    gateway = own_gateway()
    gateway.config_file.write_bytes(text.encode("latin-1"))
    done = check(gateway)
    assert done.returncode == 1
    assert re.search(r"sluice\.yaml:\d+:\d+: error: ", done.stdout + done.stderr), done.stdout + done.stderr


def test_a_secret_that_others_can_read_is_refused(own_gateway):
    gateway = own_gateway()
    (gateway.directory / "secrets/upstream.password").chmod(0o644)
    done = check(gateway)
    assert done.returncode == 1 and "password" in done.stdout + done.stderr


def test_run_refuses_a_configuration_with_a_mistake(own_gateway):
    gateway = own_gateway()
    gateway.config_file.write_text("listen: [")
    gateway.start(wait_ready=False)
    status = eventually(lambda: None if gateway.process.poll() is None else (gateway.process.returncode,), "it to end")
    assert status == (1,) and "sluice.yaml:" in gateway.log_text()


def test_a_reload_takes_effect_without_dropping_a_session(own_gateway):
    with own_gateway() as gateway, psycopg.connect(gateway.dsn("support-bot"), autocommit=True, prepare_threshold=None) as connection:
        email = lambda: connection.execute("SELECT email FROM customers WHERE id = 3").fetchone()[0]  # noqa: E731
        assert email() == "tok-3"
        config = copy.deepcopy(gateway.config)
        next(rule for rule in config["rules"] if rule["id"] == "pii-as-token")["mask"] = {"token": "new-"}
        gateway.write_config(config)
        gateway.reload()
        assert eventually(lambda: email() == "new-3", "the new mask")


def test_a_bad_file_changes_nothing_and_is_told(own_gateway):
    with own_gateway() as gateway, psycopg.connect(gateway.dsn("support-bot"), autocommit=True) as connection:
        good = gateway.config_file.read_text()
        gateway.config_file.write_text(good + "\ncolour: blue\n")
        gateway.reload()
        eventually(lambda: "colour" in gateway.log_text(), "the mistake in the log")
        assert connection.execute("SELECT email FROM customers WHERE id = 3").fetchone() == ("tok-3",)
        gateway.check_running()


def test_a_reload_that_takes_an_identity_away_keeps_it_out(own_gateway):
    with own_gateway() as gateway:
        config = copy.deepcopy(gateway.config)
        config["identities"] = [identity for identity in config["identities"] if identity["id"] != "other-bot"]
        psycopg.connect(gateway.dsn("other-bot")).close()
        gateway.write_config(config)
        gateway.reload()

        def refused() -> bool:
            try:
                psycopg.connect(gateway.dsn("other-bot")).close()
            except psycopg.OperationalError:
                return True
            return False
        eventually(refused, "the identity to be unknown")


def test_sigterm_ends_in_order(own_gateway):
    gateway = own_gateway().start()
    connection = psycopg.connect(gateway.dsn("support-bot"), autocommit=True)
    connection.execute("SELECT 1")
    os.kill(gateway.pid, signal.SIGTERM)
    eventually(lambda: gateway.process.poll() is not None, "the end", timeout=40)
    assert gateway.process.returncode == 0, gateway.log_text()[-2000:]
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
