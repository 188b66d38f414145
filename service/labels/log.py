"""Who labelled what, newest first; and what several people said of the same texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from service.database.tables import labels, texts
from service.labels.find import Filter, conditions_of

__all__ = ["Logged", "Reading", "annotators", "log", "shared_readings"]


@dataclass(frozen=True, slots=True)
class Logged:
    """A label that holds: number, whose, of which text, `themes` (ids, the main one first), when; `state` and `length` are the text's."""

    id: int
    text: int
    words: str
    length: int
    state: str
    annotator: str
    themes: tuple[str, ...]
    at: str
    final: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What one annotator said of the text with this digest; `at` is ISO 8601."""

    digest: str
    annotator: str
    themes: tuple[str, ...]
    at: str


def log(connection: Connection, wanted: Filter, before: int, limit: int, shown: int) -> list[Logged]:
    """Up to `limit` labels on the texts that `wanted` describes, newest first, numbered below `before` (0: from the newest).

    `shown` characters of each text.
    """
    words = func.substr(texts.c.text, 1, shown).label("words")
    held = [labels.c.current, ~labels.c.deleted, *conditions_of(wanted)]
    if wanted.annotator is not None:
        held.append(labels.c.annotator == wanted.annotator)
    if before:
        held.append(labels.c.id < before)
    asked = (
        select(labels, words, func.length(texts.c.text).label("length"), texts.c.state)
        .join(texts, texts.c.id == labels.c.text_id)
        .where(*held)
        .order_by(labels.c.id.desc())
        .limit(limit)
    )
    return [
        Logged(
            row.id,
            row.text_id,
            row.words,
            row.length,
            row.state,
            row.annotator,
            tuple(row.themes),
            row.at,
            row.final,
        )
        for row in connection.execute(asked)
    ]


def annotators(connection: Connection) -> list[tuple[str, int]]:
    """Everybody who has labels that hold, with how many, most first."""
    counted = select(labels.c.annotator, func.count()).where(labels.c.current, ~labels.c.deleted)
    rows = connection.execute(counted.group_by(labels.c.annotator).order_by(func.count().desc(), labels.c.annotator))
    return [(row[0], row[1]) for row in rows]


def shared_readings(connection: Connection) -> Sequence[Reading]:
    """What each annotator says today of the texts that at least two of them labelled."""
    held = [labels.c.current, ~labels.c.deleted]
    several = select(labels.c.text_id).where(*held).group_by(labels.c.text_id).having(func.count() > 1)
    asked = (
        select(labels.c.annotator, labels.c.themes, labels.c.at, texts.c.digest)
        .join(texts, texts.c.id == labels.c.text_id)
        .where(*held, labels.c.text_id.in_(several))
    )
    return [Reading(row.digest, row.annotator, tuple(row.themes), row.at) for row in connection.execute(asked)]
