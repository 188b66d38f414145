"""Several documents side by side: the share of each one's sections that carry each theme, and the same over the years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from policy_themes.batch.result import Result
from service.web.palette import Palette
from service.web.results import Kept

__all__ = ["Cell", "Column", "Comparison", "Line", "compared"]

SHADES = 8
LINES = 6  # themes that the chart of years shows at first


@dataclass(frozen=True, slots=True)
class Column:
    """A theme that occurs."""

    id: str
    name: str
    hue: str


@dataclass(frozen=True, slots=True)
class Cell:
    """Sections that carry a theme, their share in percent, and a shade from 0 (none) to SHADES."""

    theme: str
    count: int
    percent: int
    shade: int


@dataclass(frozen=True, slots=True)
class Line:
    """A document (number `place` of the result `key`), or all documents of a year (`key` is "")."""

    name: str
    key: str
    place: int
    year: int | None
    sections: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Documents by theme; `years` has a line a year if at least two are known."""

    columns: tuple[Column, ...]
    documents: tuple[Line, ...]
    years: tuple[Line, ...]

    @property
    def chart(self) -> dict[str, Any]:
        """What the chart of years is drawn from: the percentages of each theme in the order of the years."""
        lines = [(column, [line.cells[at].percent for line in self.years]) for at, column in enumerate(self.columns)]
        lines.sort(key=lambda one: -sum(one[1]))
        told = [{"name": column.name, "hue": column.hue, "values": values} for column, values in lines]
        return {"years": [line.name for line in self.years], "lines": told, "shown": LINES}


@dataclass(frozen=True, slots=True)
class _Counted:
    name: str
    key: str
    place: int
    year: int | None
    sections: int
    counts: Counter[str]


def compared(results: Iterable[Kept], palette: Palette, order: Sequence[str]) -> Comparison:
    """The documents of the results in their order; `order` is that of the themes, by id."""
    names: dict[str, str] = {}
    counted = [one for kept in results for one in _documents(kept, names)]
    rank = {key: at for at, key in enumerate(order)}
    ids = sorted(names, key=lambda key: (rank.get(key, len(rank)), key))
    columns = tuple(Column(key, names[key], palette.hue(key)) for key in ids)
    years = sorted({one.year for one in counted if one.year})
    sums = [_sum(year, [one for one in counted if one.year == year]) for year in years]
    return Comparison(columns, _lines(counted, ids), _lines(sums, ids) if len(years) > 1 else ())


def _documents(kept: Kept, names: dict[str, str]) -> Iterable[_Counted]:
    by_document: dict[str, list[Result]] = {}
    for result in kept.outcome.results:
        by_document.setdefault(result.columns["document"], []).append(result)
    for place, summary in enumerate(kept.outcome.summaries):
        tagged = [one.tagging for one in by_document.get(summary.document, ()) if one.tagging]
        names.update((theme.id, theme.name) for tagging in tagged for theme in tagging.themes)
        counts = Counter(theme.id for tagging in tagged for theme in tagging.themes)
        yield _Counted(summary.document, kept.id, place, summary.facts.year, len(tagged), counts)


def _sum(year: int, documents: Sequence[_Counted]) -> _Counted:
    counts: Counter[str] = Counter()
    for one in documents:
        counts.update(one.counts)
    return _Counted(f"{year} 年", "", 0, year, sum(one.sections for one in documents), counts)


def _lines(counted: Sequence[_Counted], ids: Sequence[str]) -> tuple[Line, ...]:
    most = max((one.counts[key] / one.sections for one in counted for key in ids if one.sections), default=1) or 1

    def cell(one: _Counted, key: str) -> Cell:
        share = one.counts[key] / one.sections if one.sections else 0.0
        return Cell(key, one.counts[key], round(100 * share), ceil(round(SHADES * share / most, 6)))

    return tuple(
        Line(one.name, one.key, one.place, one.year, one.sections, tuple(cell(one, key) for key in ids))
        for one in counted
    )
