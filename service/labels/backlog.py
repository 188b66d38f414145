"""What waits for a label, by document, and how much is done."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from service.database.tables import texts

__all__ = ["Backlog", "backlog_of"]

MOST = 200  # documents listed


@dataclass(frozen=True, slots=True)
class Backlog:
    """Texts without a label (`open`), in conflict, and labelled; `documents` are those with texts without a label, most first."""

    open: int
    conflicts: int
    labelled: int
    documents: tuple[tuple[str, int], ...]

    @property
    def all(self) -> int:
        """Texts in the store."""
        return self.open + self.conflicts + self.labelled


def backlog_of(connection: Connection) -> Backlog:
    """What waits now. Texts that versions are measured on are not asked about, and not counted."""
    counted = select(texts.c.state, func.count()).where(texts.c.protected.is_(False)).group_by(texts.c.state)
    states = {row[0]: row[1] for row in connection.execute(counted)}
    grouped = (
        select(texts.c.document, func.count())
        .where(texts.c.state == "open", texts.c.document != "", texts.c.protected.is_(False))
        .group_by(texts.c.document)
        .order_by(func.count().desc(), texts.c.document)
        .limit(MOST)
    )
    documents = tuple((row[0], row[1]) for row in connection.execute(grouped))
    return Backlog(states.get("open", 0), states.get("conflict", 0), states.get("labelled", 0), documents)
