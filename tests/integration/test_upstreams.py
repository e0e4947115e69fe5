"""How Sluice finds its upstreams and logs in there."""

import os
import pwd
import shutil
import socket
import ssl
import threading
from contextlib import contextmanager, suppress

import psycopg
import pytest
from conftest import DIRECT
from harness import Postgres, eventually, free_port
from harness.certificates import issue, make_certificates
from harness.shop import DATABASE, PASSWORDS, create_shop, shop_config
from harness.wire import Wire, query

pytestmark = pytest.mark.skipif(DIRECT, reason="about the gateway itself")

USER = pwd.getpwuid(os.geteuid()).pw_name


def changed(server, **changes) -> dict:
    """The shop's `databases` with other keys for the shop; None removes one."""
    databases = shop_config(server)["databases"]
    shop = {key: value for key, value in (databases[DATABASE] | changes).items() if value is not None}
    return {"databases": {DATABASE: shop}}


def port_of(connection) -> int:
    return connection.execute("SELECT setting::int FROM pg_settings WHERE name = 'port'").fetchone()[0]


@pytest.fixture(scope="module")
def pair(upstream):
    """The shop's server, and a copy of its files that runs beside it: oids and system identifier are the same."""
    with Postgres() as first:
        create_shop(first)
        first.stop()
        with Postgres(copy_of=first, settings={"default_transaction_read_only": "on"}) as second:
            yield first.start(), second


class Gate:
    """A way to a server that can be shut: then it hangs up on everybody who comes."""

    def __init__(self, listener: socket.socket, target: int):
        self.port = listener.getsockname()[1]
        self.shut = False
        self.turned_away = 0
        self._listener, self._target = listener, target
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                agent, _ = self._listener.accept()
            except OSError:
                return
            if self.shut:
                self.turned_away += 1
                agent.close()
                continue
            server = socket.create_connection(("127.0.0.1", self._target))
            for ends in ((agent, server), (server, agent)):
                threading.Thread(target=pump, args=ends, daemon=True).start()


def pump(source, target) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


@contextmanager
def gate_before(port: int):
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listener:
        yield Gate(listener, port)


# Several hosts

def test_the_first_host_that_answers(own_gateway, pair):
    first, second = pair
    hosts = [f"127.0.0.1:{free_port()}", "no-such-host.invalid:5432", f"127.0.0.1:{second.port}", f"127.0.0.1:{first.port}"]
    with own_gateway(server=first, **changed(first, host=None, port=None, hosts=hosts)) as gateway:
        with psycopg.connect(gateway.dsn("support-bot"), autocommit=True) as connection:
            assert connection.execute("SELECT email FROM customers WHERE id = 1").fetchone() == ("tok-1",)
            assert connection.execute("SHOW default_transaction_read_only").fetchone() == ("on",)


@pytest.mark.parametrize("target,read_only", [("read-write", "off"), ("read-only", "on"), ("any", "on"), ("primary", "on")])
def test_the_kind_of_server_that_is_wanted(own_gateway, pair, target, read_only):
    first, second = pair
    hosts = [f"127.0.0.1:{second.port}", f"127.0.0.1:{first.port}"]
    with own_gateway(server=first, **changed(first, host=None, port=None, hosts=hosts, target_session_attrs=target)) as gateway:
        with psycopg.connect(gateway.dsn("support-bot"), autocommit=True) as connection:
            assert connection.execute("SHOW default_transaction_read_only").fetchone() == (read_only,)


def test_a_failover_is_followed_and_a_dead_upstream_is_not_hammered(own_gateway, pair):
    first, second = pair
    hosts = [f"127.0.0.1:{first.port}", f"127.0.0.1:{second.port}"]
    with own_gateway(server=first, workers=1, **changed(first, host=None, port=None, hosts=hosts)) as gateway:
        def read_only() -> str:
            with psycopg.connect(gateway.dsn("support-bot"), autocommit=True) as connection:
                return connection.execute("SHOW default_transaction_read_only").fetchone()[0]
        assert read_only() == "off"
        first.stop()
        try:
            assert read_only() == "on"
        finally:
            first.start()

        def back() -> bool:
            return read_only() == "off"
        eventually(back, "the first server to be used again")


def test_a_storm_on_a_dead_upstream_gets_quick_errors(own_gateway, upstream):
    with gate_before(upstream.port) as gate, own_gateway(workers=1, **changed(upstream, port=gate.port)) as gateway:
        psycopg.connect(gateway.dsn("support-bot")).close()
        gate.shut = True
        told = []

        def one() -> None:
            try:
                psycopg.connect(gateway.dsn("support-bot")).close()
            except psycopg.OperationalError as refused:
                told.append(str(refused))
        agents = [threading.Thread(target=one) for _ in range(60)]
        [agent.start() for agent in agents]
        [agent.join() for agent in agents]
        assert len(told) == 60 and all("could not connect to the upstream server" in text for text in told)
        turned_away = gate.turned_away
        for _ in range(20):
            one()
        assert gate.turned_away - turned_away < 10, "most are told without a connection"
        gate.shut = False

        def back() -> bool:
            told.clear()
            one()
            return not told
        eventually(back, "the server to be used again")


def test_cancel_goes_to_the_server_that_runs_the_statement(own_gateway, pair):
    first, second = pair
    hosts = [f"127.0.0.1:{second.port}", f"127.0.0.1:{first.port}"]
    with own_gateway(server=first, **changed(first, host=None, port=None, hosts=hosts, target_session_attrs="read-write")) as gateway:
        with Wire(gateway.port).login("support-bot", PASSWORDS["support-bot"]) as wire:
            wire.send(query("SELECT pg_sleep(20)"))
            eventually(lambda: first.query(f"SELECT state FROM pg_stat_activity WHERE pid = {wire.process_id}") == "active", "it to run")
            wire.cancel()
            assert "57014" in [message.fields()["C"] for message in wire.until_ready() if message.kind == "E"]


def test_a_real_standby(own_gateway):
    settings = {"wal_level": "replica", "max_wal_senders": "4", "hot_standby": "on"}
    with Postgres(settings=settings) as primary:
        create_shop(primary)
        primary.execute("CREATE ROLE copier REPLICATION LOGIN PASSWORD 'copy'")
        with open(primary.data / "pg_hba.conf", "a") as hba:
            hba.write("local replication all trust\n")
        primary.execute("SELECT pg_reload_conf()")
        standby = Postgres(settings=settings)
        try:
            shutil.rmtree(standby.data)
            standby._tool("pg_basebackup", "-D", str(standby.data), "-h", str(primary.directory), "-p", str(primary.port), "-U", "postgres", "-R",
                          "-c", "fast", "-X", "stream")
            standby.start()
            hosts = [f"127.0.0.1:{primary.port}", f"127.0.0.1:{standby.port}"]
            for target, recovery in (("standby", True), ("prefer-standby", True), ("read-only", True), ("primary", False), ("read-write", False)):
                with own_gateway(server=primary, **changed(primary, host=None, port=None, hosts=hosts, target_session_attrs=target)) as gateway:
                    with psycopg.connect(gateway.dsn("support-bot"), autocommit=True) as connection:
                        told = connection.execute("SELECT email FROM customers WHERE id = 1").fetchone()
                        assert told == ("tok-1",)
                        assert (connection.info.parameter_status("in_hot_standby") == "on") is recovery, target
        finally:
            standby.stop()
            shutil.rmtree(standby.directory, ignore_errors=True)


# TLS towards the upstream

def test_channel_binding_and_a_client_certificate_towards_the_upstream(own_gateway, tmp_path):
    certificates = make_certificates(tmp_path / "tls", key_kind="rsa", signature=("-sigopt", "rsa_padding_mode:pss", "-sha384"))
    server = Postgres(certificates=certificates, settings={"ssl_ca_file": "ca.crt"})
    shutil.copy(certificates.authority, server.data / "ca.crt")
    (server.data / "pg_hba.conf").write_text("local all all trust\nhostssl all all all scram-sha-256 clientcert=verify-ca\n")
    server._give_away()
    with server:
        create_shop(server)
        certificate, key = issue(tmp_path / "tls", "gateway", "/CN=gateway")
        secure = {"host": "localhost", "tls": "verify-full", "ca_file": str(certificates.authority)}
        with own_gateway(server=server, **changed(server, **secure, certificate=str(certificate), key=str(key), channel_binding="require")) as gateway:
            with psycopg.connect(gateway.dsn("support-bot"), autocommit=True) as connection:
                assert connection.execute("SELECT email FROM customers WHERE id = 1").fetchone() == ("tok-1",)
            with Wire(gateway.port).login("support-bot", PASSWORDS["support-bot"]) as wire:
                wire.send(query("SELECT pg_sleep(20)"))
                eventually(lambda: server.query(f"SELECT state FROM pg_stat_activity WHERE pid = {wire.process_id}") == "active", "it to run")
                wire.cancel()
                assert "57014" in [message.fields()["C"] for message in wire.until_ready() if message.kind == "E"]
        without = own_gateway(server=server, **changed(server, **secure))
        without.start(wait_ready=False)
        with pytest.raises(psycopg.OperationalError, match="could not connect to the upstream|not available"):
            eventually(lambda: "listening at" in without.log_text() and "ready" in without.log_text(), "it to start")
            psycopg.connect(without.dsn("support-bot"))


@contextmanager
def tls_front(certificates, port: int):
    """Takes TLS off in front of a server, directly or after a request, as PostgreSQL 17 does. Yields its port and what came directly."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    context.set_alpn_protocols(["postgresql"])
    direct: list[str | None] = []

    def serve(agent: socket.socket) -> None:
        asked = agent.recv(1, socket.MSG_PEEK) != b"\x16"
        if asked:
            agent.recv(8)
            agent.sendall(b"S")
        secure = context.wrap_socket(agent, server_side=True)
        if not asked:
            direct.append(secure.selected_alpn_protocol())
        server = socket.create_connection(("127.0.0.1", port))
        threading.Thread(target=pump, args=(server, secure), daemon=True).start()
        pump(secure, server)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        def accept() -> None:
            while True:
                try:
                    agent, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(agent,), daemon=True).start()
        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1], direct


def test_direct_tls_towards_a_server_that_takes_it(own_gateway, tmp_path, upstream):
    """The catalog is read with a request, by libpq 15."""
    certificates = make_certificates(tmp_path / "tls")
    with tls_front(certificates, upstream.port) as (port, direct):
        secure = {"host": "localhost", "port": port, "tls": "verify-full", "ca_file": str(certificates.authority), "tls_negotiation": "direct"}
        with own_gateway(**changed(upstream, **secure)) as gateway:
            with psycopg.connect(gateway.dsn("support-bot"), autocommit=True) as connection:
                assert connection.execute("SELECT email FROM customers WHERE id = 1").fetchone() == ("tok-1",)
                assert direct == ["postgresql"]
                connection.cancel()
                eventually(lambda: direct == ["postgresql"] * 2, "the cancel, directly under TLS too")


def test_a_new_password_takes_effect_at_sighup_and_sessions_go_on(own_gateway):
    with Postgres() as server:
        create_shop(server)
        with own_gateway(server=server, workers=1) as gateway:
            old = psycopg.connect(gateway.dsn("support-bot"), autocommit=True)
            server.execute("ALTER ROLE sluice_upstream PASSWORD 'rotated'")
            with pytest.raises(psycopg.OperationalError, match="the gateway could not log in to the upstream server") as refused:
                psycopg.connect(gateway.dsn("support-bot"))
            assert "sluice_upstream" not in str(refused.value)
            (gateway.directory / "secrets" / "upstream.password").write_text("rotated")
            gateway.reload()

            def lets_in() -> bool:
                try:
                    psycopg.connect(gateway.dsn("support-bot")).close()
                    return True
                except psycopg.OperationalError:
                    return False
            eventually(lets_in, "the new password")
            assert old.execute("SELECT email FROM customers WHERE id = 1").fetchone() == ("tok-1",)
            old.close()


# Roles

def test_identities_with_roles_of_their_own(own_gateway, tmp_path):
    with Postgres() as server:
        create_shop(server)
        server.execute("""CREATE ROLE etl LOGIN PASSWORD 'etl' IN ROLE sluice_upstream; CREATE ROLE dana LOGIN PASSWORD 'dana' IN ROLE sluice_upstream;
                          CREATE ROLE "other-bot" NOLOGIN""")
        roles = [{"identities": ["support-bot"], "user": "etl", "password_file": "secrets/etl"},
                 {"groups": ["dbas"], "user": "same", "password_file": "secrets/dana"},
                 {"identities": ["other-bot"], "user": "same", "password_file": "secrets/etl"},
                 {"identities": ["hasty-bot"], "user": "same", "password_file": "secrets/etl"}]
        gateway = own_gateway(server=server, workers=1, **changed(server, roles=roles, upstream_privileges="warn"))
        for name in ("etl", "dana"):
            (gateway.directory / "secrets" / name).touch(mode=0o600)
            (gateway.directory / "secrets" / name).write_text(name)
        with gateway:
            for identity, role in (("support-bot", "etl"), ("dana", "dana"), ("bulk-bot", "sluice_upstream")):
                with psycopg.connect(gateway.dsn(identity), autocommit=True) as connection:
                    assert connection.execute("SELECT current_user::text").fetchone() == (role,)
                    assert connection.info.parameter_status("session_authorization") == role
                    for escape in ("SET ROLE none", "RESET ROLE", "SET SESSION AUTHORIZATION DEFAULT", "SET ROLE sluice_upstream",
                                   "SELECT set_config('role', 'none', false)"):
                        if identity != "dana":
                            with suppress(psycopg.Error):  # some are no escape: they lead to where the session is
                                connection.execute(escape)
                            assert connection.execute("SELECT current_user::text").fetchone() == (role,)
            for identity in ("other-bot", "hasty-bot"):
                with pytest.raises(psycopg.OperationalError):
                    psycopg.connect(gateway.dsn(identity))


# Databases that are passed on

@pytest.fixture
def passing_gateway(own_gateway, tmp_path):
    with Postgres() as server:
        create_shop(server)
        server.execute("CREATE DATABASE reports")
        server.execute("CREATE TABLE public.figures (id int, secret text); INSERT INTO figures VALUES (1, 'canary'); GRANT SELECT ON figures TO PUBLIC",
                       "reports")
        config = shop_config(server)
        any_database = {key: value for key, value in config["databases"][DATABASE].items() if key != "database"}
        alias = config["databases"] | {"*": any_database}
        alias["front"] = alias.pop(DATABASE)  # the shop is known by another name
        rules = [rule for rule in config["rules"] if rule["id"] != "agents-work"] + [
            {"id": "agents-read", "effect": "allow", "groups": ["agents", "hasty"]}]
        tags = {"front": config["tags"][DATABASE], "*": {"public.figures.secret": ["pii"]}}
        with own_gateway(server=server, databases=alias, rules=rules, tags=tags, workers=2) as gateway:
            yield gateway, server


def test_any_other_database_is_passed_on_with_its_tags(passing_gateway):
    gateway, _ = passing_gateway
    with psycopg.connect(gateway.dsn("support-bot", database="reports"), autocommit=True) as connection:
        assert connection.execute("SELECT current_database()::text").fetchone() == ("reports",)
        assert "canary" not in str(connection.execute("SELECT secret FROM figures").fetchone())
        assert connection.execute("SELECT id FROM figures").fetchone() == (1,)
    with psycopg.connect(gateway.dsn("support-bot", database="front"), autocommit=True) as connection:
        assert connection.execute("SELECT email FROM customers WHERE id = 1").fetchone() == ("tok-1",)


def test_the_rules_of_an_alias_cannot_be_walked_around(passing_gateway):
    gateway, _ = passing_gateway
    for name in (DATABASE, "nosuch", "*", "front\n"):
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(gateway.dsn("support-bot", database=name))


def test_a_database_that_nobody_uses_any_more_can_be_dropped_and_made_anew(passing_gateway):
    gateway, server = passing_gateway
    for round_number in range(2):
        server.execute("CREATE DATABASE volatile")
        server.execute(f"CREATE TABLE t{round_number} (x int); GRANT SELECT ON t{round_number} TO PUBLIC", "volatile")
        with psycopg.connect(gateway.dsn("support-bot", database="volatile"), autocommit=True) as connection:
            assert connection.execute(f"SELECT * FROM t{round_number}").fetchall() == []
        server.execute("DROP DATABASE volatile")  # waits up to five seconds for others to leave
    for _ in range(3):
        with pytest.raises(psycopg.OperationalError, match='database "volatile" does not exist'):
            psycopg.connect(gateway.dsn("support-bot", database="volatile"))


def test_many_databases_in_turn(passing_gateway):
    gateway, server = passing_gateway
    server.execute("".join(f"CREATE DATABASE many{number};\n" for number in range(6)))
    connections = [psycopg.connect(gateway.dsn("support-bot", database=f"many{number}"), autocommit=True) for number in range(6)]
    for number, connection in enumerate(connections):
        assert connection.execute("SELECT current_database()::text").fetchone() == (f"many{number}",)
    gateway.reload()
    eventually(lambda: gateway.log_text().count("is in effect") >= 2, "the reload")
    for number, connection in enumerate(connections):
        assert connection.execute("SELECT current_database()::text").fetchone() == (f"many{number}",)
        connection.close()


# What PostgreSQL's own test suite needs

def test_names_of_the_upstreams_own_by_the_word_of_the_operating_system(own_gateway, tmp_path):
    with Postgres() as server:
        create_shop(server)
        server.execute("CREATE ROLE regress_user1 LOGIN; CREATE DATABASE regression OWNER regress_user1")
        (server.data / "pg_hba.conf").write_text("local all all trust\nhost all all all trust\n")
        server.execute("SELECT pg_reload_conf()")
        config = shop_config(server)
        shop = config["databases"][DATABASE]
        everybody = {"kind": "person", "groups": ["dbas"]}
        gateway = own_gateway(
            server=server, identities=config["identities"] + [{"id": "*", "peer": [USER]} | everybody],
            databases={DATABASE: shop, "*": {key: value for key, value in shop.items() if key != "database"} | {"roles": [
                {"groups": ["dbas"], "user": "same"}]}})
        path = tmp_path / ".s.PGSQL.6432"
        gateway.write_config(gateway.config | {"listen": gateway.config["listen"] + [{"address": str(path)}]})
        with gateway:
            for name in ("regress_user1", "postgres"):
                with psycopg.connect(f"host={tmp_path} port=6432 user={name} dbname=regression", autocommit=True) as connection:
                    assert connection.execute("SELECT session_user::text, current_database()::text").fetchone() == (name, "regression")
            with pytest.raises(psycopg.OperationalError, match='role "nobody_there" does not exist'):
                psycopg.connect(f"host={tmp_path} port=6432 user=nobody_there dbname=regression")
