"""The numbers of items: 第一章, 一、, (一), 1., (1), ①, 一是 — their styles, their values, and where items run together on one line."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from policy_themes.tagging.text import normalise

__all__ = ["STYLES", "Number", "inner_count", "item_starts", "number_of", "ranks"]

_HAN = "[一二三四五六七八九十百零〇]{1,5}"
_ARABIC = r"\d{1,3}"
_TEXT = "[一-鿿“《]"
# 八、九月份 and 一、二、三年级 are no item numbers.
_COUNTED = "年级|年组|等奖|线|批|期|月|季度|类|档|楼|班|中(?!小)|小(?![学微])|轮"
_NAMED = "任务|问题|措施|议题|专题|事项|目标|专栏|项目|清单|建议|案例|步骤|环节|经验|做法|亮点|行动|工程|板块|议程"
# In the order in which official documents nest them; full-width forms are half-width by the time they are matched.
_PATTERNS = {
    "part": rf"第\s?({_HAN}|{_ARABIC})\s?[编篇部](?:分)?(?![一-鿿])",
    "chapter": rf"第\s?({_HAN}|{_ARABIC})\s?章",
    "section": rf"第\s?({_HAN}|{_ARABIC})\s?节(?![课日])",
    "article": rf"第\s?({_HAN}|{_ARABIC})\s?条",
    "roman": "([Ⅰ-Ⅻ])[、.]?",
    "stem": "([甲乙丙丁戊己庚辛])[、.]",
    "han": rf"({_HAN})(?:\s?、(?!(?:{_HAN}、){{0,6}}{_HAN}(?:{_COUNTED}))|\s?\.(?!\d)|\s?:(?={_TEXT})"
    rf"|\s+(?![年月日个是等天线号级])(?={_TEXT}{{2}}))",
    "named": rf"(?:{_NAMED})\s?({_HAN}|{_ARABIC})\s?(?:[:、.]|(?=\s))"
    rf"|(?!星期|礼拜|其中|之)[一-鿿]{{2}}({_HAN}):|第({_HAN})(?:阶段|步|环节|方面|板块|类)(?=[\s:(、,.]|$)",
    "han-brackets": rf"[(\[【〔]\s?({_HAN})\s?[)\]】〕](?:\s?[、.])?|([㈠-㈩])[、.]?",
    "han-half": rf"({_HAN})\)[、.]?",
    "arabic": rf"({_ARABIC})(?:\s?[、.]{{1,2}}(?!\d)|\.(?=(?:19|20)\d\d\s?年)"
    rf"|[,:](?={_TEXT})|\s+(?![年月日时个名所万亿元岁届号周])(?={_TEXT}))"
    "|([⒈-⒛])[、.]?",
    "dotted": rf"(\d{{1,2}}\.\d{{1,2}})(?![.\d])(?=[\s、]|{_TEXT}|\()(?!\s?[年月亿万千百元个%倍米亩公吨分岁平])",
    "dotted-3": rf"(\d{{1,2}}(?:\.\d{{1,2}}){{2,3}})(?=[\s、]|\.?{_TEXT}|\()",
    "arabic-brackets": rf"\(\s?({_ARABIC})\s?\)(?:\s?[、.])?|([⑴-⒇])[、.]?",
    "arabic-half": rf"({_ARABIC})\)[、.]?",
    "circle": r"([①-⑳❶-❿])[、.]?",
    "letter": rf"\(?([a-h])(?:[、.]|\)[、.]?)\s?(?={_TEXT})",
    "square": rf"[\[【]\s?({_ARABIC})\s?[\]】]",
    "first": rf"第({_HAN})[,、:]|({_HAN})(?:是(?![否非])|要(?=[一-鿿]))|其({_HAN})[,、是]",
}
STYLES = tuple(_PATTERNS)
_STYLE = {name: re.compile(pattern) for name, pattern in _PATTERNS.items()}
_MAY_START = re.compile(
    rf"[第其甲乙丙丁戊己庚辛一二三四五六七八九十百零〇\d(\[【〔a-hⅠ-Ⅻ①-⒛㈠-㈩❶-❿]|{_NAMED}|[一-鿿]{{2}}[一二三四五六七八九十]+:"
)
_STEMS = "甲乙丙丁戊己庚辛"
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0}
# Styles whose items are cut apart where they run together on one line, and how long they must be on average: a short
# (1)(2)(3) inside a sentence is a list of that sentence.
_SHORTEST = {"han": 8, "han-brackets": 12, "arabic": 10, "arabic-brackets": 40, "circle": 60}
_BEHIND = {style: re.compile(rf"[。!?;:][”’)]?\s{{0,4}}((?:{_PATTERNS[style]}))") for style in _SHORTEST}
# What each of these begins with; most lines have nothing of the kind.
_MAY_BE_BEHIND = re.compile(r"[。!?;:][”’)]?\s{0,4}[一二三四五六七八九十百零〇\d(\[【〔①-⒛㈠-㈩❶-❿]")
_LONGEST_OPENING = 40  # characters of a heading or a title with the first item on its line


@dataclass(frozen=True, slots=True)
class Number:
    """An item's number: its style (one of STYLES), its value (the last one of 1.2.3), and how many characters it takes with the
    punctuation behind it."""

    style: str
    value: int
    length: int


def number_of(text: str, at: int = 0) -> Number | None:
    """The number that stands at `at` in `text`, or None."""
    return _number(text[at : at + 24])


@lru_cache(maxsize=4096)
def _number(beginning: str) -> Number | None:
    plain = normalise(beginning)
    if not _MAY_START.match(plain):
        return None
    for style, pattern in _STYLE.items():
        if match := pattern.match(plain):
            return Number(style, _value(_written(match)), match.end())
    return None


def ranks(numbers: Iterable[Number]) -> dict[str, int]:
    """How deep each style nests in this document: its place in STYLES, but for those that the document nests the other way round.

    That shows where the style that comes first is the inner one by convention, the other starts to count right behind it, and it
    goes on below.
    """
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    opens = Counter[tuple[str, str]]()
    before = ""
    for at, number in enumerate(numbers):
        opens[before, number.style] += number.value == 1
        first.setdefault(number.style, at)
        last[number.style] = at
        before = number.style
    order = [style for style in STYLES if style in first]
    for _ in order:
        for at in range(len(order) - 1):
            outer, inner = order[at : at + 2]
            if first[inner] < first[outer] < last[inner] and opens[inner, outer] > opens[outer, inner]:
                order[at : at + 2] = [inner, outer]
    return {style: rank for rank, style in enumerate(order)}


def item_starts(text: str) -> list[int]:
    """Where the items of one line start: [0], and more where several items of one style stand behind each other, with the items of
    deeper styles inside them."""
    starts = [0]
    if len(text) < 2 * min(_SHORTEST.values()):
        return starts
    plain = normalise(text)
    if not _MAY_BE_BEHIND.search(plain):
        return starts
    own = number_of(text)
    outermost = {own.style: _SHORTEST[own.style]} if own and own.style in _SHORTEST else {}
    for style, shortest in (outermost | _SHORTEST).items():
        ends = [*starts[1:], len(plain)]
        starts = [place for span in zip(starts, ends, strict=True) for place in _parts(plain, *span, style, shortest)]
    return starts


def inner_count(text: str, own: Number | None) -> int:
    """How far 一是, 二是, ... have counted inside `text`, behind its own number."""
    count = 0
    for match in _STYLE["first"].finditer(normalise(text), own.length if own else 0):
        if _value(_written(match)) == count + 1:
            count += 1
    return count


def _parts(plain: str, start: int, end: int, style: str, shortest: int) -> list[int]:
    """`start`, and where the items of `style` begin between it and `end`, if they are several and long enough."""
    own = number_of(plain, start)
    begun = own.value if own and own.style == style else 0
    places = list(_counted(plain, start, end, style, begun))
    pieces = len(places) + bool(begun)
    if pieces < 2 or end - (start if begun else places[0]) < pieces * shortest:
        return [start]
    return [start, *places]


def _counted(plain: str, start: int, end: int, style: str, value: int) -> Iterator[int]:
    """Places where `style` counts on from `value`: behind the end of a sentence, and the first one behind a heading or a title."""
    opening = None if value else _STYLE[style].search(plain, start + 3, min(end, start + _LONGEST_OPENING))
    if opening and _value(_written(opening)) == 1 and _opens(plain[start : opening.start()]):
        value = 1
        yield opening.start()
    for match in _BEHIND[style].finditer(plain, start, end):
        if _value(_written(match, 2)) == value + 1:
            value += 1
            yield match.start(1)


def _opens(words: str) -> bool:
    """Whether a heading or a title, but no sentence, could stand before the first item of its line."""
    plain = not re.search(r"[。!?;:,]", words) and words[-1] not in "统第万唯单专逐同之其、“(《"
    return plain and (number_of(words) is not None or len(words) >= 6)


def _written(match: re.Match[str], first: int = 1) -> str:
    return next(group for group in match.groups()[first - 1 :] if group)


def _value(written: str) -> int:
    """The value of 十二, 12, 1.2, ⑫ or b."""
    if written in _STEMS:
        return _STEMS.index(written) + 1
    if "a" <= written <= "h":
        return ord(written) - ord("a") + 1
    if len(written) == 1:
        return int(unicodedata.numeric(written))
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
