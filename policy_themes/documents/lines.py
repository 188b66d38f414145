"""Cleaned text -> lines that each hold a whole paragraph, heading or table row: lines broken by a page or a screen are put together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policy_themes.documents.boilerplate import is_boilerplate
from policy_themes.documents.numbering import Number, number_of

__all__ = ["Line", "Piece", "is_row", "lines_of", "unbroken"]

_LINE = re.compile(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_BREAK = re.compile(
    r"(?:(?<=[A-Za-z0-9])([^\S\t]*[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029][^\S\t]*)(?=[A-Za-z0-9]))|\s*[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]\s*"
)
_STOPS = frozenset("。!?…”’）)》】:;。！？：；")
_GOES_ON = frozenset(",、；;，(（《“‘—-")
_BULLETS = frozenset("—-–●■◆▲★○□◇•·※☆✓√►▶➢")
NARROW, WIDE = 15, 60  # characters in a line that a page or a screen breaks
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


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a text was broken: at `width` characters (0 if it was not), and whether its paragraphs begin with an indent."""

    width: int
    indented: bool


def unbroken(text: str) -> str:
    """`text` without line breaks: Chinese is put together without a space, Latin words with one."""
    if text.isprintable():  # so there is no break in it, nor a tab
        return text
    return _BREAK.sub(lambda match: " " if match.group(1) else "", text).replace("\t", " ")


def is_row(text: str) -> bool:
    """Whether a line is a row of a table: cells parted by tabs, or by strokes."""
    return "\t" in text or text.count("|") >= 2


def lines_of(text: str) -> Iterator[Line]:
    """The lines of `text` in order, none of them blank, put together where they were broken."""
    raw = [line for match in _LINE.finditer(text) if (line := _stripped(match)).text]
    layout = _Layout(_wrap_width(raw), sum(line.indent > 1 for line in raw) >= 3)
    head = tail = 0
    for at, line in enumerate(raw):
        if at and not _belongs(raw[head], raw[tail], line, layout):
            yield _whole(text, raw[head], raw[tail])
            head = at
        tail = at
    if raw:
        yield _whole(text, raw[head], raw[tail])


def _whole(text: str, head: Line, tail: Line) -> Line:
    return head if head is tail else Line(head.start, tail.end, text[head.start : tail.end], head.indent)


def _stripped(match: re.Match[str]) -> Line:
    whole = match.group()
    text = whole.strip()
    indent = len(whole) - len(whole.lstrip())
    return Line(match.start() + indent, match.start() + indent + len(text), text, indent)


def _wrap_width(lines: Sequence[Line]) -> int:
    """The width at which this text was broken, in characters; 0 if it was not.

    Broken text has many lines of nearly the same length that end in the midst of a sentence.
    """
    open_ended = Counter(
        len(line.text) for line in lines if NARROW <= len(line.text) <= WIDE and line.text[-1] not in _STOPS
    )
    if open_ended.total() < 4:
        return 0
    near = {width: sum(open_ended[width + more] for more in range(-3, 2)) for width in sorted(open_ended)}
    width = max(near, key=lambda one: near[one])
    longer = sum(len(line.text) > width + 4 for line in lines)
    return width if near[width] >= max(4, len(lines) // 4) and longer <= len(lines) // 20 else 0


def _belongs(head: Line, tail: Line, line: Line, layout: _Layout) -> bool:
    """Whether `line` goes on where a paragraph stopped whose first line is `head` and whose last is `tail`."""
    if is_row(tail.text) or is_row(line.text) or tail.end - head.start > LONGEST or number_of(line.text):
        return False
    if line.text[0] in _BULLETS or is_boilerplate(line.text) or is_boilerplate(tail.text):
        return False
    own = number_of(tail.text)
    if own and own.length >= len(tail.text):
        return True
    last = tail.text[-1]
    if last in _GOES_ON or not layout.width or len(tail.text) < NARROW:
        return last in _GOES_ON
    if last not in _STOPS:
        return tail.end - head.start >= layout.width - 3
    return layout.indented and not line.indent and len(tail.text) >= layout.width - 3
