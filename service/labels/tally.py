"""How many texts carry each theme."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from service.database.tables import text_themes, texts

__all__ = ["tally"]


def tally(connection: Connection) -> dict[tuple[str, str], int]:
    """Texts by (theme id, kind); what has none is left out."""
    grouped = (
        select(text_themes.c.theme_id, texts.c.kind, func.count())
        .join(texts, texts.c.id == text_themes.c.text_id)
        .group_by(text_themes.c.theme_id, texts.c.kind)
    )
    return {(theme, kind): count for theme, kind, count in connection.execute(grouped)}
