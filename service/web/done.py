"""What has been done to a theme: the change just made, said to who made it, and all of them in a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from policy_themes.themes import Theme
from service.database.tables import labels, theme_changes

__all__ = ["Done", "Step", "done_of", "history_of", "last_change"]

MOST = 30  # steps shown
ACTIONS = {
    "add": "增加",
    "define": "改定义",
    "rename": "改名",
    "merge": "合并",
    "retire": "停用",
    "restore": "恢复",
}


@dataclass(frozen=True, slots=True)
class Done:
    """A change just made: its action, the names before and after, and how many labels were rewritten (a merge)."""

    action: str
    before: str
    after: str
    labels: int


@dataclass(frozen=True, slots=True)
class Step:
    """A change of the past: what, said in words, by whom and when (local time)."""

    action: str
    said: str
    by: str
    note: str
    at: datetime


def done_of(connection: Connection, change: int, theme: Theme) -> Done | None:
    """What the change with this number did to `theme`; None if it did nothing to it."""
    row = connection.execute(select(theme_changes).where(theme_changes.c.id == change)).one_or_none()
    if row is None or row.theme_id not in (theme.id, *theme.aliases):
        return None
    rewritten = 0
    if row.action == "merge":
        rewritten = connection.scalar(select(func.count()).select_from(labels).where(labels.c.at == row.at)) or 0
    return Done(row.action, _name(row.before), _name(row.after) or theme.name, rewritten)


def history_of(connection: Connection, theme: str) -> tuple[Step, ...]:
    """The changes of the theme with this id, newest first."""
    asked = select(theme_changes).where(theme_changes.c.theme_id == theme).order_by(theme_changes.c.id.desc())
    return tuple(_step(row) for row in connection.execute(asked.limit(MOST)))


def last_change(connection: Connection, *themes: str) -> int:
    """The number of the newest change of any of these themes (ids)."""
    of = or_(*(theme_changes.c.theme_id == theme for theme in themes))
    return int(connection.scalar(select(func.max(theme_changes.c.id)).where(of)) or 0)


def _step(row: Row[Any]) -> Step:
    at = datetime.fromisoformat(row.at).astimezone()
    return Step(ACTIONS.get(row.action, row.action), _said(row), row.by, row.note, at)


def _said(row: Row[Any]) -> str:
    before, after = row.before or {}, row.after or {}
    if row.action == "rename":
        return f"{_name(before)} → {_name(after)}"
    if row.action == "merge":
        taken = [one for one in after.get("aliases", ()) if one not in before.get("aliases", ())]
        return f"并入了 {'、'.join(map(str, taken))}"
    changed = {"covers": "包括", "excludes": "不包括", "aliases": "别名"}
    if row.action == "define":
        return "、".join(name for key, name in changed.items() if before.get(key) != after.get(key))
    return ""


def _name(theme: Mapping[str, Any] | None) -> str:
    return str(theme["name"]) if theme else ""
