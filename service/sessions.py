"""Who is signed in on the page: a cookie of 256 random bits, of which only the SHA-256 is kept, so that every worker knows it.

A session is as good as the key that opened it: it ends when the key is revoked, and a session of this machine's own key ends when
keys are set up.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from service.database.office_tables import keys, sessions
from service.keys import any_key
from service.session import LOCAL, Session

__all__ = ["HOURS", "close", "find", "start"]

HOURS = 12


def start(connection: Connection, key_id: str | None, now: datetime) -> str:
    """Begin a session of the key, or of this machine's own, and give what the cookie holds. Sessions that have ended are removed."""
    connection.execute(delete(sessions).where(sessions.c.expires_at <= now.isoformat()))
    token = secrets.token_urlsafe(32)
    values = {"id": _hash(token), "key_id": key_id, "created_at": now.isoformat()}
    connection.execute(insert(sessions).values(**values, expires_at=(now + timedelta(hours=HOURS)).isoformat()))
    return token


def find(connection: Connection, token: str, now: datetime) -> Session | None:
    """The session of the cookie; None if there is none, it has ended, or its key is no longer good."""
    query = select(sessions.c.key_id, *keys.c).outerjoin(keys, keys.c.id == sessions.c.key_id)
    row = connection.execute(
        query.where(sessions.c.id == _hash(token), sessions.c.expires_at > now.isoformat())
    ).one_or_none()
    if row is None:
        return None
    csrf = hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()
    if row.key_id is None:
        return None if any_key(connection) else Session(LOCAL, ("admin",), csrf, LOCAL, local=True)
    if row.name is None or row.revoked_at is not None:
        return None
    return Session(row.name, tuple(row.scopes), csrf, row.key_id)


def close(connection: Connection, token: str) -> None:
    """End the session of the cookie."""
    connection.execute(delete(sessions).where(sessions.c.id == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
