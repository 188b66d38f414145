"""How many jobs there are of each kind, and how they stand."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from service.database.office_tables import jobs

__all__ = ["states"]


def states(connection: Connection) -> dict[tuple[str, str], int]:
    """(kind, state) -> how many."""
    asked = select(jobs.c.kind, jobs.c.state, func.count()).group_by(jobs.c.kind, jobs.c.state)
    return {(kind, state): int(count) for kind, state, count in connection.execute(asked)}
