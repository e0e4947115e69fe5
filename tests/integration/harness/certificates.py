"""A certificate authority and one server certificate for localhost, made by openssl."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificates:
    authority: Path
    certificate: Path
    key: Path


KEYS = {
    "ecdsa": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
    "rsa": ["-newkey", "rsa:2048"],
    "ed25519": ["-newkey", "ed25519"],
}


def make_certificates(directory: Path, name: str = "localhost", key_kind: str = "ecdsa", signature: tuple[str, ...] = ()) -> Certificates:
    """The server's certificate is good for `name` and 127.0.0.1; `key_kind` is one of KEYS and holds for the authority too.

    `signature`: how the authority signs, in openssl's words.
    """
    directory.mkdir(parents=True, exist_ok=True)
    new_key = [*KEYS[key_kind], "-nodes", "-batch"]
    authority = directory / "ca.crt"
    _openssl("req", "-x509", *new_key, "-days", "2", "-subj", "/CN=test authority", "-keyout", str(directory / "ca.key"), "-out", str(authority))
    return Certificates(authority, *issue(directory, "server", f"/CN={name}", f"DNS:{name},IP:127.0.0.1", new_key, signature))


def issue(directory: Path, file: str, subject: str, names: str = "", new_key: list[str] | None = None,
          signature: tuple[str, ...] = ()) -> tuple[Path, Path]:
    """Another certificate of the authority in `directory`, with its key: a client's, say."""
    certificate, key, request = (directory / f"{file}.{ending}" for ending in ("crt", "key", "csr"))
    new_key = new_key or [*KEYS["ecdsa"], "-nodes", "-batch"]
    _openssl("req", *new_key, "-subj", subject, "-keyout", str(key), "-out", str(request))
    extensions = directory / f"{file}.ext"
    extensions.write_text(f"subjectAltName={names}\n" if names else "")
    _openssl("x509", "-req", "-in", str(request), "-CA", str(directory / "ca.crt"), "-CAkey", str(directory / "ca.key"), "-CAcreateserial",
             "-days", "2", "-extfile", str(extensions), *signature, "-out", str(certificate))
    key.chmod(0o600)
    return certificate, key


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
