"""The numbers of items: 第一章, 一、, (一), 1., (1), ①, 一是 — their styles, their values, and where items run together on one line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from policy_themes.tagging.text import normalise

__all__ = ["STYLES", "Number", "inner_count", "item_starts", "number_of", "ranks"]

_HAN = "[一二三四五六七八九十百零〇]{1,5}"
_ARABIC = r"\d{1,3}"
# In the order in which official documents nest them; full-width forms are half-width by the time they are matched.
_PATTERNS = {
    "part": rf"第\s?({_HAN}|{_ARABIC})\s?[编篇部](?:分)?(?![一-鿿])",
    "chapter": rf"第\s?({_HAN}|{_ARABIC})\s?章",
    "section": rf"第\s?({_HAN}|{_ARABIC})\s?节(?![课日])",
    "article": rf"第\s?({_HAN}|{_ARABIC})\s?条",
    "han": rf"({_HAN})\s?(?:、(?![一二三四五六七八九十](?:年级|等奖|线|批|期))|\.(?!\d))",
    "han-brackets": rf"[(\[【]\s?({_HAN})\s?[)\]】]",
    "dotted": r"(\d{1,2}(?:\.\d{1,2}){1,3})(?=[\s、]|\.?[一-鿿《“\"(])(?![年月亿万元个%])",
    "arabic": rf"({_ARABIC})(?:[、.](?!\d)|\s+(?=[一-鿿]))",
    "arabic-brackets": rf"\(\s?({_ARABIC})\s?\)",
    "arabic-half": rf"({_ARABIC})\)",
    "circle": r"([①-⑳])",
    "first": rf"(?:第({_HAN}),|({_HAN})(?:是(?![否非])|要(?=[一-鿿])))",
}
STYLES = tuple(_PATTERNS)
_STYLE = {name: re.compile(pattern) for name, pattern in _PATTERNS.items()}
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0}
# Styles whose items are cut apart where they run together on one line, and how long they must be on average: a short
# (1)(2)(3) inside a sentence is a list of that sentence.
_SHORTEST = {"han": 8, "han-brackets": 12, "arabic": 10, "arabic-brackets": 40, "circle": 60}
_SENTENCE_END = "。!?;:"


@dataclass(frozen=True, slots=True)
class Number:
    """An item's number: its style (one of STYLES), its value (the last one of 1.2.3), and how many characters it takes with the
    punctuation behind it."""

    style: str
    value: int
    length: int


def number_of(text: str, at: int = 0) -> Number | None:
    """The number that stands at `at` in `text`, or None."""
    plain = normalise(text[at : at + 24])
    for style, pattern in _STYLE.items():
        if match := pattern.match(plain):
            written = next(group for group in match.groups() if group)
            return Number(style, _value(written), match.end())
    return None


def ranks(numbers: Iterable[Number]) -> dict[str, int]:
    """How deep each style nests in this document: its place in STYLES, but for two that the document nests the other way round.

    That shows where the style that comes first is the inner one by convention, and goes on counting while the other starts again at
    1 below it or goes on too.
    """
    seen = list(numbers)
    first: dict[str, int] = {}
    restarts = Counter[str]()
    for at, number in enumerate(seen):
        restarts[number.style] += number.style in first and number.value == 1
        first.setdefault(number.style, at)
    order = [style for style in STYLES if style in first]
    for outer, inner in pairwise(order):
        if first[inner] < first[outer] and not restarts[inner]:
            at = order.index(outer)
            order[at : at + 2] = [inner, outer]
            break
    return {style: rank for rank, style in enumerate(order)}


def item_starts(text: str) -> list[int]:
    """Where the items of one line start: [0], and more where several items of one style stand behind each other."""
    starts = {0}
    first = number_of(text)
    for style, shortest in _SHORTEST.items():
        begun = first.value if first and first.style == style else 0
        places = list(_counted(text, style, begun))
        pieces = len(places) + bool(begun)
        if pieces >= 2 and len(text) - (0 if begun else places[0]) >= pieces * shortest:
            starts.update(places)
    return sorted(starts)


def inner_count(text: str, own: Number | None) -> int:
    """How far 一是, 二是, ... have counted inside `text`, behind its own number."""
    count = 0
    for match in _STYLE["first"].finditer(normalise(text), own.length if own else 0):
        if _value(next(group for group in match.groups() if group)) == count + 1:
            count += 1
    return count


def _counted(text: str, style: str, value: int) -> Iterator[int]:
    """Places behind the end of a sentence where `style` counts on from `value`."""
    plain = normalise(text)
    for match in _STYLE[style].finditer(plain):
        before = plain[: match.start()].rstrip()
        if match.start() and before[-1:] and before[-1] in _SENTENCE_END and _value(match.group(1)) == value + 1:
            value += 1
            yield match.start()


def _value(written: str) -> int:
    """The value of 十二, 12, 1.2 or ⑫."""
    if "①" <= written <= "⑳":
        return ord(written) - ord("①") + 1
    if written[-1].isdigit() and written.isascii():
        return int(written.rpartition(".")[2])
    hundreds, _, rest = written.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    total = 100 * (_digit(hundreds) or 1) if hundreds or "百" in written else 0
    return total + (10 * (_digit(tens) or 1) if ten else 0) + _digit(ones)


def _digit(written: str) -> int:
    """A run of Chinese digits as a number; 0 if there is none."""
    value = 0
    for character in written:
        value = 10 * value + _DIGITS.get(character, 0)
    return value
