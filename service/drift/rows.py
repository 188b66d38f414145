"""What was tagged, by hour and version, in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

from policy_themes.tagging.known import Familiar
from service.database.office_tables import intake, rates
from service.drift.window import Window
from service.watch.intake import Hour

__all__ = ["add", "hours", "window"]

_FAMILIAR = (intake.c.sampled_characters, intake.c.unknown_characters, intake.c.words, intake.c.unknown_words)


def add(connection: Connection, kept: Mapping[tuple[str, str], Hour]) -> None:
    """Add the counts of each hour and version to what is there. In one order, whoever adds: two never wait for each other in a circle."""
    hourly: list[dict[str, Any]] = []
    by_theme: list[dict[str, Any]] = []
    for (at, version), one in sorted(kept.items()):
        key = {"hour": at, "version": version}
        told = dict(zip((column.name for column in _FAMILIAR), one.familiar, strict=True))
        hourly.append({**key, "sections": one.sections, "characters": one.characters, **told})
        for theme, (assigned, probability) in sorted(one.themes.items()):
            by_theme.append({**key, "theme": theme, "assigned": assigned, "probability": probability})
    _add(connection, intake, hourly)
    _add(connection, rates, by_theme)


def window(connection: Connection, version: str, since: str, until: str = "9") -> Window:
    """Of the hours from `since` on and before `until` (2026-11-23T08)."""
    sums = [func.coalesce(func.sum(column), 0) for column in (intake.c.sections, intake.c.characters, *_FAMILIAR)]
    within = (intake.c.version == version, intake.c.hour >= since, intake.c.hour < until)
    sections, characters, *familiar = (int(value) for value in connection.execute(select(*sums).where(*within)).one())
    asked = select(rates.c.theme, func.sum(rates.c.assigned), func.sum(rates.c.probability))
    asked = asked.where(rates.c.version == version, rates.c.hour >= since, rates.c.hour < until)
    found = connection.execute(asked.group_by(rates.c.theme))
    themes = {theme: (int(assigned), float(probability)) for theme, assigned, probability in found}
    return Window(sections, characters, themes, Familiar(*familiar))


def hours(connection: Connection, version: str, since: str) -> dict[str, Window]:
    """By hour, those in which something was tagged; without how familiar it was."""
    asked = select(intake.c.hour, intake.c.sections, intake.c.characters)
    within = asked.where(intake.c.version == version, intake.c.hour >= since).order_by(intake.c.hour)
    by_theme: dict[str, dict[str, tuple[int, float]]] = {}
    for row in connection.execute(select(rates).where(rates.c.version == version, rates.c.hour >= since)):
        by_theme.setdefault(row.hour, {})[row.theme] = (row.assigned, row.probability)
    return {
        row.hour: Window(row.sections, row.characters, by_theme.get(row.hour, {})) for row in connection.execute(within)
    }


def _add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """One row a statement: a few hundred a minute at most."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    adding = insert(table)
    sums = {
        column.name: table.c[column.name] + adding.excluded[column.name]
        for column in table.columns
        if not column.primary_key
    }
    statement = adding.on_conflict_do_update(index_elements=list(table.primary_key), set_=sums)
    for row in rows:
        connection.execute(statement, row)
