"""The rows of the audit in the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from sqlalchemy import ColumnElement, Connection, func, insert, select

from service.audit.entry import Entry
from service.database.office_tables import audit

__all__ = ["Wanted", "add", "count", "find"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: those of `who`; those whose operation holds `operation`; with this status; from `since` on and before `until` (ISO
    8601, UTC). Empty or 0 for any."""

    who: str = ""
    operation: str = ""
    status: int = 0
    since: str = ""
    until: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions on the table."""
        found: list[ColumnElement[bool]] = []
        if self.who:
            found.append(audit.c.who == self.who)
        if self.operation:
            found.append(audit.c.operation.contains(self.operation, autoescape=True))
        if self.status:
            found.append(audit.c.status == self.status)
        if self.since:
            found.append(audit.c.at >= self.since)
        if self.until:
            found.append(audit.c.at < self.until)
        return found


def add(connection: Connection, entries: Sequence[Entry]) -> None:
    """Add rows, in their order."""
    names = [field.name for field in fields(Entry) if field.name != "id"]
    connection.execute(insert(audit), [{name: getattr(entry, name) for name in names} for entry in entries])


def find(connection: Connection, wanted: Wanted, before: int = 0, limit: int = 50) -> list[Entry]:
    """Up to `limit` rows, newest first, from below the id `before`; 0 for the newest."""
    names = [field.name for field in fields(Entry)]
    query = select(*(audit.c[name] for name in names)).where(*wanted.conditions())
    if before:
        query = query.where(audit.c.id < before)
    rows = connection.execute(query.order_by(audit.c.id.desc()).limit(limit))
    return [Entry(**row._mapping) for row in rows]


def count(connection: Connection, wanted: Wanted) -> int:
    """How many rows there are."""
    return connection.scalar(select(func.count()).select_from(audit).where(*wanted.conditions())) or 0
