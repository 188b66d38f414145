"""What to label next: the texts the model is least sure of, unlike each other, never many of one document, never one text to two people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, exists, func, select

from service.database.chunks import insert_all
from service.database.tables import doubts, labels, leases, skips, texts

__all__ = ["Turn", "ask_again", "hold", "skip", "take", "waiting"]

LEASE = timedelta(minutes=15)
CONSIDERED = 400  # candidates that are compared with each other
RECENT = 30  # labels back, that a document was just labelled from
A_DOCUMENT = 20  # candidates taken from one document
LOCK = 7_340_036  # PostgreSQL's advisory lock: one at a time takes from the queue

_Within = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Turn:
    """A text that somebody is to label, and why: `conflict` (annotators differ), or `doubt` about `themes` (ids, most doubted first)."""

    text: int
    why: str
    themes: tuple[str, ...]


def take(
    connection: Connection, annotator: str, size: int, at: str, theme: str | None = None, document: str | None = None
) -> list[Turn]:
    """Up to `size` texts for `annotator`, who has them for 15 minutes; those still before the annotator come first.

    `at` is this moment (ISO 8601). With `theme`, a theme id, texts about which that theme is in doubt; with `document`, texts of it.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    connection.execute(delete(leases).where(leases.c.until < at))
    within = [] if document is None else [texts.c.document == document]
    turns = _before(connection, annotator, theme, within)[:size]
    if len(turns) < size:
        turns += _conflicts(connection, annotator, size - len(turns), theme, within)
    if len(turns) < size:
        turns += _doubtful(connection, annotator, size - len(turns), theme, within)
    hold(connection, [turn.text for turn in turns], annotator, at)
    return turns


def hold(connection: Connection, held: Sequence[int], annotator: str, at: str) -> None:
    """Lay texts before an annotator for 15 minutes, whoever had them."""
    until = (datetime.fromisoformat(at) + LEASE).isoformat(timespec="microseconds")
    connection.execute(delete(leases).where(leases.c.text_id.in_(held)))
    insert_all(connection, leases, [{"text_id": text, "annotator": annotator, "until": until} for text in held])


def skip(connection: Connection, text: int, annotator: str, at: str) -> None:
    """Pass a text over: this annotator is not asked about it again, others are."""
    connection.execute(delete(leases).where(leases.c.text_id == text, leases.c.annotator == annotator))
    there = select(skips).where(skips.c.text_id == text, skips.c.annotator == annotator)
    if connection.execute(there).first() is None:
        insert_all(connection, skips, [{"text_id": text, "annotator": annotator, "at": at}])


def ask_again(connection: Connection, annotator: str) -> int:
    """Ask this annotator again about the texts passed over; gives how many those are."""
    return connection.execute(delete(skips).where(skips.c.annotator == annotator)).rowcount


def waiting(connection: Connection) -> tuple[int, int]:
    """How many texts wait for a first label, and how many are in conflict."""
    counted = select(texts.c.state, func.count()).where(texts.c.state != "labelled").group_by(texts.c.state)
    counts = {row[0]: row[1] for row in connection.execute(counted)}
    return counts.get("open", 0), counts.get("conflict", 0)


def _free(annotator: str) -> list[ColumnElement[bool]]:
    """Texts that nobody has before them and that this annotator has not passed over."""
    return [
        ~exists().where(leases.c.text_id == texts.c.id),
        ~exists().where(skips.c.text_id == texts.c.id, skips.c.annotator == annotator),
        texts.c.protected.is_(False),
    ]


def _before(connection: Connection, annotator: str, theme: str | None, within: _Within) -> list[Turn]:
    own = select(texts).join(leases).where(leases.c.annotator == annotator, *within)
    rows = connection.execute(own.order_by(leases.c.until, texts.c.id)).all()
    return [_turn(row) for row in rows if theme is None or row.proposed.get(theme, 0)]


def _conflicts(connection: Connection, annotator: str, size: int, theme: str | None, within: _Within) -> list[Turn]:
    """Conflicts that somebody who has not labelled them could settle."""
    has_said = exists().where(labels.c.text_id == texts.c.id, labels.c.annotator == annotator, labels.c.current)
    conditions = [texts.c.state == "conflict", ~has_said, *_free(annotator), *within]
    asked = select(texts).where(*conditions).order_by(texts.c.id)
    if theme is not None:
        asked = asked.join(doubts).where(doubts.c.theme_id == theme)
    return [_turn(row) for row in connection.execute(asked.limit(size))]


def _doubtful(connection: Connection, annotator: str, size: int, theme: str | None, within: _Within) -> list[Turn]:
    recent = select(texts.c.document).join(labels).order_by(labels.c.id.desc()).limit(RECENT)
    under_way = select(texts.c.document).join(leases)
    seen = Counter([*connection.scalars(recent), *connection.scalars(under_way)])
    return [_turn(row) for row in _diverse(_candidates(connection, annotator, theme, within), size, seen)]


def _candidates(connection: Connection, annotator: str, theme: str | None, within: _Within) -> list[Row[Any]]:
    """The most doubtful open texts, at most A_DOCUMENT of each document: one that fills the page must not hide those behind it."""
    found: dict[int, Row[Any]] = {}
    kept: Counter[str] = Counter()
    full: list[str] = []
    while True:
        wanted = [texts.c.state == "open", *_free(annotator), *within, texts.c.document.not_in(full)]
        asked = _most_doubtful(theme).where(*wanted)
        rows = connection.execute(asked.limit(CONSIDERED)).all()
        for row in rows:
            if row.id not in found and (not row.document or kept[row.document] < A_DOCUMENT):
                found[row.id] = row
                kept[row.document] += 1
        over = [name for name, count in kept.items() if name and count == A_DOCUMENT and name not in full]
        if len(rows) < CONSIDERED or len(found) >= CONSIDERED or not over:
            return list(found.values())
        full += over


def _most_doubtful(theme: str | None) -> Select[Any]:
    if theme is None:
        return select(texts, texts.c.uncertainty.label("doubt")).order_by(texts.c.uncertainty.desc(), texts.c.id)
    joined = select(texts, doubts.c.doubt).join(doubts).where(doubts.c.theme_id == theme)
    return joined.order_by(doubts.c.doubt.desc(), texts.c.id)


def _diverse(rows: Sequence[Row[Any]], size: int, seen: Counter[str]) -> list[Row[Any]]:
    """The rows most worth asking about, chosen one by one: doubt, less for what is like those chosen, less for a document just seen."""
    from training.similarity import shingles

    parts = {row.id: shingles(row.text) for row in rows}
    nearest = dict.fromkeys(parts, 0.0)
    rest, chosen = list(rows), list[Row[Any]]()
    documents = Counter(seen)
    while rest and len(chosen) < size:
        best = max(
            rest,
            key=lambda row: (
                (row.doubt or 0) * (1 - nearest[row.id]) / (1 + documents[row.document] * bool(row.document))
            ),
        )
        rest.remove(best)
        chosen.append(best)
        documents[best.document] += 1
        for row in rest:
            shared = len(parts[best.id] & parts[row.id])
            like = shared / (len(parts[best.id]) + len(parts[row.id]) - shared)
            nearest[row.id] = max(nearest[row.id], like)
    return chosen


def _turn(row: Row[Any]) -> Turn:
    doubt = {theme: min(p, 1 - p) for theme, p in row.proposed.items()}
    themes = tuple(sorted(doubt, key=lambda theme: -doubt[theme])[:3])
    return Turn(row.id, "conflict" if row.state == "conflict" else "doubt", themes)
