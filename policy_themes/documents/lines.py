"""Lines and pieces: what the splitter works on, as spans of the cleaned text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from policy_themes.documents.numbering import Number

__all__ = ["ENDS", "LONGEST", "Kind", "Line", "Piece", "is_row", "unbroken"]

_BREAK = re.compile(
    r"(?:(?<=[A-Za-z0-9])([^\S\t]*[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029][^\S\t]*)(?=[A-Za-z0-9]))|\s*[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]\s*"
)
Kind = Literal["title", "heading", "section", "boilerplate"]

ENDS = re.compile(r"[。!?…;！？；]")
LONGEST = 10_000  # characters that are put together, and no more


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, heading or table row: its span in the cleaned text and what stands there, breaks included; `indent` is the number
    of spaces before it."""

    start: int
    end: int
    text: str
    indent: int = 0

    @property
    def words(self) -> str:
        """The text without the breaks inside; cells of a table row are parted by a space."""
        return unbroken(self.text)


@dataclass(frozen=True, slots=True)
class Piece:
    """A line, or the part of one that is an item, with its number."""

    line: Line
    number: Number | None

    @property
    def written(self) -> str:
        """The number as it stands in the text, without a comma or a colon behind it."""
        return self.line.text[: self.number.length].strip().rstrip("\uff0c,\uff1a:") if self.number else ""

    @property
    def is_row(self) -> bool:
        """Whether this is a row of a table."""
        return is_row(self.line.text)


def unbroken(text: str) -> str:
    """`text` without line breaks: Chinese is put together without a space, Latin words with one."""
    if text.isprintable():  # so there is no break in it, nor a tab
        return text
    return _BREAK.sub(lambda match: " " if match.group(1) else "", text).replace("\t", " ")


def is_row(text: str) -> bool:
    """Whether a line is a row of a table: cells parted by tabs, or by strokes."""
    return "\t" in text or text.count("|") >= 2
