"""An .xlsx workbook -> its rows as lines, sheet by sheet. Source: ECMA-376 part 1, chapter 18.

openpyxl is not used for this: reading row by row it knows no merged cells and no formulas without a result, it shows dates of the Chinese
formats as numbers, and one row of blank cells can take two gigabytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from policy_themes.documents.limits import MAX_CHARACTERS
from policy_themes.documents.readers import Reading
from policy_themes.documents.readers.ooxml import Package, opened_package
from policy_themes.documents.readers.sheet_values import BUILT_IN, shown, shown_number
from policy_themes.errors import DocumentError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["read_book"]

MAX_COVERED = 500_000  # cells of a sheet that merged ones cover; past these, merged cells are not looked at
MAX_COLUMN = 16_384
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_IDENTIFIER = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_RANGE = re.compile(rf"{_PLACE.pattern}:{_PLACE.pattern}")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read_book(data: bytes, name: str) -> Reading:
    """The text of the workbook called `name`. Raises DocumentError naming it."""
    package = opened_package(data, name)
    main = next((one.path for one in package.related() if one.kind == "officeDocument"), "xl/workbook.xml")
    if main not in package.entries or not main.endswith(".xml"):
        raise DocumentError(
            "不是 xlsx 工作簿,请在 WPS 或 Excel 中打开后另存为 .xlsx",
            "is not an xlsx workbook; open and save it as .xlsx in Excel or WPS",
            where=name,
        )
    book = _Book.read(package, main)
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
class _Book:
    """A workbook: its sheets' parts by their titles, those that are hidden, its strings and the number formats of its cell styles.

    `left` is how many characters may still be read; strings that many cells share would otherwise multiply.
    """

    name: str
    sheets: dict[str, str]
    hidden: set[str]
    strings: list[str]
    formats: list[str]
    since_1904: bool
    left: int = MAX_CHARACTERS

    @classmethod
    def read(cls, package: Package, main: str) -> _Book:
        related = package.related(main)
        paths = {one.identifier: one.path for one in related}
        parts = {one.kind: one.path for one in related}
        sheets, hidden, since_1904 = {}, set[str](), False
        for element in package.elements(main, depth=2):
            if element.tag == f"{S}workbookPr":
                since_1904 = element.get("date1904") in ("1", "true")
            for sheet in element.iterfind(f"{S}sheet"):
                path = paths.pop(sheet.get(_IDENTIFIER, ""), "")
                sheets[shown(sheet.get("name", ""))] = path
                hidden |= {path} if sheet.get("state", "visible") != "visible" else set()
        strings = [_text(element) for element in package.elements(parts.get("sharedStrings", ""), depth=2)]
        return cls(package.name, sheets, hidden, strings, list(_formats(package, parts.get("styles", ""))), since_1904)

    def spend(self, characters: int) -> None:
        self.left -= characters
        if self.left < 0:
            raise DocumentError(
                f"文字超过 {MAX_CHARACTERS} 字,请拆分",
                f"holds over {MAX_CHARACTERS} characters; split it",
                where=self.name,
            )


@dataclass(slots=True)
class _Sheet:
    """A sheet of `book` that is being read: the cells with text by their rows, those that merged cells cover, formulas without a result."""

    book: _Book
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    covered: set[tuple[int, int]] = field(default_factory=set)
    not_computed: int = 0

    def lines(self, package: Package, path: str) -> Iterator[str]:
        """Each row with text in it: its cells parted by tabs, but for those that a merged cell covers and blank ones at either end."""
        row = 0
        for element in package.elements(path, depth=3):
            if element.tag == f"{S}row":
                row = _whole(element.get("r")) or row + 1
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
            if text := self._shown(cell):
                self.book.spend(len(text))
                yield column, text

    def _shown(self, cell: Element) -> str:
        kind, said = cell.get("t", "n"), cell.findtext(f"{S}v") or ""
        if not said and kind != "str" and cell.find(f"{S}f") is not None:
            self.not_computed += 1
        if kind == "inlineStr":
            inline = cell.find(f"{S}is")
            return "" if inline is None else _text(inline)
        if kind == "s":
            at = _whole(said)
            return self.book.strings[at] if at is not None and at < len(self.book.strings) else ""
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(said, "")
        if kind == "n" and said:
            style = _whole(cell.get("s")) or 0
            number_format = self.book.formats[style] if style < len(self.book.formats) else "General"
            return shown_number(said, number_format, since_1904=self.book.since_1904)
        return shown(said.removesuffix("T00:00:00") if kind == "d" else _unescaped(said))

    def _cover(self, reference: str) -> None:
        """Note the cells of a merged one but for the first, which holds the text."""
        place = _RANGE.fullmatch(reference)
        if place is None:
            return
        top, bottom, first, last = int(place[2]), int(place[4]), _column(place[1]), _column(place[3])
        if len(self.covered) + (bottom - top + 1) * (last - first + 1) <= MAX_COVERED:
            self.covered.update((row, column) for row in range(top, bottom + 1) for column in range(first, last + 1))
            self.covered.discard((top, first))


def _text(string: Element) -> str:
    """The text of a string, plain or of several runs, without the readings above it (rPh)."""
    runs = [
        child if child.tag == f"{S}t" else child.find(f"{S}t") for child in string if child.tag in (f"{S}t", f"{S}r")
    ]
    return shown(_unescaped("".join(run.text or "" for run in runs if run is not None)))


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text) if "_x" in text else text


def _formats(package: Package, path: str) -> Iterator[str]:
    """The number format of each cell style."""
    own: dict[str, str] = {}
    for element in package.elements(path, depth=2):
        own.update((one.get("numFmtId", ""), one.get("formatCode", "")) for one in element.iterfind(f"{S}numFmt"))
        if element.tag == f"{S}cellXfs":
            for style in element.iterfind(f"{S}xf"):
                key = style.get("numFmtId", "0")
                yield own.get(key) or BUILT_IN.get(_whole(key) or 0, "General")


def _whole(said: str | None) -> int | None:
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 10 else None


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
