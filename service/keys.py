"""Keys: 16 characters that find it and a secret of 256 random bits, of which only the SHA-256 is kept.

A secret that cannot be guessed needs no slow hash; what is kept is of no use to who reads the store.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from policy_themes.errors import InputError
from service.database.office_tables import keys
from service.labels.shapes import ONE_LINE

__all__ = ["SCOPES", "Key", "any_key", "create", "holder", "listed", "revoke"]

SCOPES = ("read", "label", "train", "admin")
MARK = "ptk"


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is shown: never its secret. `scopes` are of SCOPES; admin allows everything."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: str
    revoked_at: str | None

    def allows(self, scope: str) -> bool:
        """Whether the key may do what asks for `scope`."""
        return scope in self.scopes or "admin" in self.scopes


def create(connection: Connection, name: str, scopes: tuple[str, ...], at: str) -> str:
    """Make a key for `name` and give it, for the only time. Raises InputError for a scope that there is none of."""
    if unknown := sorted(set(scopes) - set(SCOPES)) or (not scopes and [""]):
        raise InputError(
            f"没有权限“{unknown[0]}”,可用:{'、'.join(SCOPES)}",
            f"there is no scope {unknown[0]!r}; there are {', '.join(SCOPES)}",
        )
    if not 0 < len(name) <= 100 or not re.fullmatch(ONE_LINE, name):
        raise InputError("密钥名称应为一行,1 至 100 个字符", "a key's name is one line of 1 to 100 characters")
    found_by, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    values = {"id": found_by, "name": name, "hash": _hash(secret), "scopes": list(scopes), "created_at": at}
    connection.execute(insert(keys).values(**values))
    return f"{MARK}_{found_by}_{secret}"


def holder(connection: Connection, given: str) -> Key | None:
    """Whose key was given; None if it is none of ours or revoked."""
    mark, _, rest = given.partition("_")
    found_by, _, secret = rest.partition("_")
    row = connection.execute(select(keys).where(keys.c.id == found_by, keys.c.revoked_at.is_(None))).one_or_none()
    right = hmac.compare_digest(row.hash if row else _hash(""), _hash(secret))
    return Key(row.id, row.name, tuple(row.scopes), row.created_at, None) if row and right and mark == MARK else None


def any_key(connection: Connection) -> bool:
    """Whether keys have been set up: then only they open anything."""
    return bool(connection.scalar(select(func.count()).select_from(keys).where(keys.c.revoked_at.is_(None))))


def listed(connection: Connection) -> list[Key]:
    """All keys, those revoked too, oldest first."""
    rows = connection.execute(select(keys).order_by(keys.c.created_at))
    return [Key(row.id, row.name, tuple(row.scopes), row.created_at, row.revoked_at) for row in rows]


def revoke(connection: Connection, found_by: str, at: str) -> bool:
    """Revoke the key with this id; False if there is none that is still good."""
    good = update(keys).where(keys.c.id == found_by, keys.c.revoked_at.is_(None))
    return bool(connection.execute(good.values(revoked_at=at)).rowcount)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
