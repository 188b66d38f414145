"""One theme made another in every label that names it."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from service.database.chunks import chunks, insert_all
from service.database.tables import labels
from service.labels.settle import settle

__all__ = ["relabel"]


def relabel(connection: Connection, theme: str, into: str, at: str, note: str) -> int:
    """Replace theme id `theme` by `into` in all current labels, their history kept; gives how many were changed."""
    rows = connection.execute(select(labels).where(labels.c.current)).all()
    carrying = [row for row in rows if theme in row.themes]
    for chunk in chunks(carrying):
        connection.execute(update(labels).where(labels.c.id.in_([row.id for row in chunk])).values(current=False))
        fresh = []
        for row in chunk:
            values = {key: value for key, value in row._mapping.items() if key != "id"}
            merged = dict.fromkeys(into if name == theme else name for name in row.themes)
            fresh.append({**values, "themes": list(merged), "at": at, "note": note})
        insert_all(connection, labels, fresh)
    settle(connection, {row.text_id for row in carrying})
    return len(carrying)
