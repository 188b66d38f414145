"""A change of the codebook as it is typed into a form: read, tried, and carried out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request

from policy_themes.errors import CodebookError
from policy_themes.themes import Codebook, Theme

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from service.database.database import Database
    from service.labels.themes import Change

__all__ = ["ACTIONS", "Effect", "Revision", "carried_out", "typed", "typed_for"]

ACTIONS = {
    "add": "增加主题",
    "define": "改定义和别名",
    "rename": "改名",
    "merge": "并入别的主题",
    "retire": "停用",
    "restore": "恢复",
}
LONGEST = {"name": 100, "id": 40, "covers": 4_000, "excludes": 4_000, "aliases": 4_000, "into": 100, "note": 1_000}
_CALLED = {"name": "名称", "covers": "“包括”", "excludes": "“不包括”", "aliases": "别名", "note": "缘由"}


@dataclass(frozen=True, slots=True)
class Revision:
    """What was typed, whatever it is. `step` is "" for a look at the effect, "back" to the form, "do" for the change itself."""

    name: str = ""
    id: str = ""
    covers: str = ""
    excludes: str = ""
    aliases: str = ""
    into: str = ""
    note: str = ""
    step: str = ""

    @property
    def aliases_parted(self) -> tuple[str, ...]:
        """The aliases, each once."""
        from training.exchange.names import parted

        return parted(self.aliases)


@dataclass(frozen=True, slots=True)
class Effect:
    """Texts that carry the theme: sections, clauses, those that carry no other, those that carry the one it is merged into too.

    `revised` is the theme as it would be, for a merge the one that stays; `change` the number of the change that was made.
    """

    sections: int
    clauses: int
    alone: int
    both: int
    revised: Theme
    change: int


class _TakenBackError(Exception):
    """Ends the transaction of a trial."""


async def typed(request: Request) -> Revision:
    """A dependency: the form sent."""
    form = await request.form()
    given = {name: form.get(name) for name in Revision.__slots__}
    return Revision(**{name: _clean(value) for name, value in given.items() if isinstance(value, str)})


def typed_for(theme: Theme) -> Revision:
    """The form as it is first shown, with the theme as it is."""
    return Revision(theme.name, theme.id, theme.covers, theme.excludes, "、".join(theme.aliases))


def carried_out(database: Database, action: str, theme: str, revision: Revision, by: str, *, keep: bool) -> Effect:
    """Carry a change of the theme with this id out, or, without `keep`, only try it. Raises CodebookError for what cannot be done."""
    from service.database.database import now
    from service.labels.themes import Change

    _check(revision)
    effect = None
    try:
        with database.write() as connection:
            effect = _carry_out(connection, action, theme, revision, Change(by, now(), revision.note))
            if not keep:
                raise _TakenBackError
    except _TakenBackError:
        pass
    assert effect is not None  # noqa: S101 -- any other way out is an error raised
    return effect


def _carry_out(connection: Connection, action: str, theme: str, revision: Revision, change: Change) -> Effect:
    from service.labels import themes
    from service.labels.carried import carry_both
    from service.web.done import last_change

    before = themes.codebook_of(connection)
    use, stays, both = themes.use_of(connection, theme), theme, 0
    if action == "add":
        stays = revision.id or _free_id(before)
        given = revision.name, revision.covers, revision.excludes, revision.aliases_parted
        themes.add(connection, Theme(stays, *given), change)
    elif action == "define":
        themes.define(connection, theme, revision.covers, revision.excludes, change, revision.aliases_parted)
    elif action == "rename":
        themes.rename(connection, theme, revision.name, change)
    elif action == "merge":
        stays = _target(before, revision.into)
        both = carry_both(connection, theme, stays)
        themes.merge(connection, theme, stays, change)
    else:
        themes.retire(connection, theme, change, restore=action == "restore")
    revised = next(one for one in themes.codebook_of(connection).themes if one.id == stays)
    if revised in before.themes:
        raise CodebookError("没有改动:与现在的内容相同", "nothing is changed: it is as it was")
    return Effect(use.sections, use.clauses, use.alone, both, revised, last_change(connection, stays, theme))


def _check(revision: Revision) -> None:
    """Raise CodebookError for what is too long; names are looked at where the change is made, for the API too."""
    for field, called in _CALLED.items():
        if len(getattr(revision, field)) > LONGEST[field]:
            raise CodebookError(f"{called}不能超过 {LONGEST[field]} 个字", f"{field} is too long", where=field)


def _target(codebook: Codebook, written: str) -> str:
    name = codebook.name_of(written)
    if name is None:
        said = f"没有名为“{written[:40]}”的主题" if written else "还没有选要并入的主题"
        raise CodebookError(f"{said};请从列表里选一个在用的主题", "choose a theme that is in use", where="into")
    return next(theme.id for theme in codebook.themes if theme.name == name)


def _free_id(codebook: Codebook) -> str:
    taken = {written for theme in codebook.themes for written in (theme.id, theme.name, *theme.aliases)}
    return next(one for at in range(1, len(taken) + 2) if (one := f"theme-{at}") not in taken)


def _clean(value: str) -> str:
    """Lines end as they do in files, and what no one can type on purpose is left out: PostgreSQL takes no NUL."""
    return value.replace("\r\n", "\n").replace("\x00", "").encode("utf-8", "replace").decode().strip()
