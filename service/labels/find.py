"""Texts and their labels out of the store, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, select

from service.database.chunks import among, chunks
from service.database.tables import labels, text_themes, texts

__all__ = ["Filter", "Labelled", "Said", "conditions_of", "count", "find", "get", "history"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which texts: None asks for all. `theme` is a theme id or "" for those labelled with none; `words` stand in the text."""

    theme: str | None = None
    annotator: str | None = None
    state: str | None = None
    kind: str | None = None
    source: str | None = None
    document: str | None = None
    protected: bool | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What one annotator said of a text at a time. `themes` are ids, the main one first."""

    id: int
    annotator: str
    themes: tuple[str, ...]
    at: str
    model: str
    note: str
    final: bool
    deleted: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text as the store has it: the themes that hold, and what each annotator says today."""

    id: int
    name: str
    kind: str
    text: str
    source: str
    file: str
    document: str
    place: str
    model: str
    proposed: dict[str, float]
    protected: bool
    state: str
    added_at: str
    themes: tuple[str, ...]
    said: tuple[Said, ...]


def find(connection: Connection, wanted: Filter, after: int = 0, limit: int = 50) -> list[Labelled]:
    """Up to `limit` texts that `wanted` describes, in the order they came, from the one behind id `after`."""
    asked = select(texts).where(texts.c.id > after, *conditions_of(wanted)).order_by(texts.c.id).limit(limit)
    return _whole(connection, connection.execute(asked).all())


def count(connection: Connection, wanted: Filter) -> int:
    """How many texts `wanted` describes."""
    return int(connection.scalar(select(func.count()).select_from(texts).where(*conditions_of(wanted))) or 0)


def get(connection: Connection, ids: Iterable[int]) -> list[Labelled]:
    """The texts with these ids, in the order of the ids; those there are not are left out."""
    wanted = list(ids)
    rows = [
        row
        for chunk in chunks(wanted)
        for row in connection.execute(select(texts).where(among(connection, texts.c.id, chunk)))
    ]
    order = {text: at for at, text in enumerate(wanted)}
    return _whole(connection, sorted(rows, key=lambda row: order[row.id]))


def history(connection: Connection, text: int) -> list[Said]:
    """Everything ever said of a text, oldest first."""
    rows = connection.execute(select(labels).where(labels.c.text_id == text).order_by(labels.c.id))
    return [_said(row) for row in rows]


def conditions_of(wanted: Filter) -> list[ColumnElement[bool]]:
    """What a text has to fulfil, for the WHERE of a query."""
    conditions: list[ColumnElement[bool]] = []
    for name in ("state", "kind", "source", "document", "protected"):
        if (value := getattr(wanted, name)) is not None:
            conditions.append(texts.c[name] == value)
    if wanted.theme:
        of_theme = select(text_themes.c.text_id).where(text_themes.c.theme_id == wanted.theme)
        conditions.append(texts.c.id.in_(of_theme))
    elif wanted.theme == "":
        conditions += [texts.c.state != "open", ~exists().where(text_themes.c.text_id == texts.c.id)]
    if wanted.annotator is not None:
        by = select(labels.c.text_id).where(labels.c.annotator == wanted.annotator, labels.c.current, ~labels.c.deleted)
        conditions.append(texts.c.id.in_(by))
    if wanted.words:
        conditions += [texts.c.text.contains(word, autoescape=True) for word in wanted.words.split()]
    return conditions


def _whole(connection: Connection, rows: Iterable[Row[Any]]) -> list[Labelled]:
    rows = list(rows)
    said: dict[int, list[Said]] = {row.id: [] for row in rows}
    themes: dict[int, list[str]] = {row.id: [] for row in rows}
    for chunk in chunks(said):
        current = select(labels).where(labels.c.current, ~labels.c.deleted, among(connection, labels.c.text_id, chunk))
        for row in connection.execute(current.order_by(labels.c.id)):
            said[row.text_id].append(_said(row))
        held = (
            select(text_themes).where(among(connection, text_themes.c.text_id, chunk)).order_by(text_themes.c.position)
        )
        for row in connection.execute(held):
            themes[row.text_id].append(row.theme_id)
    own = [name for name in Labelled.__slots__ if name not in ("themes", "said")]
    return [
        Labelled(**{name: getattr(row, name) for name in own}, themes=tuple(themes[row.id]), said=tuple(said[row.id]))
        for row in rows
    ]


def _said(row: Row[Any]) -> Said:
    values = {name: getattr(row, name) for name in Said.__slots__ if name != "themes"}
    return Said(themes=tuple(row.themes), **values)
