"""What the labels of today say of each theme: how many texts carry it, as what, and some of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, literal_column, select

from service.database.tables import text_themes, texts
from service.labels.find import Labelled, get

__all__ = ["Carried", "carried", "carry_both", "examples"]

SHORT = 160  # characters of a text that is shown as an example
AMONG = 8  # texts looked at for each one shown, so that they come from different sources


@dataclass(frozen=True, slots=True)
class Carried:
    """Texts that carry a theme: sections and clauses; the same texts by place: the theme stands `first`, or `later`."""

    sections: int = 0
    clauses: int = 0
    first: int = 0
    later: int = 0


def carried(connection: Connection) -> dict[str, Carried]:
    """By theme id; a theme that no text carries is left out."""
    is_first = text_themes.c.position == literal_column("0")  # PostgreSQL takes two parameters for two expressions
    grouped = (
        select(text_themes.c.theme_id, texts.c.kind, is_first, func.count())
        .join(texts, texts.c.id == text_themes.c.text_id)
        .group_by(text_themes.c.theme_id, texts.c.kind, is_first)
    )
    found: dict[str, Carried] = {}
    for theme, kind, first, count in connection.execute(grouped):
        one = found.get(theme, Carried())
        section = kind == "section"
        found[theme] = Carried(
            one.sections + (count if section else 0),
            one.clauses + (0 if section else count),
            one.first + (count if first else 0),
            one.later + (0 if first else count),
        )
    return found


def carry_both(connection: Connection, theme: str, other: str) -> int:
    """How many texts carry both themes."""
    others = select(text_themes.c.text_id).where(text_themes.c.theme_id == other)
    both = select(func.count()).where(text_themes.c.theme_id == theme, text_themes.c.text_id.in_(others))
    return int(connection.scalar(both) or 0)


def examples(connection: Connection, themes: Iterable[str], size: int) -> dict[str, list[Labelled]]:
    """Up to `size` texts of each theme (ids): short ones that it stands first on, of different sources; else whatever carries it.

    Texts that versions are measured on are left out: who has read them as examples would label by them.
    """
    wanted = {theme: _chosen(connection, theme, size) for theme in themes}
    found = {one.id: one for one in get(connection, {text for ids in wanted.values() for text in ids})}
    return {theme: [found[text] for text in ids] for theme, ids in wanted.items()}


def _chosen(connection: Connection, theme: str, size: int) -> list[int]:
    clear = [text_themes.c.position == 0, texts.c.state == "labelled", func.length(texts.c.text) <= SHORT]
    chosen: dict[int, str] = {}
    for conditions in (clear, []):
        rows = _texts(connection, theme, conditions, size * AMONG)
        for fresh in (True, False):
            for text, source in rows:
                if len(chosen) < size and text not in chosen and (not fresh or source not in chosen.values()):
                    chosen[text] = source
        if len(chosen) == size:
            break
    return list(chosen)


def _texts(
    connection: Connection, theme: str, conditions: list[ColumnElement[bool]], most: int
) -> list[tuple[int, str]]:
    asked = (
        select(texts.c.id, texts.c.source)
        .join(text_themes, text_themes.c.text_id == texts.c.id)
        .where(text_themes.c.theme_id == theme, texts.c.protected.is_(False), *conditions)
        .order_by(text_themes.c.text_id)
        .limit(most)
    )
    return [(row[0], row[1]) for row in connection.execute(asked)]
