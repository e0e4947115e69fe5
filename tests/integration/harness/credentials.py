"""Passwords, SCRAM verifiers and API tokens of the tests' identities."""

import base64
import hashlib
import hmac
import os


def scram_verifier(password: str, salt: bytes | None = None, iterations: int = 4096) -> str:
    """PostgreSQL's own format: SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey."""
    salt = salt or os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    stored_key = hashlib.sha256(client_key).digest()
    encoded = [base64.b64encode(part).decode() for part in (salt, stored_key, server_key)]
    return f"SCRAM-SHA-256${iterations}:{encoded[0]}${encoded[1]}:{encoded[2]}"


def token_sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
