"""Where the training stands: the labels of each theme, and the last import, check and run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policy_themes.errors import PolicyThemesError
from policy_themes.themes import Theme
from service.web.palette import Palette
from service.web.progress import Progress, progress_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from service.jobs.job import Job

__all__ = ["Bar", "Stand", "stand_of"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A theme's labels for training; `lack` says what it has too few of, `barred` whether it cannot be trained so. Widths: percent."""

    id: str
    name: str
    hue: str
    sections: int
    clauses: int
    lack: str
    barred: bool
    sections_width: float
    clauses_width: float


@dataclass(frozen=True, slots=True)
class Stand:
    """`bars` has the themes in use, those with the fewest labels first. The jobs are the newest of their kind, with their results:
    of an import whether it is a `preview`, and whether its file is `faulty`; of a check the number of its findings.

    `fault` says why the store cannot be read.
    """

    bars: tuple[Bar, ...] = ()
    brought: Progress | None = None
    preview: bool = False
    faulty: bool = False
    checked: Progress | None = None
    findings: int | None = None
    run: Progress | None = None
    candidate: str = ""
    unchanged: bool = False
    fault: PolicyThemesError | None = None

    @property
    def few(self) -> int:
        """Themes with too few labels."""
        return sum(bool(bar.lack) for bar in self.bars)

    @property
    def barred(self) -> tuple[str, ...]:
        """Names of those with so few that training is refused."""
        return tuple(bar.name for bar in self.bars if bar.barred)

    @property
    def labelled(self) -> bool:
        """Whether there is any label."""
        return any(bar.sections or bar.clauses for bar in self.bars)


def stand_of(connection: Connection, themes: Sequence[Theme], palette: Palette) -> Stand:
    """As the store has it now."""
    brought, checked, run = (_newest(connection, kind) for kind in ("import", "check", "training"))
    kinds = checked.result["kinds"] if checked and checked.result else None
    trained = (run.result or {}) if run else {}
    return Stand(
        bars=_bars(connection, themes, palette),
        brought=progress_of(brought) if brought else None,
        preview=bool(brought and brought.asked["preview"]),
        faulty=bool(brought and (brought.result or {}).get("fault_count")),
        checked=progress_of(checked) if checked else None,
        findings=sum(one["count"] for one in kinds.values()) if kinds else None,
        run=progress_of(run) if run else None,
        candidate=trained.get("version") or "",
        unchanged=bool(trained.get("unchanged")),
    )


def _newest(connection: Connection, kind: str) -> Job | None:
    from service.jobs.queue import find

    found, _ = find(connection, kind, 0, 1)
    return found[0] if found else None


def _bars(connection: Connection, themes: Sequence[Theme], palette: Palette) -> tuple[Bar, ...]:
    counts = _counts(connection)
    used = [(one, counts[one.id, "section"], counts[one.id, "clause"]) for one in themes if not one.retired]
    most = max((sections + clauses for _, sections, clauses in used), default=0) or 1
    return tuple(
        Bar(
            theme.id,
            theme.name,
            palette.hue(theme.id),
            sections,
            clauses,
            *_lack(sections, clauses),
            round(100 * sections / most, 2),
            round(100 * clauses / most, 2),
        )
        for theme, sections, clauses in sorted(used, key=lambda each: each[1] + each[2])
    )


def _counts(connection: Connection) -> Counter[tuple[str, str]]:
    """Texts by (theme id, kind), without those that are only measured on."""
    from sqlalchemy import func, select

    from service.database.tables import text_themes, texts

    asked = select(text_themes.c.theme_id, texts.c.kind, func.count()).join(texts, texts.c.id == text_themes.c.text_id)
    grouped = asked.where(texts.c.protected.is_(False)).group_by(text_themes.c.theme_id, texts.c.kind)
    return Counter({(theme, kind): count for theme, kind, count in connection.execute(grouped)})


def _lack(sections: int, clauses: int) -> tuple[str, bool]:
    from training.checks.few import CLAUSES, LEAST, SECTIONS

    if sections + clauses < LEAST:
        return f"不足 {LEAST} 条,不能训练", True
    wanted = ((SECTIONS - sections, "段"), (CLAUSES - clauses, "句"))
    lacking = "、".join(f"{number} {unit}" for number, unit in wanted if number > 0)
    return (f"偏少,建议再标 {lacking}" if lacking else ""), False
