"""What the sheets of an .xlsx workbook share: titles, strings, number formats. Source: ECMA-376 part 1, chapter 18."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policy_themes.documents.limits import MAX_CHARACTERS
from policy_themes.documents.readers.ooxml import Package
from policy_themes.documents.readers.sheet_values import BUILT_IN, shown
from policy_themes.errors import DocumentError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["Book", "S", "string_of", "unescaped", "whole"]

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_IDENTIFIER = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(slots=True)
class Book:
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
    def read(cls, package: Package, main: str) -> Book:
        """From the package whose main part is at `main`. Raises DocumentError."""
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
        if package.root != f"{S}workbook":
            raise DocumentError(
                "不是 xlsx 工作簿,请在 WPS 或 Excel 中打开后另存为 .xlsx",
                "is not an xlsx workbook; open and save it as .xlsx in Excel or WPS",
                where=package.name,
            )
        strings = [string_of(element) for element in package.elements(parts.get("sharedStrings", ""), depth=2)]
        return cls(package.name, sheets, hidden, strings, list(_formats(package, parts.get("styles", ""))), since_1904)

    def spend(self, characters: int) -> None:
        """Take so many characters from what is left. Raises DocumentError if they are too many."""
        self.left -= characters
        if self.left < 0:
            raise DocumentError(
                f"文字超过 {MAX_CHARACTERS} 字,请拆分",
                f"holds over {MAX_CHARACTERS} characters; split it",
                where=self.name,
            )


def string_of(string: Element) -> str:
    """The text of a string, plain or of several runs, without the readings above it (rPh)."""
    runs = [
        child if child.tag == f"{S}t" else child.find(f"{S}t") for child in string if child.tag in (f"{S}t", f"{S}r")
    ]
    return shown(unescaped("".join(run.text or "" for run in runs if run is not None)))


def unescaped(text: str) -> str:
    """`text` with the characters that a string can't hold as they are (_x000D_) put back."""
    return _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text) if "_x" in text else text


def _formats(package: Package, path: str) -> Iterator[str]:
    """The number format of each cell style."""
    own: dict[str, str] = {}
    for element in package.elements(path, depth=2):
        own.update((one.get("numFmtId", ""), one.get("formatCode", "")) for one in element.iterfind(f"{S}numFmt"))
        if element.tag == f"{S}cellXfs":
            for style in element.iterfind(f"{S}xf"):
                key = style.get("numFmtId", "0")
                yield own.get(key) or BUILT_IN.get(whole(key) or 0, "General")


def whole(said: str | None) -> int | None:
    """A whole number as an attribute writes it; None if it is none."""
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 10 else None
