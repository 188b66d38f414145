"""Lines that are the cells of a table, or the names of a list: put together to rows and lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from policy_themes.documents.lines import Line, is_row

__all__ = ["gridded"]

MOST_COLUMNS = 12
LONGEST_LABEL = 12  # characters in a cell of a table's header
_FIRST = re.compile(r"序\s?号|编\s?号|项次")
_COUNT = re.compile(r"\d{1,3}")
_PARTED = re.compile(r"[^\s\u3000]+(?:[\s\u3000]{1,8}[^\s\u3000]+)+")
_PROSE = re.compile("[\uff0c。；：！？,;:!?]")
_BREAK = re.compile(r"\s")


def gridded(lines: Sequence[Line]) -> list[Line]:
    """`lines`, with a table that has one cell a line as rows (cells parted by tabs), and a list of names that goes on over lines as one."""
    rows: list[Line] = []
    at = 0
    while at < len(lines):
        table = list(_table(lines, at)) if _FIRST.fullmatch(lines[at].text) else []
        if table:
            rows += [_row(lines[start:end]) for start, end in table]
            at = table[-1][1]
        elif rows and lines[at - 1].end == rows[-1].end and _is_list(rows[-1].text) and _is_list(lines[at].text):
            rows[-1] = _joined([rows[-1], lines[at]], " ")
            at += 1
        else:
            rows.append(lines[at])
            at += 1
    return rows


def _table(lines: Sequence[Line], at: int) -> Iterator[tuple[int, int]]:
    """The rows (start, end) of a table whose header begins with 序号 at `at`: each begins with the next number, on a line of its own."""
    counts = [at]
    for place in range(at + 2, len(lines)):
        columns = counts[1] - at if len(counts) > 1 else MOST_COLUMNS
        if place - counts[-1] > columns + (len(counts) == 1):
            break
        if _COUNT.fullmatch(lines[place].text) and int(lines[place].text) == len(counts):
            counts.append(place)
    header = lines[at : counts[1]] if len(counts) > 2 else []
    if len(header) < 2 or any(len(line.text) > LONGEST_LABEL or is_row(line.text) for line in header):
        return
    yield from pairwise(counts)
    yield counts[-1], min(counts[-1] + max(end - start for start, end in pairwise(counts[1:])), len(lines))


def _row(cells: Sequence[Line]) -> Line:
    return _joined(cells, "\t")


def _joined(parts: Sequence[Line], between: str) -> Line:
    """One line of several, as long as the text that it spans: what parts them is white space there and `between` here."""
    text = parts[0].text
    for above, part in pairwise(parts):
        text += between * (part.start - above.end) + part.text
    return replace(parts[0], end=parts[-1].end, text=text)


def _is_list(words: str) -> bool:
    """Whether a line holds nothing but names with spaces between them."""
    return len(words) <= 2000 and not is_row(words) and not _PROSE.search(words) and _names(words)


def _names(words: str) -> bool:
    if not _PARTED.fullmatch(words):
        return False
    names = words.split()
    return len(names) >= 3 and all(len(name) <= 20 for name in names) and not any(map(str.isdigit, names))
