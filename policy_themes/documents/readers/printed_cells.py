"""The ruled lines of a page -> the cell of a table that a place stands in."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["NO_RULES", "Cell", "Rules", "cell_at", "rules_of"]

THIN = 3.0  # points: what is thinner is a line
SHORT = 5.0  # what is shorter is none
MOST = 3_000  # lines of a page; drawings have more, and tables are not looked for in them
_SLACK = 1.5


@dataclass(frozen=True, slots=True)
class Rules:
    """Horizontal lines as (y, from x, to x) and vertical ones as (x, from y, to y), each kind in order."""

    horizontal: Sequence[tuple[float, float, float]]
    vertical: Sequence[tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class Cell:
    """The rectangle between the nearest lines on all four sides."""

    left: float
    top: float
    right: float
    bottom: float


NO_RULES = Rules((), ())


def rules_of(boxes: Iterable[tuple[float, float, float, float]]) -> Rules:
    """The lines among things drawn, by their boxes (left, top, right, bottom): a thin box is a line, another one has four of them."""
    horizontal, vertical = set(), set()
    for left, top, right, bottom in boxes:
        wide, high = right - left >= SHORT, bottom - top >= SHORT
        if wide and bottom - top <= THIN:
            horizontal.add(((top + bottom) / 2, left, right))
        elif high and right - left <= THIN:
            vertical.add(((left + right) / 2, top, bottom))
        elif wide and high:
            horizontal |= {(top, left, right), (bottom, left, right)}
            vertical |= {(left, top, bottom), (right, top, bottom)}
    if len(horizontal) + len(vertical) > MOST:
        return NO_RULES
    return Rules(sorted(horizontal), sorted(vertical))


def cell_at(rules: Rules, x: float, y: float) -> Cell | None:
    """The cell that a place stands in, or None if a side is open."""
    top, bottom = _around(rules.horizontal, y, x)
    if top is None or bottom is None:
        return None
    left, right = _around(rules.vertical, x, y)
    if left is None or right is None:
        return None
    return Cell(left, top, right, bottom)


def _around(lines: Sequence[tuple[float, float, float]], at: float, across: float) -> tuple[float | None, float | None]:
    """The nearest lines on both sides of `at` that pass by `across`."""
    middle = bisect_left(lines, (at,))
    before = next((line[0] for line in reversed(lines[:middle]) if _passes(line, across)), None)
    after = next((line[0] for line in lines[middle:] if _passes(line, across)), None)
    return before, after


def _passes(line: tuple[float, float, float], across: float) -> bool:
    return line[1] - _SLACK <= across <= line[2] + _SLACK
