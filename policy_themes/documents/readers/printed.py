"""Pages as printed (PDF, OFD): words and ruled lines with their places -> lines of text and rows of tables.

Places are in points from the top left corner of the page as it is shown, y downwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from policy_themes.documents.numbering import number_of
from policy_themes.documents.readers.printed_cells import Cell, Rules, cell_at

__all__ = ["Fragment", "Page", "PrintedLine", "joined_pieces", "lines_of_page"]

CELL_GAP = 2.0  # heights of a character between two words that are plainly not of one sentence
SPACE_GAP = 0.3
_LATIN = re.compile(r"[A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Fragment:
    """Words that stand together on one line; `size` is the height of a character."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its number from 1, its size, its words in the order in which they were drawn, its ruled lines."""

    number: int
    width: float
    height: float
    fragments: Sequence[Fragment]
    rules: Rules


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of a page, or a row of a table with its cells parted by tabs."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    page: int
    is_row: bool = False


def lines_of_page(page: Page) -> list[PrintedLine]:
    """The lines in the order in which they were drawn, each text drawn twice in one place only once."""
    fragments = list(_once(page.fragments))
    cells = [cell_at(page.rules, (one.left + one.right) / 2, (one.top + one.bottom) / 2) for one in fragments]
    tops: dict[float, set[Cell]] = {}
    for cell in cells:
        if cell is not None:
            tops.setdefault(_band(cell), set()).add(cell)
    lines: list[PrintedLine] = []
    held: list[Fragment] = []
    done: set[float] = set()
    for fragment, cell in zip(fragments, cells, strict=True):
        if cell is not None and len(tops[_band(cell)]) > 1:
            lines += _line(held, page.number)
            held = []
            if _band(cell) not in done:
                done.add(_band(cell))
                lines.append(_row(_band(cell), fragments, cells, page.number))
        elif held and not _is_beside(held[-1], fragment):
            lines += _line(held, page.number)
            held = [fragment]
        else:
            held.append(fragment)
    return lines + _line(held, page.number)


def joined_pieces(before: str, after: str) -> tuple[str, str]:
    """Two parts of a paragraph, to be put together: Latin words are parted by a space, Chinese ones by nothing."""
    if before.endswith("\u00ad"):
        return before[:-1], after
    between = " " if before and after and _LATIN.match(before[-1]) and _LATIN.match(after[0]) else ""
    return before + between, after


def _once(fragments: Sequence[Fragment]) -> Iterator[Fragment]:
    """Bold type is often made by drawing a text twice, a little to the side."""
    seen: dict[str, list[Fragment]] = {}
    for one in fragments:
        there = seen.setdefault(one.text, [])
        near = 0.3 * one.size
        if not any(abs(one.left - other.left) < near and abs(one.top - other.top) < near for other in there[-50:]):
            there.append(one)
            yield one


def _band(cell: Cell) -> float:
    return round(cell.top / 2)


def _is_beside(before: Fragment, one: Fragment) -> bool:
    overlap = min(before.bottom, one.bottom) - max(before.top, one.top)
    lower = min(before.bottom - before.top, one.bottom - one.top)
    return overlap > 0.5 * lower and one.left >= before.right - 0.5 * before.size


def _line(parts: Sequence[Fragment], page: int) -> list[PrintedLine]:
    """The words as one line, tabs in it where they are plainly apart; nothing if there are none."""
    if not parts:
        return []
    size = max(part.size for part in parts)
    text, is_row = parts[0].text, False
    spaced = all(len(part.text) == 1 for part in parts)
    for before, part in pairwise(parts):
        gap = (part.left - before.right) / size
        number = number_of(text)
        apart = gap >= CELL_GAP and not spaced and not (number and number.length >= len(text)) and len(text) > 1
        is_row = is_row or apart
        text += ("\t" if apart else " " if gap >= SPACE_GAP else "") + part.text
    return [_placed(text, parts, size, page, is_row=is_row)]


def _row(band: float, fragments: Sequence[Fragment], cells: Sequence[Cell | None], page: int) -> PrintedLine:
    """All cells that begin at one height, from left to right."""
    inside: dict[Cell, list[Fragment]] = {}
    for fragment, cell in zip(fragments, cells, strict=True):
        if cell is not None and _band(cell) == band:
            inside.setdefault(cell, []).append(fragment)
    parts = [part for cell in inside for part in inside[cell]]
    texts = [_cell_text(inside[cell]) for cell in sorted(inside, key=lambda cell: cell.left)]
    return _placed("\t".join(texts), parts, max(part.size for part in parts), page, is_row=True)


def _cell_text(parts: Sequence[Fragment]) -> str:
    text = ""
    for at, part in enumerate(parts):
        beside = at and _is_beside(parts[at - 1], part)
        text = f"{text} {part.text}" if beside or number_of(part.text) else "".join(joined_pieces(text, part.text))
    return text.strip()


def _placed(text: str, parts: Sequence[Fragment], size: float, page: int, *, is_row: bool) -> PrintedLine:
    return PrintedLine(
        text,
        min(part.left for part in parts),
        max(part.right for part in parts),
        min(part.top for part in parts),
        max(part.bottom for part in parts),
        size,
        page,
        is_row,
    )
