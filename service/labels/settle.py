"""What holds for a text, from what its annotators say of it today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from service.database.chunks import among, chunks, insert_all
from service.database.tables import labels, text_themes, texts

__all__ = ["settle"]


def settle(connection: Connection, ids: Iterable[int]) -> None:
    """Bring state and themes of these texts in line with their current labels.

    A final label decides. Without one the newest counts, and where annotators name different themes the text is in conflict
    until somebody settles it; without any label it is open.
    """
    for chunk in chunks(sorted(ids)):
        said: dict[int, list[Row[Any]]] = {text: [] for text in chunk}
        asked = select(labels).where(labels.c.current, ~labels.c.deleted, among(connection, labels.c.text_id, chunk))
        for row in connection.execute(asked.order_by(labels.c.id)):
            said[row.text_id].append(row)
        connection.execute(delete(text_themes).where(among(connection, text_themes.c.text_id, chunk)))
        rows = [
            {"text_id": text, "theme_id": theme, "position": at}
            for text, given in said.items()
            if given
            for at, theme in enumerate(_deciding(given).themes)
        ]
        insert_all(connection, text_themes, rows)
        _set_states(connection, {text: _state(given) for text, given in said.items()})


def _deciding(given: Sequence[Row[Any]]) -> Row[Any]:
    return ([row for row in given if row.final] or list(given))[-1]


def _state(given: Sequence[Row[Any]]) -> str:
    if not given:
        return "open"
    agree = len({frozenset(row.themes) for row in given}) == 1
    return "labelled" if agree or any(row.final for row in given) else "conflict"


def _set_states(connection: Connection, states: dict[int, str]) -> None:
    for state in set(states.values()):
        ids = [text for text, one in states.items() if one == state]
        connection.execute(update(texts).where(among(connection, texts.c.id, ids)).values(state=state))
