"""What an annotator did last, labels and texts passed over alike, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from service.database.tables import labels, skips, texts
from service.labels.entry import Entry
from service.labels.queue import hold
from service.labels.record import record, withdraw
from service.refusals import Conflict

__all__ = ["Act", "last_act", "made_since", "passed_over", "undo"]

UNDONE = "撤销"  # the note of a label that came back by undoing; it is not undone in its turn


@dataclass(frozen=True, slots=True)
class Act:
    """A label (`kind` "label", `id` the label's) or a text passed over ("skip", the text's id). `themes` are ids, the main one first."""

    kind: str
    id: int
    text: int
    words: str
    themes: tuple[str, ...] = ()


def last_act(connection: Connection, annotator: str, since: str) -> Act | None:
    """The newest act of this annotator since then (ISO 8601) that holds; None if there is none."""
    said = (
        select(labels.c.id, labels.c.text_id, labels.c.themes, labels.c.at, texts.c.text)
        .join(texts, texts.c.id == labels.c.text_id)
        .where(labels.c.annotator == annotator, labels.c.current, ~labels.c.deleted)
        .where(labels.c.note != UNDONE, labels.c.at >= since)
        .order_by(labels.c.id.desc())
    )
    passed = (
        select(skips.c.text_id, skips.c.at, texts.c.text)
        .join(texts, texts.c.id == skips.c.text_id)
        .where(skips.c.annotator == annotator, skips.c.at >= since)
        .order_by(skips.c.at.desc())
    )
    label, skipped = connection.execute(said.limit(1)).first(), connection.execute(passed.limit(1)).first()
    if skipped and (label is None or skipped.at > label.at):
        return Act("skip", skipped.text_id, skipped.text_id, skipped.text)
    return Act("label", label.id, label.text_id, label.text, tuple(label.themes)) if label else None


def made_since(connection: Connection, annotator: str, since: str) -> int:
    """How many labels of this annotator since then hold."""
    own = [labels.c.annotator == annotator, labels.c.current, ~labels.c.deleted, labels.c.at >= since]
    return int(connection.scalar(select(func.count()).select_from(labels).where(*own)) or 0)


def passed_over(connection: Connection, annotator: str) -> int:
    """How many texts this annotator has passed over that still wait for a label."""
    waiting = select(func.count()).select_from(skips).join(texts).where(texts.c.state != "labelled")
    return int(connection.scalar(waiting.where(skips.c.annotator == annotator)) or 0)


def undo(connection: Connection, kind: str, which: int, annotator: str, at: str) -> Act:
    """Take an act back: what the annotator said of the text before holds again, and the text lies before the annotator once more.

    The undone label stays in the history. Raises Conflict for what is not this annotator's, or has been changed since.
    """
    act = _skipped(connection, which, annotator) if kind == "skip" else _label(connection, which, annotator, at)
    hold(connection, [act.text], annotator, at)
    return act


def _skipped(connection: Connection, which: int, annotator: str) -> Act:
    own = [skips.c.text_id == which, skips.c.annotator == annotator]
    words = connection.scalar(select(texts.c.text).join(skips).where(*own))
    if words is None:
        raise _gone()
    connection.execute(delete(skips).where(*own))
    return Act("skip", which, which, words)


def _label(connection: Connection, which: int, annotator: str, at: str) -> Act:
    asked = select(labels, texts.c.text, texts.c.kind).join(texts, texts.c.id == labels.c.text_id)
    own = [labels.c.annotator == annotator, labels.c.current, ~labels.c.deleted]
    row = connection.execute(asked.where(labels.c.id == which, *own)).one_or_none()
    if row is None:
        raise _gone()
    before = _before(connection, row)
    if before is None or before.deleted:
        withdraw(connection, row.text_id, annotator, at, UNDONE)
    else:
        told = {"model": before.model, "note": UNDONE, "final": before.final}
        record(connection, [Entry(row.text, tuple(before.themes), annotator, at, row.kind, **told)])
    return Act("label", which, row.text_id, row.text, tuple(row.themes))


def _before(connection: Connection, row: Row[Any]) -> Row[Any] | None:
    earlier = select(labels).where(
        labels.c.text_id == row.text_id, labels.c.annotator == row.annotator, labels.c.id < row.id
    )
    return connection.execute(earlier.order_by(labels.c.id.desc()).limit(1)).first()


def _gone() -> Conflict:
    return Conflict(
        "这一条已经撤销过,或者后来又改过,没有做任何改动;要改它,请到“已标”里找到这段文本",
        "this has been undone or changed since; nothing was changed",
    )
