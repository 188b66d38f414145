"""The codebook in the store: what it is today, and every change made to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from policy_themes.errors import CodebookError
from policy_themes.themes import ID, Codebook, Theme, check_names
from service.database.tables import extras, text_themes, texts, theme_changes, themes
from service.labels.names import check_aliases, check_name
from service.labels.relabel import relabel

__all__ = ["Change", "Use", "add", "codebook_of", "define", "merge", "rename", "retire", "use_of", "write_codebook"]


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes the codebook, when (ISO 8601) and why."""

    by: str
    at: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """How many texts carry a theme: as sections, as clauses, and how many carry no other theme."""

    sections: int
    clauses: int
    alone: int


def codebook_of(connection: Connection) -> Codebook:
    """The codebook as it stands."""
    rows = connection.execute(select(themes).order_by(themes.c.position))
    boundaries = connection.scalar(select(extras.c.value).where(extras.c.name == "boundaries")) or []
    return Codebook(tuple(_theme(row) for row in rows), tuple(boundaries))


def write_codebook(connection: Connection, codebook: Codebook, lexicon: str) -> None:
    """Fill the empty tables of a new store; `lexicon` is the text of lexicon.txt."""
    rows = [_values(theme, at) for at, theme in enumerate(codebook.themes)]
    if rows:
        connection.execute(insert(themes), rows)
    values = {
        "boundaries": list(codebook.boundaries),
        "themes.yaml": codebook.source.decode(),
        "lexicon.txt": lexicon,
    }
    connection.execute(insert(extras), [{"name": name, "value": value} for name, value in values.items()])


def use_of(connection: Connection, theme: str) -> Use:
    """What a change of the theme with this id would touch."""
    carrying = select(texts.c.id, texts.c.kind).join(text_themes).where(text_themes.c.theme_id == theme).subquery()
    kinds = {
        row[0]: row[1] for row in connection.execute(select(carrying.c.kind, func.count()).group_by(carrying.c.kind))
    }
    others = select(text_themes.c.text_id).where(text_themes.c.theme_id != theme)
    alone = connection.scalar(select(func.count()).select_from(carrying).where(carrying.c.id.not_in(others)))
    return Use(kinds.get("section", 0), kinds.get("clause", 0), int(alone or 0))


def add(connection: Connection, theme: Theme, change: Change) -> None:
    """Add a theme behind the others. Raises CodebookError for a name or id that is taken or badly formed."""
    check_name(theme.name)
    check_aliases(theme.aliases)
    if not ID.fullmatch(theme.id):
        raise CodebookError(
            "主题需要名称,以及小写英文字母开头的 id(至多 40 个字母、数字、- 或 _)",
            "a theme needs a name, and an id of lower-case letters, digits, - or _ that begins with a letter",
            where=theme.id or theme.name,
        )
    check_names((*codebook_of(connection).themes, theme), "")
    last = connection.scalar(select(func.max(themes.c.position)))
    connection.execute(insert(themes).values(**_values(theme, 0 if last is None else last + 1)))
    _note(connection, theme.id, "add", None, theme, change)


def define(
    connection: Connection,
    theme: str,
    covers: str,
    excludes: str,
    change: Change,
    aliases: tuple[str, ...] | None = None,
) -> None:
    """Say anew what a theme covers and what not, and by which other names it goes (None: as before); the labels stay as they are."""
    before = _get(connection, theme)
    check_aliases(alias for alias in aliases or () if alias not in before.aliases)  # older ones may be of any form
    values = {"covers": covers, "excludes": excludes, "aliases": list(before.aliases if aliases is None else aliases)}
    _set(connection, before, values, "define", change)


def rename(connection: Connection, theme: str, name: str, change: Change) -> None:
    """Give a theme a new name; the old one stays an alias, so files that use it can still be read."""
    before = _get(connection, theme)
    if name == before.name:
        return
    check_name(name)
    aliases = [alias for alias in dict.fromkeys((*before.aliases, before.name)) if alias != name]
    _set(connection, before, {"name": name, "aliases": aliases}, "rename", change)


def retire(connection: Connection, theme: str, change: Change, *, restore: bool = False) -> None:
    """Take a theme out of use, or bring it back. Its labels stay in the store and are left out of training meanwhile."""
    _set(connection, _get(connection, theme), {"retired": not restore}, "restore" if restore else "retire", change)


def merge(connection: Connection, theme: str, into: str, change: Change) -> int:
    """Make every label of one theme a label of another, whose alias its name becomes; gives the number of labels changed."""
    gone, stays = _get(connection, theme), _get(connection, into)
    if gone.id == stays.id:
        raise CodebookError("不能并入自身", "a theme cannot be merged into itself", where=theme)
    changed = relabel(connection, gone.id, stays.id, change.at, change.note or f"{gone.name} → {stays.name}")
    connection.execute(delete(themes).where(themes.c.id == gone.id))
    aliases = list(dict.fromkeys((*stays.aliases, gone.name, *gone.aliases, gone.id)))
    _set(connection, stays, {"aliases": aliases}, "merge", change)
    _note(connection, gone.id, "merge", gone, None, change)
    return changed


def _get(connection: Connection, theme: str) -> Theme:
    row = connection.execute(select(themes).where(themes.c.id == theme).with_for_update()).one_or_none()
    if row is None:
        raise CodebookError("没有这个主题", "there is no such theme", where=theme)
    return _theme(row)


def _set(connection: Connection, before: Theme, values: Mapping[str, Any], action: str, change: Change) -> None:
    after = Theme(**{**asdict(before), **values, "aliases": tuple(values.get("aliases", before.aliases))})
    check_names((after, *(other for other in codebook_of(connection).themes if other.id != after.id)), "")
    connection.execute(update(themes).where(themes.c.id == before.id).values(**values))
    _note(connection, before.id, action, before, after, change)


def _note(
    connection: Connection, theme: str, action: str, before: Theme | None, after: Theme | None, change: Change
) -> None:
    row = {"before": before and asdict(before), "after": after and asdict(after), "by": change.by, "note": change.note}
    connection.execute(insert(theme_changes).values(theme_id=theme, action=action, at=change.at, **row))


def _values(theme: Theme, position: int) -> dict[str, Any]:
    return {**asdict(theme), "aliases": list(theme.aliases), "position": position}


def _theme(row: Row[Any]) -> Theme:
    return Theme(row.id, row.name, row.covers, row.excludes, tuple(row.aliases), row.retired)
