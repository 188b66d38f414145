"""Labels into the store. Many at once is the primitive: one label is a batch of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, update

from service.database.chunks import among, chunks, insert_all
from service.database.tables import labels, leases, texts
from service.labels.entry import Entry, Recorded
from service.labels.settle import settle
from service.labels.shapes import as_line

__all__ = ["ensure_texts", "record", "withdraw"]

BATCHES = 7_340_035  # PostgreSQL's advisory lock: batches that lock texts in different orders would deadlock


def record(connection: Connection, entries: Sequence[Entry]) -> Recorded:
    """Record what annotators say, within the transaction of `connection`.

    What an annotator said before of a text stays in the store as history. Saying the same again changes nothing, so a request
    that is sent twice is recorded once. Of two entries of one annotator on one text the later counts.
    """
    if len(entries) > 1 and connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({BATCHES})")
    known = ensure_texts(connection, entries)
    said = {(known[entry.digest], entry.annotator): entry for entry in entries}
    before = _current(connection, {text for text, _ in said})
    fresh = {key: entry for key, entry in said.items() if not _same(before.get(key), entry)}
    _replace(connection, [before[key].id for key in fresh if key in before])
    insert_all(connection, labels, [_row(text, entry) for (text, _), entry in fresh.items()])
    settle(connection, {text for text, _ in fresh})
    _give_back(connection, said)
    changed = sum(key in before and not before[key].deleted for key in fresh)
    return Recorded(
        len(fresh) - changed, changed, len(said) - len(fresh), tuple(known[entry.digest] for entry in entries)
    )


def withdraw(connection: Connection, text: int, annotator: str, at: str, note: str = "") -> bool:
    """Take an annotator's label of a text back, by a row that says so; False if there is none."""
    before = _current(connection, {text}).get((text, annotator))
    if before is None or before.deleted:
        return False
    _replace(connection, [before.id])
    row = {"themes": before.themes, "deleted": True, "final": False, "model": before.model, "note": note, "at": at}
    insert_all(connection, labels, [{"text_id": text, "annotator": annotator, "current": True, **row}])
    settle(connection, {text})
    return True


def ensure_texts(connection: Connection, entries: Sequence[Entry]) -> dict[str, int]:
    """The id of each entry's text by its digest; texts that the store does not have are added, without a label."""
    wanted = {entry.digest: entry for entry in entries}
    known = _known(connection, wanted)
    missing = [digest for digest in wanted if digest not in known]
    if missing:
        taken = _taken(connection, [wanted[digest].name for digest in missing])
        rows = [_text_row(wanted[digest], taken) for digest in missing]
        # Another writer may have added the same text since we looked.
        insert_all(connection, texts, rows, passing=texts.c.digest)
        known |= _known(connection, missing)
    return known


def _known(connection: Connection, digests: Iterable[str]) -> dict[str, int]:
    """Ids by digest; the rows stay locked, so that two annotators of one text are settled one after the other."""
    found = {}
    for chunk in chunks(sorted(digests)):
        asked = select(texts.c.digest, texts.c.id).where(among(connection, texts.c.digest, chunk)).order_by(texts.c.id)
        found.update({row.digest: row.id for row in connection.execute(asked.with_for_update())})
    return found


def _taken(connection: Connection, names: Sequence[str]) -> set[str]:
    taken: set[str] = set()
    for chunk in chunks(name for name in names if name):
        taken.update(connection.scalars(select(texts.c.name).where(among(connection, texts.c.name, chunk))))
    return taken


def _text_row(entry: Entry, taken: set[str]) -> dict[str, Any]:
    """The row of a new text. Its name is its own: one in use already gives way to one made from the digest."""
    name = entry.name if entry.name and entry.name not in taken else f"t-{entry.digest[:16]}"
    taken.add(name)
    return {
        "name": name,
        "digest": entry.digest,
        "kind": entry.kind,
        "text": entry.text,
        "source": entry.source or as_line(entry.document) or name,
        "file": entry.file,
        "document": entry.document,
        "place": entry.place,
        "model": entry.model,
        "proposed": entry.proposed,
        "protected": entry.protected,
        "state": "open",
        "uncertainty": None,
        "added_at": entry.at,
    }


def _current(connection: Connection, ids: Iterable[int]) -> dict[tuple[int, str], Row[Any]]:
    found = {}
    for chunk in chunks(sorted(ids)):
        for row in connection.execute(
            select(labels).where(labels.c.current, among(connection, labels.c.text_id, chunk))
        ):
            found[row.text_id, row.annotator] = row
    return found


def _same(before: Row[Any] | None, entry: Entry) -> bool:
    """Whether the annotator has said this already; the order counts, as the first theme is the main one."""
    if before is None or before.deleted:
        return False
    return bool(tuple(before.themes) == entry.themes and before.final == entry.final)


def _replace(connection: Connection, ids: Sequence[int]) -> None:
    for chunk in chunks(ids):
        connection.execute(update(labels).where(among(connection, labels.c.id, chunk)).values(current=False))


def _row(text: int, entry: Entry) -> dict[str, Any]:
    return {
        "text_id": text,
        "annotator": entry.annotator,
        "themes": list(entry.themes),
        "deleted": False,
        "final": entry.final,
        "current": True,
        "model": entry.model,
        "note": entry.note,
        "at": entry.at,
    }


def _give_back(connection: Connection, said: Iterable[tuple[int, str]]) -> None:
    """What was labelled no longer lies before anyone in the queue."""
    for chunk in chunks(sorted({text for text, _ in said})):
        connection.execute(leases.delete().where(among(connection, leases.c.text_id, chunk)))
