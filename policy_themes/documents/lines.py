"""Cleaned text -> lines that each hold a whole paragraph, heading or table row: lines broken by a page or a screen are put together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policy_themes.documents.boilerplate import is_boilerplate
from policy_themes.documents.numbering import number_of

__all__ = ["Line", "lines_of", "unbroken"]

_LINE = re.compile(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_BREAK = re.compile(
    r"(?:(?<=[A-Za-z0-9])([^\S\t]*[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029][^\S\t]*)(?=[A-Za-z0-9]))|\s*[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]\s*"
)
_STOPS = frozenset("。!?…”’）)》】:;。！？：；")
_GOES_ON = frozenset(",、；;，(（《“‘—-")
NARROW, WIDE = 15, 60  # characters in a line that a page or a screen breaks


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, heading or table row: its span in the cleaned text and what stands there, breaks included."""

    start: int
    end: int
    text: str

    @property
    def words(self) -> str:
        """The text without the breaks inside; cells of a table row are parted by a space."""
        return unbroken(self.text)


def unbroken(text: str) -> str:
    """`text` without line breaks: Chinese is put together without a space, Latin words with one."""
    return _BREAK.sub(lambda match: " " if match.group(1) else "", text).replace("\t", " ")


def lines_of(text: str) -> Iterator[Line]:
    """The lines of `text` in order, none of them blank, put together where they were broken."""
    raw = [_stripped(match) for match in _LINE.finditer(text)]
    raw = [line for line in raw if line.text]
    width = _wrap_width(raw)
    held: Line | None = None
    for line in raw:
        if held is not None and _belongs(held, line, width):
            held = Line(held.start, line.end, text[held.start : line.end])
            continue
        if held is not None:
            yield held
        held = line
    if held is not None:
        yield held


def _stripped(match: re.Match[str]) -> Line:
    text = match.group().strip()
    start = match.start() + (match.group().index(text) if text else 0)
    return Line(start, start + len(text), text)


def _wrap_width(lines: Sequence[Line]) -> int:
    """The width at which this text was broken, in characters; 0 if it was not.

    Broken text has many lines of nearly the same length that end in the midst of a sentence.
    """
    open_ended = [len(line.text) for line in lines if NARROW <= len(line.text) <= WIDE and line.text[-1] not in _STOPS]
    if len(open_ended) < 4:
        return 0
    width = max(sorted(open_ended), key=lambda one: sum(one - 3 <= other <= one + 1 for other in open_ended))
    alike = sum(width - 3 <= other <= width + 1 for other in open_ended)
    longer = sum(len(line.text) > width + 4 for line in lines)
    return width if alike >= max(4, len(lines) // 4) and longer <= len(lines) // 20 else 0


def _belongs(held: Line, line: Line, width: int) -> bool:
    """Whether `line` goes on where `held` stopped."""
    if (
        "\t" in held.text
        or "\t" in line.text
        or number_of(line.text)
        or is_boilerplate(line.text)
        or is_boilerplate(held.text)
    ):
        return False
    last = held.text[-1]
    if last in _GOES_ON:
        return True
    tail = held.text.rsplit("\n", 1)[-1]
    return bool(width) and last not in _STOPS and len(held.text) >= width - 3 and len(tail) >= NARROW
