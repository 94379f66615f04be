"""Pseudonyms: HMAC-SHA256 inside DuckDB, so that personal values never leave the first projection.

Belongs here: the macro and its key. The key is bound to the connection as variables: it is in no SQL text, no
database file and no error message.
"""

from __future__ import annotations

import hashlib
import hmac

import duckdb

_BLOCK = 64  # SHA-256's block size in bytes (RFC 2104)


def install_pseudonyms(con: duckdb.DuckDBPyConnection, key: str) -> None:
    """Make the SQL macro `pseudonym(system, domain, value)` available on this connection."""
    secret = key.encode()
    if len(secret) > _BLOCK:
        secret = hashlib.sha256(secret).digest()
    secret = secret.ljust(_BLOCK, b"\0")
    con.execute("set variable pseudonym_inner = ?", [bytes(b ^ 0x36 for b in secret)])
    con.execute("set variable pseudonym_outer = ?", [bytes(b ^ 0x5C for b in secret)])
    con.execute(
        "create or replace temp macro pseudonym(system, domain, value) as case when trim(value) <> '' then sha256("
        "getvariable('pseudonym_outer') || unhex(sha256(getvariable('pseudonym_inner') ||"
        " encode(system || '|' || domain || '|' || lower(trim(value)))))) end"
    )


def pseudonym(key: str, system: str, domain: str, value: str) -> str:
    """The same in Python, for tests and for looking a person up on request: 64 hex digits."""
    message = f"{system}|{domain}|{value.strip(' ').lower()}"
    return hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()
