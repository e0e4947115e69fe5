"""A certificate authority and one server certificate for localhost, made by openssl."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificates:
    authority: Path
    certificate: Path
    key: Path


def make_certificates(directory: Path, name: str = "localhost") -> Certificates:
    """ECDSA P-256; the server's certificate is good for `name` and 127.0.0.1."""
    directory.mkdir(parents=True, exist_ok=True)
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-batch"]
    authority, certificate, key = directory / "ca.crt", directory / "server.crt", directory / "server.key"
    _openssl("req", "-x509", *new_key, "-subj", "/CN=test authority", "-keyout", str(directory / "ca.key"), "-out", str(authority))
    _openssl("req", *new_key[:-3], "-batch", "-subj", f"/CN={name}", "-keyout", str(key), "-out", str(directory / "server.csr"))
    extensions = directory / "extensions"
    extensions.write_text(f"subjectAltName=DNS:{name},IP:127.0.0.1\n")
    _openssl("x509", "-req", "-in", str(directory / "server.csr"), "-CA", str(authority), "-CAkey", str(directory / "ca.key"),
             "-CAcreateserial", "-days", "2", "-extfile", str(extensions), "-out", str(certificate))
    key.chmod(0o600)
    return Certificates(authority, certificate, key)


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
