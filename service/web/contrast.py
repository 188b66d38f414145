"""A candidate against the live model as its page shows it: figures, theme by theme, and the texts whose themes change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.web.palette import Palette

if TYPE_CHECKING:
    from training.compare.changed import Changed
    from training.compare.difference import SetDifference, ThemeDifference
    from training.gate import Comparison

__all__ = ["Contrast", "Move", "Row", "Table", "contrast_of"]

OUTCOMES = {"worse": "变差", "neutral": "相当", "better": "变好"}
SHOWN = 60  # changed texts, the worse ones first
LONGEST = 300  # characters of a text


@dataclass(frozen=True, slots=True)
class Row:
    """A theme: F1 of both (0 to 1), its change with the interval; `few` if too few sections carry it for that to decide anything."""

    name: str
    hue: str
    support: int
    few: bool
    live: float
    candidate: float
    change: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Table:
    """The comparison on one set of so many sections; `rows` by how much they changed, the worst first."""

    title: str
    sections: int
    overall: tuple[tuple[str, float, float, float, float, float], ...]
    rows: tuple[Row, ...]
    new: tuple[tuple[str, str, int, float], ...]
    unmet: int

    @property
    def chart(self) -> dict[str, Any]:
        """What the chart is drawn from: name, hue, change, low, high, few, for each theme."""
        return {"rows": [[one.name, one.hue, one.change, one.low, one.high, one.few] for one in self.rows]}


@dataclass(frozen=True, slots=True)
class Move:
    """A text whose themes change, as (name, hue), and whether for the better."""

    outcome: str
    word: str
    text: str
    cut: bool
    protected: bool
    labelled: tuple[tuple[str, str], ...]
    before: tuple[tuple[str, str], ...]
    after: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Contrast:
    """`counts` of changed texts by outcome; `reasons` say whether each speaks against."""

    live: str
    candidate: str
    passes: bool
    reasons: tuple[tuple[bool, str], ...]
    tables: tuple[Table, ...]
    least: int
    changed: int
    counts: Mapping[str, int]
    moves: tuple[Move, ...]


def contrast_of(comparison: Comparison, palette: Palette) -> Contrast:
    """From a comparison."""
    from training.compare.difference import LEAST_SUPPORT

    hues = {one.name: palette.hue(one.id) for table in comparison.sets for one in table.themes}
    hues |= {one.name: palette.hue(one.id) for table in comparison.sets for one in table.new}
    changed = comparison.changed
    return Contrast(
        live=comparison.live,
        candidate=comparison.candidate,
        passes=comparison.better,
        reasons=tuple((one.against, one.zh) for one in comparison.verdict.reasons),
        tables=tuple(_table(one, palette, LEAST_SUPPORT) for one in comparison.sets),
        least=LEAST_SUPPORT,
        changed=len(changed),
        counts={word: sum(one.outcome == key for one in changed) for key, word in OUTCOMES.items()},
        moves=tuple(_move(one, lambda name: hues.get(name, palette.hue(name))) for one in changed[:SHOWN]),
    )


def _table(one: SetDifference, palette: Palette, least: int) -> Table:
    from training.compare.verdict import SETS

    met = [theme for theme in one.themes if theme.support]
    figures = (("micro-F1(按判断)", one.micro), ("macro-F1(按主题)", one.macro))
    return Table(
        title=SETS[one.name][0],
        sections=one.sections,
        overall=tuple((name, each.live, each.candidate, each.change, each.low, each.high) for name, each in figures),
        rows=tuple(_row(theme, palette, least) for theme in sorted(met, key=lambda theme: theme.f1.change)),
        new=tuple((new.name, palette.hue(new.id), new.support, new.figures.f1) for new in one.new),
        unmet=len(one.themes) - len(met),
    )


def _row(theme: ThemeDifference, palette: Palette, least: int) -> Row:
    f1 = theme.f1
    few = theme.support < least
    hue = palette.hue(theme.id)
    return Row(theme.name, hue, theme.support, few, f1.live, f1.candidate, f1.change, f1.low, f1.high)


def _move(one: Changed, hue: Callable[[str], str]) -> Move:
    def tags(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        return tuple((name, hue(name)) for name in names)

    return Move(
        outcome=one.outcome,
        word=OUTCOMES[one.outcome],
        text=one.text[:LONGEST],
        cut=len(one.text) > LONGEST,
        protected=one.set == "protected",
        labelled=tags(one.labelled),
        before=tags(one.before),
        after=tags(one.after),
    )
