"""Page numbers, and the running head beside them, in the midst of a sentence: a page ended there, the sentence did not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from policy_themes.documents.edits import Edit

__all__ = ["beside_page_numbers", "is_running_head", "page_breaks", "running_heads"]

_LINE = re.compile(r"[^\n]+")
_MARKED = re.compile(
    r"\s*(?:[-—–−_·~]{1,3}\s?\d{1,4}\s?[-—–−_·~]{1,3}|第\s?\d{1,4}\s?页(?:\s?[,，/]?\s?共\s?\d{1,4}\s?页)?|\d{1,4}\s?/\s?\d{1,4})\s*"
)
_BARE = re.compile(r"\s*\d{1,4}\s*")
_STOPS = "。！？；：.!?;:…）)"
_LONGEST_HEAD = 60  # characters of a running head
_SHORTEST_LINE = 15  # of a line that a page breaks off, if no comma ends it


def page_breaks(text: str) -> Iterator[Edit]:
    """Edits that take page numbers, with the running heads beside them, out of sentences that go on behind them."""
    lines = [match for match in _LINE.finditer(text) if match.group().strip()]
    heads = running_heads([match.group() for match in lines])
    at = 1
    while at < len(lines):
        end = at
        while end < len(lines) and _is_furniture(lines[end].group(), lines[at - 1].group(), heads):
            end += 1
        numbered = any(_is_number(line.group(), lines[at - 1].group()) for line in lines[at:end])
        if numbered and end < len(lines) and _is_open(lines[at - 1].group()) and _goes_on(lines[end].group()):
            above, below = lines[at - 1], lines[end]
            yield Edit(above.start() + len(above.group().rstrip()), below.start() + _indent(below.group()))
        at = end + 1


def running_heads(lines: Sequence[str]) -> frozenset[str]:
    """Lines (without their spaces) that stand beside a page number in two places or more."""
    beside = Counter(_squeezed(lines[at]) for at in beside_page_numbers(lines))
    return frozenset(
        line
        for line, count in beside.items()
        if count >= 2 and 4 <= len(line) <= _LONGEST_HEAD and line[-1] not in "。；，"
    )


def beside_page_numbers(lines: Sequence[str]) -> list[int]:
    """The places of the lines above and below page numbers, in order; one between two of them twice."""
    marked = (at for at, line in enumerate(lines) if len(line) <= 40 and _MARKED.fullmatch(line))
    return [near for at in marked for near in (at - 1, at + 1) if 0 <= near < len(lines)]


def is_running_head(line: str, heads: frozenset[str]) -> bool:
    """Whether a line is one of running_heads."""
    return _squeezed(line) in heads


def _is_furniture(line: str, above: str, heads: frozenset[str]) -> bool:
    return is_running_head(line, heads) or _is_number(line, above)


def _is_number(line: str, above: str) -> bool:
    """Whether a line is a page number; one without strokes only where the line above shows that this is no table."""
    if len(line) > 40:
        return False
    return _MARKED.fullmatch(line) is not None or (
        _BARE.fullmatch(line) is not None and ("。" in above or above.rstrip().endswith(("，", ",", "、")))
    )


def _is_open(line: str) -> bool:
    words = line.strip()
    if _MARKED.fullmatch(words[:40]) or _BARE.fullmatch(words[:40]):
        return False
    return words[-1] in "，,、" or (
        len(words) >= _SHORTEST_LINE and words[-1] not in _STOPS + "”’》】" and ("，" in words or "," in words)
    )


def _goes_on(line: str) -> bool:
    """Whether a line reads on: it begins with Chinese that is no number, and a sentence ends in it."""
    words = line.strip()
    return re.match(r"(?![一二三四五六七八九十]{1,3}[、是要]|第.{1,3}[章条节])[一-鿿“《]", words) is not None and any(
        stop in words for stop in "。；，;,"
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _squeezed(line: str) -> str:
    """A line without its spaces: they come and go from page to page."""
    return "".join(line.split()) if len(line) <= 2 * _LONGEST_HEAD else ""
