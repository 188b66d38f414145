"""A file of labels that was looked through and waits to be confirmed. It is kept in the store, where any replica finds it, for a day."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from service.database.database import now
from service.database.office_tables import jobs

__all__ = ["HOURS", "hold", "is_held", "take"]

KIND = "held"  # a row of jobs that no runner looks for: its payload is the file
HOURS = 24
MOST = 20  # files; the oldest make room
MOST_BYTES = 500_000_000  # and those for which there is no room beside newer ones


def hold(connection: Connection, preview: str, by: str, asked: Mapping[str, Any], data: bytes) -> None:
    """Keep the file of the import with this id, a preview, and let go of those whose time is over."""
    _prune(connection, len(data))
    at = now()
    fixed = {"state": "done", "done": 0, "total": 0, "message": "", "runner": "", "seen_at": at, "created_at": at}
    row = {"id": _id(preview), "kind": KIND, "by": by, "asked": dict(asked), "payload": data, **fixed}
    connection.execute(insert(jobs).values(**row))


def is_held(connection: Connection, preview: str) -> bool:
    """Whether the file of this preview is there to be confirmed."""
    asked = select(func.count()).select_from(jobs).where(jobs.c.kind == KIND, jobs.c.id == _id(preview))
    return bool(connection.scalar(asked))


def take(connection: Connection, preview: str) -> bytes | None:
    """The file of this preview, which is let go: of two who confirm it, one gets it. None if it is not there."""
    here = (jobs.c.kind == KIND, jobs.c.id == _id(preview))
    data = connection.scalar(select(jobs.c.payload).where(*here).with_for_update())
    gone = connection.execute(delete(jobs).where(*here)).rowcount
    return bytes(data) if data is not None and gone else None


def _prune(connection: Connection, room: int) -> None:
    """Let go of what is over its time, and of what must make room for one more of so many bytes."""
    until = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=HOURS)
    columns = (jobs.c.id, jobs.c.created_at, func.length(jobs.c.payload))
    asked = select(*columns).where(jobs.c.kind == KIND).order_by(jobs.c.created_at.desc())
    gone = []
    for at, (key, made, size) in enumerate(connection.execute(asked).all(), 1):
        room += size or 0
        if at >= MOST or room > MOST_BYTES or made < until.isoformat(timespec="microseconds"):
            gone.append(key)
    connection.execute(delete(jobs).where(jobs.c.kind == KIND, jobs.c.id.in_(gone)))


def _id(preview: str) -> str:
    return f"{preview}-file"[:32]
