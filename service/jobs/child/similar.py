"""Entries that are near-duplicates of a labelled text, or of an entry before them, left out: training would refuse them."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select

from service.database.tables import texts
from service.jobs.child.reading import Read
from training.faults import SIMILAR
from training.labels import Fault
from training.similarity import near_duplicates

__all__ = ["without_near"]


def without_near(connection: Connection, read: Read) -> Read:
    """`read` without them, and a warning for each. The same text again, by whomever, is none."""
    labelled = select(texts.c.name, texts.c.text).where(texts.c.state != "open").order_by(texts.c.id)
    names = {row.text: row.name for row in connection.execute(labelled)}
    there = len(names)
    for given in read.entries:
        names.setdefault(given.entry.text, given.where)
    order = list(names)
    if len(order) == there:
        return read
    out: dict[str, Fault] = {}
    for earlier, later, similarity in near_duplicates(order, SIMILAR):
        a, b = order[earlier], order[later]
        if later >= there and a not in out and b not in out:
            out[b] = Fault(
                names[b],
                f"与 {names[a]} 近似重复(相似度 {similarity:.2f}),不导入;如确有新意请改写",
                f"is a near-duplicate of {names[a]} ({similarity:.2f}), left out; reword it if it adds something",
            )
    kept = tuple(given for given in read.entries if given.entry.text not in out)
    return replace(read, entries=kept, near=tuple(out.values()))
