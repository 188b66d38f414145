"""Lines as printed -> paragraphs: a line that was broken at the right edge of the text goes on in the next one.

What tells is where lines begin and end; punctuation only where that leaves it open.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from policy_themes.documents.numbering import number_of
from policy_themes.documents.readers.printed import PrintedLine, joined_pieces

__all__ = ["paragraphs"]

EDGE = 1.2  # heights of a character that a full line may end before the right edge; what can't be parted adds to it
INDENT = 0.8  # from which a line begins further in
DEEPEST = 6.0  # of a first line
LARGE = 1.1  # times the usual height of a character, from which a line is a heading
LOOSE = 1.45  # times the usual distance between lines, from which a paragraph ends
# What can't stand at the end of a line, or not at the beginning of one, is carried to the next line with its neighbour.
_CARRIED = re.compile(
    r"[(\[\uff08\u300a\u3008\u3010\u3014\u201c\u2018]*(?:[A-Za-z0-9.,:;%@/_-]+|.)[)\]\uff09\u300b\u3009\u3011\u3015\u201d\u2019\u3001\u3002\uff0c\uff1b\uff1a\uff01\uff1f%]*"
)
_ENDS = re.compile(r"[。\uff01\uff1f!?\uff1b;\uff1a:][”’\uff09)]*$")
_BULLET = re.compile(r"[\u2022\u25cf\u25a0\u25c6\u2605\u00b7\uf06c\uf0d8\uf0fc]")


@dataclass(frozen=True, slots=True)
class _Setting:
    """How the text is set: its right and left edge, the usual height of its characters and distance of its lines, where its paragraphs are
    indented to, and where its numbered items begin."""

    right: float
    left: float
    size: float
    pitch: float
    indents: frozenset[int]
    items: frozenset[int]


def paragraphs(lines: Sequence[PrintedLine], widths: Sequence[float]) -> list[str]:
    """The paragraphs, headings and rows; `widths` are those of the pages, by their number from 1."""
    by_width: dict[int, list[PrintedLine]] = defaultdict(list)
    for line in lines:
        by_width[round(widths[line.page - 1])].append(line)
    settings = {width: _setting(some, width) for width, some in by_width.items()}
    texts: list[list[str]] = []
    part: list[PrintedLine] = []
    for at, line in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else None
        if part and _goes_on(part, line, following, settings[round(widths[line.page - 1])]):
            part.append(line)
            # Only the last piece is looked at: a text that is one paragraph throughout is not copied for each of its lines.
            texts[-1][-1:] = [*joined_pieces(texts[-1][-1], line.text)]
        else:
            part = [line]
            texts.append([line.text])
    return ["".join(pieces) for pieces in texts]


def _setting(lines: Sequence[PrintedLine], width: float) -> _Setting:
    plain = [line for line in lines if not line.is_row]
    right = _right(plain, width)
    full = [line for line in plain if line.right >= right - EDGE * line.size]
    lefts = Counter(_step(line.left) for line in full)
    pairs = [(one, two) for one, two in pairwise(plain) if one.page == two.page and two.top > one.top]
    indents, items = set(), set()
    for one, two in pairs:
        if one.right >= right - EDGE * one.size:
            if INDENT * one.size < one.left - two.left < DEEPEST * one.size and not number_of(two.text):
                indents.add(_step(one.left))
        elif number_of(two.text):
            items.add(_step(two.left))
    pitches = [two.top - one.top for one, two in pairs if two.top - one.top < 4 * one.size]
    left = 3.0 * lefts.most_common(1)[0][0] if lefts else 0.0
    size = median(line.size for line in plain) if plain else 1.0
    return _Setting(right, left, size, median(pitches) if pitches else 0.0, frozenset(indents), frozenset(items))


def _right(lines: Sequence[PrintedLine], width: float) -> float:
    """The furthest place to the right where some lines end; past the page if there is none."""
    # Signatures on the right may reach further.
    ends = sorted(((line.right, line.size) for line in lines if line.left < 0.4 * width), reverse=True)
    needed = max(2, len(ends) // 25)
    for at, (right, size) in enumerate(ends[: len(ends) - needed + 1]):
        if right - ends[at + needed - 1][0] <= size:
            return right if right > 0.55 * width else 2 * width
    return 2 * width


def _step(place: float) -> int:
    return round(place / 3)


def _near(place: float, steps: Iterable[int]) -> bool:
    return any(abs(_step(place) - step) <= 1 for step in steps)


def _goes_on(part: Sequence[PrintedLine], line: PrintedLine, following: PrintedLine | None, setting: _Setting) -> bool:
    """Whether `line` goes on with the paragraph of which `part` are the lines so far."""
    last = part[-1]
    if last.is_row or line.is_row or abs(last.size - line.size) > 0.15 * last.size:
        return False
    slack = EDGE + max(_width(_CARRIED.match(line.text)) - 1, 0)
    if last.right < setting.right - slack * last.size or last.left > setting.left + 0.4 * (
        setting.right - setting.left
    ):
        return False
    if (
        last.page == line.page
        and line.top > last.top
        and line.top - last.top > LOOSE * max(setting.pitch * max(last.size / setting.size, 1), last.size)
    ):
        return False
    if _begins_item(line, setting):
        return False
    return _is_placed_to_go_on(part, line, following, setting)


def _width(carried: re.Match[str] | None) -> float:
    """The width of what was carried to this line, in heights of a character."""
    return sum(0.6 if one < "\x80" else 1.0 for one in carried.group()[:40]) if carried else 1.0


def _begins_item(line: PrintedLine, setting: _Setting) -> bool:
    number = number_of(line.text)
    if number is None or number.style == "first":
        return _BULLET.match(line.text) is not None
    # "12 所学校" at the beginning of a line is no item where items begin elsewhere.
    return not setting.items or _near(line.left, setting.items)


def _is_placed_to_go_on(
    part: Sequence[PrintedLine], line: PrintedLine, following: PrintedLine | None, setting: _Setting
) -> bool:
    last, further = part[-1], (line.left - part[-1].left) / line.size
    if further > INDENT:
        if last.size > LARGE * setting.size:
            return True  # a heading, its second line in the middle of the page
        hangs = len(part) == 1 and further <= DEEPEST and (number_of(last.text) or _BULLET.match(last.text))
        goes_back = following is not None and abs(following.left - last.left) <= INDENT * line.size
        return bool(hangs) and not (goes_back and following is not None and not _begins_item(following, setting))
    if further < -INDENT:
        return len(part) == 1 and further >= -DEEPEST
    if _near(line.left, setting.indents):
        return False
    # Set flush, with nothing to tell paragraphs apart but the end of a sentence.
    return bool(setting.indents) or _ENDS.search(last.text) is None
