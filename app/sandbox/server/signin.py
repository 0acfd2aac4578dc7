"""Secrets and tokens on the server's side: salted hashes in, random tokens out, nothing in clear kept."""

import hashlib
import hmac
import secrets
import sqlite3

TOKEN_SECONDS = 3600

_SCRYPT = {"n": 2**13, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024}


def hash_secret(secret: str) -> tuple[bytes, bytes]:
    """Return a fresh salt and the secret's hash with it."""
    salt = secrets.token_bytes(16)
    return salt, _hash(secret, salt)


def sign_in(db: sqlite3.Connection, client_id: str, secret: str, now: float) -> str | None:
    """Return a new token for the client, or None when the secret is not its secret.

    Call it inside a transaction. `now` is in seconds since the epoch.
    """
    row = db.execute("SELECT salt, secret_hash FROM clients WHERE client_id = ?", (client_id,)).fetchone()
    if row is None or not hmac.compare_digest(_hash(secret, row["salt"]), row["secret_hash"]):
        return None
    token = secrets.token_urlsafe(32)
    db.execute("DELETE FROM tokens WHERE expires_at <= ?", (now,))
    db.execute("INSERT INTO tokens VALUES (?, ?, ?)", (_digest(token), client_id, now + TOKEN_SECONDS))
    return token


def client_of(db: sqlite3.Connection, token: str, now: float) -> str | None:
    """Return whose token this is, or None when it is unknown or has expired."""
    row = db.execute(
        "SELECT client_id FROM tokens WHERE token_hash = ? AND expires_at > ?", (_digest(token), now)
    ).fetchone()
    return None if row is None else str(row["client_id"])


def _hash(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(secret.encode("utf-8", "surrogatepass"), salt=salt, **_SCRYPT)


def _digest(token: str) -> bytes:
    # A token is 256 random bits: a plain hash is enough to make a stolen file useless.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
