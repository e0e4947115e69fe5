"""How agents connect: protocol versions, TLS in all its forms, certificates, Unix sockets, names."""

import os
import pwd
import socket
import ssl
import struct
import subprocess

import psycopg
import pytest
from conftest import DIRECT
from harness import eventually
from harness.certificates import issue, make_certificates
from harness.credentials import scram_verifier
from harness.shop import DATABASE, PASSWORDS, shop_config
from harness.wire import ConnectionEnded, Wire, query, startup_packet

pytestmark = pytest.mark.skipif(DIRECT, reason="about the gateway itself")

V32 = 196610
USER = pwd.getpwuid(os.geteuid()).pw_name


def kinds(messages) -> str:
    return "".join(message.kind for message in messages)


@pytest.fixture
def certificates(tmp_path):
    return make_certificates(tmp_path / "tls")


def tls(certificates, **more) -> dict:
    return {"tls": {"certificate": str(certificates.certificate), "key": str(certificates.key)} | more}


def secure(gateway, certificates, user="support-bot", **parameters) -> str:
    return gateway.dsn(user, host="localhost", sslmode="verify-full", sslrootcert=str(certificates.authority)) + \
        "".join(f" {name}='{value}'" for name, value in parameters.items())


# Protocol versions and cancel keys

@pytest.mark.parametrize("version,length", [(196608, 4), (196609, 4), (V32, 32)], ids=["3.0", "3.1", "3.2"])
def test_the_cancel_key_is_as_long_as_the_protocol_version_has_it(shop, version, length):
    with Wire(shop.port).login(shop.user, shop.password, version=version) as wire:
        assert len(wire.secret_key) == length
        wire.send(query("SELECT pg_sleep(20)"))
        eventually(lambda: shop.upstream.query(f"SELECT state FROM pg_stat_activity WHERE pid = {wire.process_id}") == "active", "it to run")
        right, wire.secret_key = wire.secret_key, wire.secret_key[:-1] + bytes([wire.secret_key[-1] ^ 1])
        wire.cancel()
        wire.secret_key = right[:4] if length > 4 else right + b"more"
        wire.cancel()
        wire.secret_key = right
        wire.cancel()
        assert "57014" in [message.fields()["C"] for message in wire.until_ready() if message.kind == "E"]


@pytest.mark.parametrize("version,options,told", [
    (V32, {}, None), (196608 + 9999, {}, (V32, [])), (196608, {"_pq_.a": "1"}, (196608, ["_pq_.a"])),
    (V32 + 1, {"_pq_.a": "1", "_pq_.b": ""}, (V32, ["_pq_.a", "_pq_.b"]))], ids=["3.2", "3.9999", "an option", "both"])
def test_versions_and_options_are_negotiated_as_postgresql_18_does(shop, version, options, told):
    with Wire(shop.port) as wire:
        wire.send(startup_packet({"user": shop.user, "database": "shop"} | options, version))
        message = wire.read()
        if told is None:
            assert message.kind == "R"
            return
        assert message.kind == "v"
        newest, count = struct.unpack_from("!ii", message.body)
        assert (newest, message.body[8:].decode().split("\0")[:count]) == told
        wire._authenticate(shop.password)
        assert kinds(wire.until_ready()).endswith("KZ")


# TLS

def test_cancel_with_a_long_key_over_tls(own_gateway, certificates):
    with own_gateway(**tls(certificates, required=True)) as gateway, Wire(gateway.port) as wire:
        wire.start_tls(str(certificates.authority))
        wire.login("support-bot", PASSWORDS["support-bot"], version=V32)
        wire.send(query("SELECT pg_sleep(20)"))
        wire.send(query("SELECT 1"))
        wire.cancel()
        answers = wire.until_ready()
        while not any(message.kind == "E" for message in answers):
            wire.cancel()
            answers = wire.until_ready()
        assert [message.fields()["C"] for message in answers if message.kind == "E"] == ["57014"]


def test_direct_tls_needs_the_application_protocol(own_gateway, certificates):
    with own_gateway(**tls(certificates, required=True)) as gateway:
        with Wire(gateway.port) as wire:
            wire.start_tls(str(certificates.authority), direct=True, alpn="postgresql")
            wire.login("support-bot", PASSWORDS["support-bot"])
            assert kinds(wire.simple("SELECT 1")) == "TDCZ"
        with Wire(gateway.port) as wire:
            wire.start_tls(str(certificates.authority), direct=True)
            wire.send(startup_packet({"user": "support-bot", "database": "shop"}))
            assert wire.at_end() and not wire.heard
        with Wire(gateway.port) as wire, pytest.raises(ssl.SSLError):
            wire.start_tls(str(certificates.authority), direct=True, alpn="http/1.1")
            wire.socket.recv(1)
        done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{gateway.port}", "-alpn", "postgresql", "-CAfile",
                               str(certificates.authority)], input="", text=True, capture_output=True)
        assert "ALPN protocol: postgresql" in done.stdout and "Verify return code: 0 (ok)" in done.stdout


def test_direct_tls_where_there_is_no_tls_closes_at_once(shop):
    with Wire(shop.port, timeout=5) as wire, pytest.raises((ssl.SSLError, OSError)):
        wire.start_tls(direct=True, alpn="postgresql")
    with Wire(shop.port, timeout=5) as wire:
        wire.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        assert wire.at_end() and not wire.heard


def test_tls_sessions_are_resumed(own_gateway, certificates):
    with own_gateway(workers=2, **tls(certificates)) as gateway:
        first = Wire(gateway.port)
        first.start_tls(str(certificates.authority))
        first.login("support-bot", PASSWORDS["support-bot"])
        assert not first.socket.session_reused
        for _ in range(4):  # over all workers
            with Wire(gateway.port) as wire:
                wire._context = first._context
                wire.start_tls(session=first.socket.session)
                wire.login("support-bot", PASSWORDS["support-bot"])
                assert wire.socket.session_reused
        first.close()


SIGNATURES = {"ecdsa": ("ecdsa", ()), "sha384": ("ecdsa", ("-sha384",)), "rsa": ("rsa", ()), "rsa with sha512": ("rsa", ("-sha512",)),
              "rsa-pss": ("rsa", ("-sigopt", "rsa_padding_mode:pss", "-sha384"))}


@pytest.mark.parametrize("kind,signature", SIGNATURES.values(), ids=SIGNATURES)
def test_channel_binding_with_any_signature(own_gateway, tmp_path, kind, signature):
    made = make_certificates(tmp_path / "tls", key_kind=kind, signature=signature)
    with own_gateway(**tls(made)) as gateway:
        dsn = gateway.dsn("support-bot", host="localhost", sslmode="require", channel_binding="require")
        with psycopg.connect(dsn) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(gateway.dsn("support-bot", host="localhost", sslmode="require", channel_binding="require", password="wrong"))


def test_a_signature_without_a_hash_means_no_channel_binding(own_gateway, tmp_path):
    made = make_certificates(tmp_path / "tls", key_kind="ed25519")
    with own_gateway(**tls(made)) as gateway:
        with psycopg.connect(gateway.dsn("support-bot", host="localhost", sslmode="require")) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        with pytest.raises(psycopg.OperationalError, match="channel binding"):
            psycopg.connect(gateway.dsn("support-bot", host="localhost", sslmode="require", channel_binding="require"))


def test_certificates_are_read_again_at_sighup(own_gateway, tmp_path, certificates):
    other = make_certificates(tmp_path / "other")
    with own_gateway(**tls(certificates)) as gateway:
        old = psycopg.connect(secure(gateway, certificates), autocommit=True)
        good = certificates.certificate.read_bytes()
        certificates.certificate.write_text("no certificate")
        gateway.reload()
        eventually(lambda: "cannot use TLS certificate" in gateway.log_text(), "the refusal")
        psycopg.connect(secure(gateway, certificates)).close()

        certificates.certificate.write_bytes(other.certificate.read_bytes())
        certificates.key.write_bytes(other.key.read_bytes())
        gateway.reload()

        def new_one() -> bool:
            try:
                psycopg.connect(secure(gateway, other)).close()
                return True
            except psycopg.OperationalError:
                return False
        eventually(new_one, "the new certificate")
        assert old.execute("SELECT 1").fetchone() == (1,), "connections that stand go on"
        old.close()
        assert good


# Client certificates

def identities(server, *changed: dict) -> dict:
    names = {entry["id"] for entry in changed}
    return {"identities": [entry for entry in shop_config(server)["identities"] if entry["id"] not in names] + list(changed)}


@pytest.fixture
def certificate_gateway(own_gateway, upstream, certificates):
    by_certificate = {"kind": "agent", "owner": "alice", "groups": ["agents"]}
    with own_gateway(**tls(certificates, client_ca=str(certificates.authority)), **identities(
            upstream,
            {"id": "etl", "certificate": {"common_name": "etl-bot"}} | by_certificate,
            {"id": "mesh", "certificate": {"uri": "spiffe://shop/mesh"}} | by_certificate,
            {"id": "strict", "certificate": {"subject": "CN=strict,O=Shop"}, "scram_verifier": scram_verifier("both")} | by_certificate)) as gateway:
        yield gateway


def with_certificate(gateway, certificates, file, user, subject, names="", **more) -> str:
    certificate, key = issue(certificates.certificate.parent, file, subject, names)
    return secure(gateway, certificates, user, sslcert=certificate, sslkey=key, **more)


def test_a_certificate_alone_lets_in(certificate_gateway, certificates):
    gateway = certificate_gateway
    for dsn in (with_certificate(gateway, certificates, "etl", "etl", "/CN=etl-bot"),
                with_certificate(gateway, certificates, "mesh", "mesh", "/CN=x", "URI:spiffe://shop/mesh")):
        with psycopg.connect(dsn) as connection:
            assert connection.execute("SELECT email FROM customers WHERE id = 1").fetchone() == ("tok-1",)


def test_certificate_and_password_where_both_are_wanted(certificate_gateway, certificates):
    gateway = certificate_gateway
    right = with_certificate(gateway, certificates, "strict", "strict", "/O=Shop/CN=strict")
    psycopg.connect(right.replace("password=''", "password='both'")).close()
    wrong_name = with_certificate(gateway, certificates, "loose", "strict", "/CN=strict").replace("password=''", "password='both'")
    for dsn in (right.replace("password=''", "password='wrong'"), wrong_name,
                secure(gateway, certificates, "strict").replace("password=''", "password='both'")):
        with pytest.raises(psycopg.OperationalError, match='password authentication failed for user "strict"'):
            psycopg.connect(dsn)


def test_no_or_another_certificate_is_a_wrong_password_to_strangers(certificate_gateway, certificates):
    gateway = certificate_gateway
    for dsn in (secure(gateway, certificates, "etl"), with_certificate(gateway, certificates, "other", "etl", "/CN=mesh"),
                secure(gateway, certificates, "nobody")):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(dsn.replace("password=''", "password='guess'"))
    assert "its client certificate is another one's" in gateway.log_text()
    assert "it showed no client certificate" in gateway.log_text()


def test_a_strange_certificate_ends_the_handshake(certificate_gateway, certificates, tmp_path):
    gateway = certificate_gateway
    stranger = make_certificates(tmp_path / "stranger")
    certificate, key = issue(stranger.certificate.parent, "etl", "/CN=etl-bot")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(secure(gateway, certificates, "etl", sslcert=certificate, sslkey=key))


def test_a_certificate_survives_the_resumption_of_its_session(certificate_gateway, certificates):
    gateway = certificate_gateway
    certificate, key = issue(certificates.certificate.parent, "etl", "/CN=etl-bot")
    context = ssl.create_default_context(cafile=str(certificates.authority))
    context.load_cert_chain(certificate, key)
    first = Wire(gateway.port)
    first._context = context
    first.start_tls()
    first.login("etl", "")
    with Wire(gateway.port) as wire:
        wire._context = context
        wire.start_tls(session=first.socket.session)
        wire.login("etl", "")
        assert wire.socket.session_reused
    with Wire(gateway.port) as wire:
        wire._context = context
        wire.start_tls(session=first.socket.session)
        with pytest.raises(ConnectionEnded) as refused:
            wire.login("mesh", "guess")
        assert refused.value.args[0]["C"] == "28P01"
    first.close()


# Unix sockets and IPv6

@pytest.fixture
def unix_gateway(own_gateway, upstream, tmp_path, certificates):
    path = tmp_path / ".s.PGSQL.6432"
    peers = {"kind": "person", "groups": ["dbas"]}
    gateway = own_gateway(workers=3, **tls(certificates, required=True), **identities(
        upstream, {"id": "local", "peer": [USER]} | peers, {"id": "other", "peer": ["no-such-user", "4242"]} | peers,
        {"id": "*", "peer": [USER]} | peers))
    gateway.write_config(gateway.config | {"listen": gateway.config["listen"] + [{"address": str(path), "permissions": "0660"}]})
    with gateway:
        yield gateway, path


def local(path, user, **parameters) -> str:
    words = {"host": path.parent, "port": 6432, "user": user, "dbname": DATABASE} | parameters
    return " ".join(f"{name}='{value}'" for name, value in words.items())


def test_unix_sockets_serve_all_workers(unix_gateway):
    _, path = unix_gateway
    assert path.stat().st_mode & 0o777 == 0o660
    connections = [psycopg.connect(local(path, "support-bot", password=PASSWORDS["support-bot"])) for _ in range(9)]
    for connection in connections:
        assert connection.execute("SELECT email FROM customers WHERE id = 1").fetchone() == ("tok-1",)
        connection.close()


def test_there_is_no_tls_over_a_unix_socket(unix_gateway):
    _, path = unix_gateway
    with Wire(str(path)) as wire:
        wire.socket.sendall(struct.pack("!ii", 8, 80877103))
        assert wire.socket.recv(1) == b"N"
        wire.login("support-bot", PASSWORDS["support-bot"])


def test_the_operating_system_vouches_for_its_users(unix_gateway):
    gateway, path = unix_gateway
    with psycopg.connect(local(path, "local")) as connection:
        assert "@" in connection.execute("SELECT email FROM customers WHERE id = 1").fetchone()[0]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(local(path, "other", password="guess"))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(gateway.dsn("local", host="localhost", sslmode="require", password="guess"))


def test_any_name_with_the_operating_systems_word_but_no_configured_one(unix_gateway):
    gateway, path = unix_gateway
    for name in ("regress_user1", "Someone Else"):
        with psycopg.connect(local(path, name)) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        eventually(lambda: name in [record["identity"]["id"] for record in gateway.audit_records() if record["event"] == "session_opened"],
                   "the record")
    for name in ("support-bot", "alice", "*"):
        if name == "*":
            continue
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(local(path, name, password="guess"))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(gateway.dsn("regress_user1", host="localhost", sslmode="require", password="guess"))


@pytest.mark.skipif(not os.path.exists("/proc/net/if_inet6") or not open("/proc/net/if_inet6").read(), reason="no IPv6 here")
def test_ipv6(own_gateway):
    gateway = own_gateway()
    gateway.write_config(gateway.config | {"listen": gateway.config["listen"] + [{"address": "::1", "port": gateway.port}]})
    with gateway, psycopg.connect(gateway.dsn("support-bot", host="::1")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


# Names and settings

def test_names_are_cut_to_63_bytes(own_gateway, upstream):
    long = "a" * 63
    config = shop_config(upstream)
    bot = next(entry for entry in config["identities"] if entry["id"] == "other-bot") | {"id": long}
    with own_gateway(databases=config["databases"] | {"d" * 63: config["databases"][DATABASE]}, identities=config["identities"] + [bot]) as gateway:
        with psycopg.connect(gateway.dsn(long + "b" * 40, database="d" * 80, password=PASSWORDS["other-bot"])) as connection:
            assert connection.info.backend_pid  # no rule allows anything in a database of this name


def test_application_name_is_the_agents_own_and_the_log_knows_the_process(own_gateway, upstream):
    with own_gateway() as gateway:
        with psycopg.connect(gateway.dsn("support-bot", application_name="my tool"), autocommit=True) as connection:
            seen = f"SELECT application_name FROM pg_stat_activity WHERE pid = {connection.info.backend_pid}"
            assert upstream.query(seen) == "my tool"
            assert connection.execute("SHOW application_name").fetchone() == ("my tool",)

            def opened() -> list:
                records = [record for record in gateway.audit_records() if record["event"] == "session_opened"]
                return [(record["identity"]["id"], record["upstream_process_id"]) for record in records]
            assert eventually(opened, "the record") == [("support-bot", connection.info.backend_pid)]


def test_identities_may_be_shown_in_application_name(own_gateway, upstream):
    config = shop_config(upstream)
    config["databases"][DATABASE]["show_identity"] = True
    with own_gateway(databases=config["databases"]) as gateway:
        with psycopg.connect(gateway.dsn("support-bot", application_name="my tool")) as connection:
            seen = f"SELECT application_name FROM pg_stat_activity WHERE pid = {connection.info.backend_pid}"
            assert upstream.query(seen) == "support-bot/my tool"


# Hostile start-up packets, beside PostgreSQL itself

PACKETS = {
    "too short": struct.pack("!ii", 4, 196608), "too long": struct.pack("!ii", 10001, 196608) + b"x" * 9993,
    "huge": struct.pack("!ii", 0x7FFFFFFF, 196608), "negative": struct.pack("!ii", -1, 196608), "HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n", "zeros": bytes(64), "no user": struct.pack("!ii", 9, 196608) + b"\0",
    "no terminator": struct.pack("!ii", 40, 196608) + b"user\0x\0database\0d\0some more bytes"[:32],
    "a name without a value": struct.pack("!ii", 14, 196608) + b"user\0x",
    "protocol 1": struct.pack("!ii", 8, 1 << 16), "protocol 2": struct.pack("!ii", 296, 2 << 16) + bytes(288),
    "protocol 4": struct.pack("!ii", 8, 4 << 16), "TLS twice": struct.pack("!iiii", 8, 80877103, 8, 80877103),
    "a cancel without a key": struct.pack("!iii", 12, 80877102, 1), "a cancel of nobody": struct.pack("!iiii", 16, 80877102, 1, 2),
}


def answer_of(port: int, packet: bytes) -> tuple:
    """What comes back, and that the connection ends by itself."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as agent:
        heard = b""
        try:
            agent.sendall(packet)
            while piece := agent.recv(4096):
                heard += piece
        except ConnectionResetError:
            pass
    before, error = (heard[:1], heard[1:]) if heard[:1] in (b"S", b"N") else (b"", heard)
    if not error.startswith(b"E\0"):
        return (heard.replace(b"3.0 to 3.0", b"3.0 to 3.2"),)
    fields = {chr(part[0]): part[1:].decode() for part in error[5:].rstrip(b"\0").split(b"\0") if part}
    return before, *(fields[key].replace("3.0 to 3.0", "3.0 to 3.2") for key in "SVCM")


@pytest.mark.parametrize("packet", PACKETS.values(), ids=PACKETS)
def test_start_packets_are_answered_as_postgresql_does(shop, packet):
    assert answer_of(shop.port, packet) == answer_of(shop.upstream.port, packet)


def test_an_unknown_database_is_told_after_authentication(shop):
    with Wire(shop.port) as wire:
        with pytest.raises(ConnectionEnded) as refused:
            wire.login(shop.user, shop.password, "nosuch")
        assert refused.value.args[0]["C"] == "3D000"
        assert refused.value.args[0]["M"] == 'database "nosuch" does not exist'
        assert kinds(wire.heard) == "RRRRE"  # offer, challenge, outcome, AuthenticationOk
