"""What the checks found as tables for people: one a kind, and those of the annotators' agreement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from training.checks.checks import Checks
from training.checks.finding import KINDS, Finding

__all__ = ["Table", "tables_of"]

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the names of the columns, and rows of as many cells; None is shown as nothing."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables_of(checks: Checks) -> Iterator[Table]:
    """A table for each kind that was looked for, empty ones included; then agreement by theme and by pair, where there is any."""
    for kind, title in KINDS.items():
        judged = kind in ("unlikely", "missing")
        if checks.suspicious or not judged:
            columns = ("位置", "强度", "说明", *(("主题", "概率", "词") if judged else ()), "编号", "文字")
            yield Table(title, columns, tuple(_row(finding, judged=judged) for finding in checks.of(kind)))
    if checks.agreement.texts:
        themes = tuple((one.name, one.alpha, one.f1, one.uses) for one in checks.agreement.themes)
        pairs = tuple((one.first, one.second, one.texts, one.f1) for one in checks.agreement.pairs)
        yield Table("各主题的一致性", ("主题", "alpha", "两两 F1", "标注次数"), themes)
        yield Table("两两标注者的一致性", ("标注者", "另一位", "共同标注", "micro-F1"), pairs)


def _row(finding: Finding, *, judged: bool) -> tuple[Cell, ...]:
    more = (finding.theme, finding.probability, "、".join(finding.words)) if judged else ()
    return (finding.where, finding.strength, finding.zh, *more, "、".join(finding.ids), "\n\n".join(finding.texts))
