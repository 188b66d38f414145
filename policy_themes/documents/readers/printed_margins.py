"""Running headers, footers and page numbers, taken out of pages by what repeats at the same place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from policy_themes.documents.readers.printed import Page, PrintedLine

__all__ = ["without_margins"]

DEEP = 3  # lines of a header or a footer
SHARE = 0.4  # of all pages, from which a line runs through: headers of left and right pages may differ
FEWEST = 3  # pages on which a line must repeat
MARGIN = 0.13  # of the height of a page, where page numbers stand
SHORTEST_HEAD = 8  # characters beside the digits: a shorter row is a header of the page, its parts set apart
_STEP = 6  # points within which lines of different pages stand at the same place
_NUMBERS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"[-\u2010-\u2015\u2500\u2501\uff0d\u00b7\u2022~\s]*\d{1,4}[-\u2010-\u2015\u2500\u2501\uff0d\u00b7\u2022~\s]*"
    r"|第\s*\d{1,4}\s*页(?:\s*[,/\uff0c\uff0f\u3001]?\s*共\s*\d{1,4}\s*页)?|\d{1,4}\s*[/\uff0f]\s*\d{1,4}(?:\s*页)?"
    r"|共\s*\d{1,4}\s*页\s*[,\uff0c\u3001]?\s*第\s*\d{1,4}\s*页|[Pp]age\s*\d{1,4}(?:\s*of\s*\d{1,4})?"
    # What browsers print: the date and the title above, the address and the page number below.
    r"|(?:https?|file|about):\S*\s+\d{1,4}\s*/\s*\d{1,4}|\d{1,4}/\d{1,2}/\d{1,4},?\s+\d{1,2}:\d\d(?:\s*[AP]M)?\s.*"
)


def without_margins(pages: Sequence[tuple[Page, Sequence[PrintedLine]]]) -> list[PrintedLine]:
    """The lines of all pages in order, without what runs through; the head of a table that each page repeats stays the first time."""
    places = [_edges(page, lines) for page, lines in pages]
    counts = Counter(key for page in places for key in set(page.values()))
    most = max(FEWEST, SHARE * len(pages))
    kept: list[PrintedLine] = []
    heads: set[str] = set()
    for (page, lines), place in zip(pages, places, strict=True):
        for at, line in enumerate(lines):
            key = place.get(at)
            repeats = key is not None and sum(counts[key[0], key[1], key[2] + step] for step in (-1, 0, 1)) >= most
            if repeats and line.is_row and line.text not in heads:
                # The head of a table, or rows that differ in their figures alone.
                heads.add(line.text)
                repeats = len(_NUMBERS.sub("", line.text)) <= SHORTEST_HEAD
            if not repeats and not (key is not None and _is_page_number(page, line)):
                kept.append(line)
    return kept


def _edges(page: Page, lines: Sequence[PrintedLine]) -> dict[int, tuple[str, str, int]]:
    """For the lines nearest to the top and the bottom: their words without digits, the edge, and how far from it they stand."""
    order = sorted(range(len(lines)), key=lambda at: lines[at].top)
    found = {
        at: (_masked(page, lines[at]), "bottom", round((page.height - lines[at].bottom) / _STEP))
        for at in order[-DEEP:]
    }
    for at in order[:DEEP]:
        if at not in found or lines[at].top < page.height / 2:
            found[at] = (_masked(page, lines[at]), "top", round(lines[at].top / _STEP))
    return found


def _masked(page: Page, line: PrintedLine) -> str:
    """The words of the line; in the margins without its digits, which count there."""
    return " ".join((_NUMBERS.sub("0", line.text) if _is_outside(page, line) else line.text).split())


def _is_outside(page: Page, line: PrintedLine) -> bool:
    return line.bottom < MARGIN * page.height or line.top > (1 - MARGIN) * page.height


def _is_page_number(page: Page, line: PrintedLine) -> bool:
    return _is_outside(page, line) and _PAGE_NUMBER.fullmatch(line.text.replace("\t", " ").strip()) is not None
