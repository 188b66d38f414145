"""An .xlsx workbook -> its rows as lines, sheet by sheet. Source: ECMA-376 part 1, chapter 18.

openpyxl is not used for this: reading row by row it knows no merged cells and no formulas without a result, it shows dates of the Chinese
formats as numbers, and one row of blank cells can take two gigabytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from policy_themes.documents.readers import Reading
from policy_themes.documents.readers.ooxml import Package, opened_package
from policy_themes.documents.readers.sheet_parts import Book, S, string_of, unescaped, whole
from policy_themes.documents.readers.sheet_values import shown, shown_number

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["read_book"]

MAX_COVERED = 500_000  # cells of a sheet that merged ones cover; past these, merged cells are not looked at
MAX_COLUMN = 16_384
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_RANGE = re.compile(rf"{_PLACE.pattern}:{_PLACE.pattern}")


def read_book(data: bytes, name: str) -> Reading:
    """The text of the workbook called `name`. Raises DocumentError naming it."""
    package = opened_package(data, name)
    main = next((one.path for one in package.related() if one.kind == "officeDocument"), "xl/workbook.xml")
    book = Book.read(package, main)
    filled: dict[str, list[str]] = {}
    notes = []
    for title, path in book.sheets.items():
        if not path:
            continue
        if path in book.hidden:
            notes.append(f"工作表“{title}”是隐藏的,没有读取")
            continue
        sheet = _Sheet(book)
        if lines := list(sheet.lines(package, path)):
            filled[title] = lines
        if sheet.not_computed:
            notes.append(
                f"工作表“{title}”有 {sheet.not_computed} 个公式没有存下结果,请在 WPS 或 Excel 中打开并保存后再试"
            )
    titled = ([title, *lines] if len(filled) > 1 else lines for title, lines in filled.items())
    return Reading("\n".join(line for lines in titled for line in lines), tuple(notes))


@dataclass(slots=True)
class _Sheet:
    """A sheet of `book` that is being read: the cells with text by their rows, those that merged cells cover, formulas without a result."""

    book: Book
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    covered: set[tuple[int, int]] = field(default_factory=set)
    not_computed: int = 0

    def lines(self, package: Package, path: str) -> Iterator[str]:
        """Each row with text in it: its cells parted by tabs, but for those that a merged cell covers and blank ones at either end."""
        row = 0
        for element in package.elements(path, depth=3):
            if element.tag == f"{S}row":
                row = whole(element.get("r")) or row + 1
                self.rows.setdefault(row, {}).update(self._cells(element))
            elif element.tag == f"{S}mergeCell":
                self._cover(element.get("ref", ""))
        for at, cells in sorted(self.rows.items()):
            there = [column for column in cells if (at, column) not in self.covered]
            if there:
                between = range(min(there), max(there) + 1)
                self.book.spend(len(between))
                yield "\t".join(cells.get(column, "") for column in between if (at, column) not in self.covered)

    def _cells(self, row: Element) -> Iterator[tuple[int, str]]:
        column = 0
        for cell in row.iterfind(f"{S}c"):
            place = _PLACE.fullmatch(cell.get("r", ""))
            column = min(_column(place.group(1)) if place else column + 1, MAX_COLUMN)
            if len(cell) and (text := self._shown(cell)):
                self.book.spend(len(text))
                yield column, text

    def _shown(self, cell: Element) -> str:
        kind, said = cell.get("t", "n"), cell.findtext(f"{S}v") or ""
        if not said and kind != "str" and cell.find(f"{S}f") is not None:
            self.not_computed += 1
        if kind == "inlineStr":
            inline = cell.find(f"{S}is")
            return "" if inline is None else string_of(inline)
        if kind == "s":
            at = whole(said)
            return self.book.strings[at] if at is not None and at < len(self.book.strings) else ""
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(said, "")
        if kind == "n" and said:
            style = whole(cell.get("s")) or 0
            number_format = self.book.formats[style] if style < len(self.book.formats) else "General"
            return shown_number(said, number_format, since_1904=self.book.since_1904)
        return shown(said.removesuffix("T00:00:00") if kind == "d" else unescaped(said))

    def _cover(self, reference: str) -> None:
        """Note the cells of a merged one but for the first, which holds the text."""
        place = _RANGE.fullmatch(reference)
        if place is None:
            return
        top, bottom, first, last = int(place[2]), int(place[4]), _column(place[1]), _column(place[3])
        if (
            bottom >= top
            and last >= first
            and len(self.covered) + (bottom - top + 1) * (last - first + 1) <= MAX_COVERED
        ):
            cells = ((row, column) for row in range(top, bottom + 1) for column in range(first, last + 1))
            self.covered.update(cell for cell in cells if cell != (top, first))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
