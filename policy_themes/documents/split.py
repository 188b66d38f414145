"""Plain text -> sections: a first, plain splitter at numbered items and paragraphs.

A short numbered or unnumbered line without a full stop is a heading of what follows; every other line is a section. Headings nest
by the style of their numbers, in the order official documents use them: 第一章, 一、, (一), 1., (1), ①.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Section", "split"]

LONGEST_HEADING = 40  # characters
_NUMERAL = "[一二三四五六七八九十百零〇]+"
_STYLES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"第(?:{_NUMERAL}|\d+)[编章节条]",
        rf"{_NUMERAL}、",
        rf"[(\uff08]{_NUMERAL}[)\uff09]",
        r"\d{1,3}(?:[、.\uff0e](?!\d)|\s)",
        r"[(\uff08]\d{1,3}[)\uff09]",
        r"[①-⑳]",
        rf"{_NUMERAL}是",
    )
)
_LINE = re.compile(r"[^\r\n\u2028\u2029]+")
_ENDS = frozenset("。;!?…\uff1b\uff01\uff1f")


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of a document: its own number as written ("" if none), the headings above it joined by " / ", its span in the
    document (characters, end exclusive) and its text."""

    number: str
    heading: str
    start: int
    end: int
    text: str


def split(document: str) -> Iterator[Section]:
    """The sections of a document in order; headings are given with the sections below them."""
    path: list[tuple[int, str]] = []
    for line in _LINE.finditer(document):
        text = line.group().strip()
        if not text:
            continue
        start = line.start() + line.group().index(text)
        level, number = _number(text)
        if _is_heading(text):
            path = [(above, heading) for above, heading in path if above < level]
            path.append((level, text))
        else:
            yield Section(
                number, " / ".join(heading for above, heading in path if above < level), start, start + len(text), text
            )


def _number(text: str) -> tuple[int, str]:
    """The depth of a line's numbering style, and the number as written; unnumbered lines stand below every style."""
    for level, style in enumerate(_STYLES):
        if match := style.match(text):
            return level, match.group().strip()
    return len(_STYLES), ""


def _is_heading(text: str) -> bool:
    return len(text) <= LONGEST_HEADING and not _ENDS.intersection(text)
