"""The content of one OFD page -> its words and lines with their places. Source: GB/T 33190-2016, chapters 7.7, 8.5, 9 and 11."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from policy_themes.documents.readers.ofd_package import local
from policy_themes.documents.readers.printed import Fragment

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["Drawn", "drawn_on", "numbers"]

_POINT = 72 / 25.4
_GAP = 0.9  # heights of a character between two characters, from which they stand in words of their own
_MOST = 100_000  # numbers in one attribute
_REPEAT = re.compile(r"g\s+(\d{1,6})\s+(\S+)")
_LATIN = re.compile(r"[\x21-\x7e]")


@dataclass(slots=True)
class Drawn:
    """What is on a page: words and the boxes of lines in points, its area (x, y, width, height) in millimetres, and what was left out."""

    area: Sequence[float]
    fragments: list[Fragment] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    pictures: bool = False
    slanted: bool = False


def numbers(text: str | None) -> tuple[float, ...]:
    """The numbers in an attribute, `g 3 4.2` being 4.2 three times; none if one of them is no number."""
    spread = _REPEAT.sub(lambda match: f"{match.group(2)} " * min(int(match.group(1)), _MOST), text or "")
    try:
        values = tuple(float(word) for word in spread.split()[:_MOST])
    except ValueError:
        return ()
    return values if all(math.isfinite(value) for value in values) else ()


def drawn_on(parts: Iterable[Element], area: Sequence[float]) -> Drawn:
    """What the children of a Page element draw; `area` is that of pages without their own."""
    drawn = Drawn(area)
    for part in parts:
        if local(part) == "Area":
            boxes = [numbers(box.text) for box in part if local(box) == "PhysicalBox"]
            drawn.area = next((box for box in boxes if len(box) == 4), area)
        elif local(part) == "Content":
            for thing in part.iter():
                _draw(thing, drawn)
    return drawn


def _draw(thing: Element, drawn: Drawn) -> None:
    kind = local(thing)
    if kind not in ("TextObject", "PathObject", "ImageObject", "CompositeObject") or thing.get("Visible") == "false":
        return
    boundary = numbers(thing.get("Boundary"))
    if kind == "TextObject":
        matrix = numbers(thing.get("CTM"))
        across = _Space(boundary[:2] or (0.0, 0.0), matrix if len(matrix) == 6 else (1, 0, 0, 1, 0, 0), drawn.area)
        if abs(across.matrix[1]) > 0.2 * abs(across.matrix[0]):
            drawn.slanted = True
            return
        for code in thing:
            if local(code) == "TextCode":
                drawn.fragments += _words(thing, code, across)
    elif kind != "PathObject":
        drawn.pictures = True
    elif len(boundary) == 4:
        left, top = (boundary[0] - drawn.area[0]) * _POINT, (boundary[1] - drawn.area[1]) * _POINT
        drawn.boxes.append((left, top, left + boundary[2] * _POINT, top + boundary[3] * _POINT))


@dataclass(frozen=True, slots=True)
class _Space:
    """From the space of an object (millimetres) to the page as shown (points)."""

    origin: Sequence[float]
    matrix: Sequence[float]
    area: Sequence[float]

    def shown(self, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = self.matrix
        across = a * x + c * y + e + self.origin[0] - self.area[0]
        down = b * x + d * y + f + self.origin[1] - self.area[1]
        return across * _POINT, down * _POINT


def _words(thing: Element, code: Element, space: _Space) -> Iterator[Fragment]:
    """The words of one TextCode: `X` and `Y` are where its first character stands on its base line, DeltaX and DeltaY the steps to the next
    ones."""
    size = (numbers(thing.get("Size") or thing.get("size")) or (4.0,))[0]  # easyofd writes the small letter
    text = "".join(" " if one.isspace() else one for one in code.text or "")
    x, y = (numbers(code.get("X")) or (0.0,))[0], (numbers(code.get("Y")) or (size,))[0]
    wide = (numbers(thing.get("HScale")) or (1.0,))[0] * size
    steps, falls = numbers(code.get("DeltaX")), numbers(code.get("DeltaY"))
    held, left, right = "", x, x
    for at, character in enumerate(text):
        own = wide * (0.5 if _LATIN.match(character) else 1.0)
        fall = falls[at - 1] if 0 < at <= len(falls) else 0.0
        if held.strip() and (abs(fall) > 0.5 * size or x - right > _GAP * size):
            yield _fragment(held, left, right, y, size, space)
            held = ""
        y += fall
        if character != " ":
            left = left if held.strip() else x
            held, right = held + character if held.strip() else character, x + own
        elif held:
            held += character
        # Without steps, characters follow each other by their own width.
        x += steps[at] if at < len(steps) else own if not (steps or falls) else 0.0
    if held.strip():
        yield _fragment(held, left, right, y, size, space)


def _fragment(text: str, left: float, right: float, y: float, size: float, space: _Space) -> Fragment:
    """A piece with its box: characters rise 0.88 of their size above the base line and reach 0.12 below it."""
    one, top = space.shown(left, y - 0.88 * size)
    two, bottom = space.shown(right, y + 0.12 * size)
    height = abs(bottom - top)
    return Fragment(text.strip(), min(one, two), max(one, two), min(top, bottom), max(top, bottom), max(height, 1.0))
