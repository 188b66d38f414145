"""Cleaned text -> lines that each hold a whole paragraph: those that a page or a screen has broken are put together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policy_themes.documents.boilerplate import is_boilerplate
from policy_themes.documents.grids import gridded
from policy_themes.documents.lines import LONGEST, Line, is_row
from policy_themes.documents.numbering import Number, number_of

__all__ = ["lines_of"]

_LINE = re.compile(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_STOPS = frozenset("。!?…”’）)》】:;。！？：；")
_CLOSERS = frozenset("”’）)》】")
_GOES_ON = frozenset(",、；;，(（《“‘—-")
_BULLETS = frozenset("—-–●■◆▲★○□◇•·※☆✓√►▶➢")
_IN_SENTENCE = re.compile("[\uff0c。；,;、“：:]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_HALF = re.compile(r"[\x20-\x7e]")
_YEAR, _MONTH = re.compile(r"(?:19|20)\d\d年$"), re.compile(r"\d{1,2}月")
NARROW, WIDE = 15, 60  # characters in a line that a page or a screen breaks


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a text was broken: at `width` characters (0 if it was not), and whether its paragraphs begin with an indent."""

    width: int
    indented: bool


def lines_of(text: str) -> Iterator[Line]:
    """The lines of `text` in order, none of them blank, put together where they were broken."""
    raw = [line for match in _LINE.finditer(text) if (line := _stripped(match)).text]
    lines = gridded(raw)
    layout = _Layout(_wrap_width(lines), sum(line.indent > 1 for line in raw) >= 3)
    counted: dict[str, int] = {}  # the last value of each style of number
    head = tail = 0
    for at, line in enumerate(lines):
        if at and not _belongs(lines[head], lines[tail], line, layout, counted):
            yield _whole(text, lines[head], lines[tail])
            head = at
        if head == at and (number := number_of(line.text)):
            counted[number.style] = number.value
        tail = at
    if lines:
        yield _whole(text, lines[head], lines[tail])


def _whole(text: str, head: Line, tail: Line) -> Line:
    return head if head is tail else Line(head.start, tail.end, text[head.start : tail.end], head.indent)


def _stripped(match: re.Match[str]) -> Line:
    whole = match.group()
    text = whole.strip()
    indent = len(whole) - len(whole.lstrip())
    return Line(match.start() + indent, match.start() + indent + len(text), text, indent)


def _wrap_width(lines: Sequence[Line]) -> int:
    """The width at which this text was broken, in characters; 0 if it was not.

    Broken text has many lines of nearly the same length that end in the midst of a sentence; a few are enough where the line
    below shows that it goes on.
    """
    open_ended, goes_on = Counter[int](), Counter[int]()
    for at, line in enumerate(lines):
        if NARROW <= (wide := _width(line.text)) <= WIDE and line.text[-1] not in _STOPS:
            open_ended[wide] += 1
            goes_on[wide] += at + 1 < len(lines) and _breaks_off(line.text, lines[at + 1].text)
    if open_ended.total() < 3:
        return 0
    near = {width: sum(open_ended[width + more] for more in range(-3, 2)) for width in sorted(open_ended)}
    broken = {width: sum(goes_on[width + more] for more in range(-3, 2)) for width in sorted(open_ended)}
    width = max(near, key=lambda one: (near[one] + broken[one], broken[one]))
    longer = sum(_width(line.text) > width + 4 for line in lines)
    told = broken[width] >= max(3, 0.6 * goes_on.total(), len(lines) // 12) and longer <= len(lines) // 10
    seen = near[width] >= max(4, len(lines) // 4) and longer <= len(lines) // 20
    return width if told or seen else 0


def _width(words: str) -> int:
    """How wide a line is, in Chinese characters: digits and Latin letters are half as wide."""
    return len(words) - (len(_HALF.findall(words)) // 2 if len(words) <= 2 * WIDE else 0)


def _breaks_off(words: str, below: str) -> bool:
    """Whether a sentence has begun on a line, and the line below could go on with it."""
    if not _IN_SENTENCE.search(words) or is_row(words) or is_row(below):
        return False
    return not number_of(below) and below[0] not in _BULLETS and not is_boilerplate(below) and not is_boilerplate(words)


def _belongs(head: Line, tail: Line, line: Line, layout: _Layout, counted: dict[str, int]) -> bool:
    """Whether `line` goes on where a paragraph stopped whose first line is `head` and whose last is `tail`."""
    if is_row(tail.text) or is_row(line.text) or tail.end - head.start > LONGEST:
        return False
    if line.text[0] in _BULLETS or is_boilerplate(line.text) or is_boilerplate(tail.text):
        return False
    if number := number_of(line.text):
        return _is_cited(number, head, tail, layout, counted)
    own = number_of(tail.text)
    if own and own.length >= len(tail.text):
        return True
    dated = len(tail.text) > 5 and _YEAR.search(tail.text) and _MONTH.match(line.text)
    return bool(dated) or _goes_on(head, tail, line, layout)


def _is_cited(number: Number, head: Line, tail: Line, layout: _Layout, counted: dict[str, int]) -> bool:
    """Whether a line begins with a number that is none: 第四条 where 第六条 would be due, 3.5 behind 1.2."""
    past = number.value - counted.get(number.style, -9)
    if number.value == 1 or 0 < past <= 2 or tail.text[-1] in _STOPS:
        return False
    cited = number.style == "article" and past <= 0 and len(tail.text) >= NARROW
    return cited or 0 < layout.width <= tail.end - head.start + 3


def _goes_on(head: Line, tail: Line, line: Line, layout: _Layout) -> bool:
    """Whether the last character of a paragraph, and its width, say that it does not end there."""
    last, full = tail.text[-1], _width(tail.text) >= layout.width - 3
    if last in _GOES_ON:
        return _HAN.search(tail.text) is not None or not _HAN.search(line.text)
    if not layout.width:  # only a few lines are broken: those that stand without the indent of the others
        within = layout.indented and head.indent > 1 and not line.indent and len(tail.text) >= NARROW
        return within and last not in _STOPS and _IN_SENTENCE.search(tail.text) is not None
    if last not in _STOPS:
        return tail.end - head.start >= max(layout.width - 3, NARROW)
    quoted = last in _CLOSERS and tail.text[-2:-1] not in _STOPS and not tail.text.startswith(("(", "\uff08"))
    return full and len(tail.text) >= NARROW and ((layout.indented and not line.indent) or quoted)
