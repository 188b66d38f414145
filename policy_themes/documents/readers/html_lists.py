"""The numbers that a browser puts before the items of ordered lists. Source: HTML Living Standard 4.4.5, CSS Counter Styles 3."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from policy_themes.documents.readers.numerals import numeral

__all__ = ["Lists"]

# Our name of each style that a list can ask for, and what stands behind its numbers.
_STYLES = {
    "1": ("decimal", ". "),
    "a": ("lowerLetter", ". "),
    "A": ("upperLetter", ". "),
    "i": ("lowerRoman", ". "),
    "I": ("upperRoman", ". "),
    "decimal": ("decimal", ". "),
    "decimal-leading-zero": ("decimalZero", ". "),
    "lower-alpha": ("lowerLetter", ". "),
    "lower-latin": ("lowerLetter", ". "),
    "upper-alpha": ("upperLetter", ". "),
    "upper-latin": ("upperLetter", ". "),
    "lower-roman": ("lowerRoman", ". "),
    "upper-roman": ("upperRoman", ". "),
    "cjk-ideographic": ("chineseCountingThousand", "、"),
    "simp-chinese-informal": ("chineseCountingThousand", "、"),
    "trad-chinese-informal": ("chineseCountingThousand", "、"),
    "simp-chinese-formal": ("chineseLegalSimplified", "、"),
    "cjk-decimal": ("ideographDigital", "、"),
    "cjk-heavenly-stem": ("ideographTraditional", "、"),
    "none": ("none", ""),
    "disc": ("none", ""),
    "circle": ("none", ""),
    "square": ("none", ""),
}
_STYLE = re.compile(r"list-style(?:-type)?\s*:[^;]*?(?<![\w-])(" + "|".join(map(re.escape, _STYLES)) + r")(?![\w-])")


@dataclass(slots=True)
class _List:
    style: tuple[str, str]
    following: int
    step: int = 1


@dataclass(slots=True)
class Lists:
    """The lists that are open, and the number that waits for the first words of its item."""

    opened: list[_List] = field(default_factory=list)
    waiting: str = ""

    def start(self, element: Any, tag: str) -> None:
        if tag in ("ol", "ul", "menu"):
            self.waiting = ""
            self.opened.append(_list(element, tag))
        elif tag == "li" and self.opened:
            current = self.opened[-1]
            value = _whole(element.get("value"), current.following)
            current.following = value + current.step
            numeral_format, behind = current.style
            self.waiting = numeral(value, numeral_format) + behind

    def end(self, tag: str) -> None:
        if tag in ("ol", "ul", "menu", "li"):
            self.waiting = ""
        if tag in ("ol", "ul", "menu") and self.opened:
            self.opened.pop()

    def number(self) -> str:
        """The number that is to stand before the words that come now; "" if there is none."""
        number, self.waiting = self.waiting, ""
        return number


def _list(element: Any, tag: str) -> _List:
    told = _STYLE.search(element.get("style") or "")
    style = _STYLES[told.group(1)] if told else _STYLES.get(element.get("type") or "1", _STYLES["1"])
    if tag != "ol" and not told:
        style = _STYLES["none"]
    if element.get("reversed") is None:
        return _List(style, _whole(element.get("start"), 1))
    items = sum(child.tag == "li" for child in element)
    return _List(style, _whole(element.get("start"), items), -1)


def _whole(written: str | None, otherwise: int) -> int:
    return int(written) if written and re.fullmatch(r"\s*-?\d{1,6}\s*", written) else otherwise
