"""What the live model is unsure of: kept with each text that waits for a label, so that the queue can be asked in no time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection, bindparam, delete, select, update

from service.database.chunks import chunks, insert_all
from service.database.tables import doubts, texts

__all__ = ["Probabilities", "doubted", "stale"]

Probabilities = Callable[[Sequence[str]], Sequence[Mapping[str, float]]]  # texts -> theme id -> probability
LEAST = 0.02  # of probability: less doubt is not kept
SHOWN = 0.05


def stale(connection: Connection, model: str, limit: int) -> dict[int, str]:
    """Up to `limit` texts without a label that this model has not seen, by id."""
    asked = select(texts.c.id, texts.c.text).where(texts.c.state == "open", texts.c.model != model).limit(limit)
    return {row.id: row.text for row in connection.execute(asked)}


def doubted(connection: Connection, model: str, seen: Mapping[int, Mapping[str, float]]) -> None:
    """Keep what a model says of texts: its proposals, its doubt of each theme, and the text's uncertainty.

    The doubt of a theme is the probability that assigning it at a half is wrong; the uncertainty of a text is their sum, the number of
    wrong tags to be expected.
    """
    rows, changes = [], []
    for text, probabilities in seen.items():
        doubt = {theme: min(p, 1 - p) for theme, p in probabilities.items()}
        rows += [{"text_id": text, "theme_id": theme, "doubt": one} for theme, one in doubt.items() if one >= LEAST]
        proposed = {theme: round(p, 4) for theme, p in probabilities.items() if p >= SHOWN}
        changes.append({"which": text, "said": proposed, "sum": sum(doubt.values())})
    for chunk in chunks(sorted(seen)):
        connection.execute(delete(doubts).where(doubts.c.text_id.in_(chunk)))
    insert_all(connection, doubts, rows)
    if changes:
        changing = update(texts).where(texts.c.id == bindparam("which"))
        values = {
            "proposed": bindparam("said", type_=texts.c.proposed.type),
            "uncertainty": bindparam("sum"),
            "model": model,
        }
        connection.execute(changing.values(**values), changes)
