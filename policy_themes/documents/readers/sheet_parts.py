"""What a workbook's package says before openpyxl reads it: is it safe to read, which cells are merged, what was never computed.

openpyxl in read-only mode bounds nothing, and knows neither merged cells nor formulas without a stored result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policy_themes.documents.readers.ooxml import Package, check_entities
from policy_themes.errors import DocumentError

__all__ = ["Parts", "parts_of"]

MAX_TAGS = 6_000_000  # of all parts: some 1,500,000 cells
MAX_COVERED = 500_000  # cells covered by merged ones; past these, merged cells are not looked at
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^<>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
# A formula without a value; one whose result is no text at all (t="str") has been computed.
_NOT_COMPUTED = re.compile(
    rb'<(?:\w+:)?c\b(?![^<>]*\st="str")[^<>]*>\s*<(?:\w+:)?f\b[^<>]*(?:/>|>[^<>]*</(?:\w+:)?f>)\s*'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


@dataclass(frozen=True, slots=True)
class Parts:
    """By the path of each sheet's part: the cells that merged cells cover (row, column, from 1), and the formulas without a result."""

    covered: Mapping[str, frozenset[tuple[int, int]]]
    not_computed: Mapping[str, int]


def parts_of(package: Package) -> Parts:
    """Look through every part. Raises DocumentError: an entity declared, or over MAX_TAGS."""
    covered, not_computed = {}, {}
    tags = 0
    for path in package.entries:
        content = package.part(path) or b""
        tags += content.count(b"<")
        if tags > MAX_TAGS:
            raise DocumentError(
                "单元格过多,请拆分工作簿,或删去空白的行列后再保存",
                "holds too many cells; split it, or delete blank rows and columns and save it",
                where=package.name,
            )
        check_entities(content, package.name)
        covered[path] = frozenset(_covered(content))
        not_computed[path] = len(_NOT_COMPUTED.findall(content))
    return Parts(covered, not_computed)


def _covered(content: bytes) -> Iterator[tuple[int, int]]:
    left = MAX_COVERED
    for match in _MERGED.finditer(content):
        top, bottom = int(match.group(2)), int(match.group(4))
        first, last = _column(match.group(1)), _column(match.group(3))
        left -= max(bottom - top + 1, 0) * max(last - first + 1, 0)
        if left < 0:
            return
        for row in range(top, bottom + 1):
            yield from ((row, column) for column in range(first, last + 1) if (row, column) != (top, first))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number
