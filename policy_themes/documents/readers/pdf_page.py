"""One page of a PDF -> its words and ruled lines with their places. Units and names are those of PDFium's fpdf_text.h and fpdf_edit.h."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator
from ctypes import c_float
from dataclasses import dataclass
from typing import Any

from policy_themes.documents.readers.printed import Fragment, Page
from policy_themes.documents.readers.printed_cells import NO_RULES, Rules, rules_of

__all__ = ["Found", "page_of"]

MOST_OBJECTS = 20_000  # drawn on a page; maps and plans have more, and no tables
WIDE = 0.9  # heights of a character between two words, from which they are words of their own
TIGHT = 0.5
_CHINESE = 0x2E80  # the first code of Chinese characters and their punctuation
_SLANT = 10  # degrees
_SIMPLE = 6  # segments of a line or a rectangle
_BREAKS = frozenset((0x0D, 0x0A))
_BLANKS = frozenset((0x20, 0x09, 0xA0, 0x3000, 0x2003, 0x2002))
_HYPHEN = 0x02  # what PDFium gives for a hyphen at the end of a line

Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Found:
    """A page; whether anything is drawn on it; whether text in it is slanted and left out; its characters of unknown meaning."""

    page: Page
    drawn: bool
    slanted: bool = False
    unmapped: int = 0
    is_damaged: bool = False


def page_of(document: Any, at: int) -> Found:
    """What stands on page `at` (from 0) of a pypdfium2.PdfDocument."""
    from pypdfium2 import PdfiumError, raw

    try:
        page = document[at]
    except PdfiumError:
        return Found(Page(at + 1, 1, 1, (), NO_RULES), drawn=True, is_damaged=True)
    try:
        text = page.get_textpage()
    except PdfiumError:
        page.close()
        return Found(Page(at + 1, 1, 1, (), NO_RULES), drawn=True, is_damaged=True)
    width, height = page.get_size()
    reader = _Reader(text.raw, raw, raw.FS_RECTF(), raw.FS_MATRIX(), _shown(page), page.get_rotation())
    fragments = [one for one in reader.fragments() if 0 <= one.left < width and 0 <= one.top < height]
    rules, drawn = _rules(page, reader.shown)
    text.close()
    page.close()
    return Found(
        Page(at + 1, width, height, fragments, rules), drawn or bool(fragments), reader.slanted, reader.unmapped
    )


def _shown(page: Any) -> Callable[[float, float, float, float], Box]:
    """From a box on the page as stored (left, bottom, right, top; y upwards) to the same on the page as shown."""
    x, y, right, top = page.get_cropbox()
    wide, high, turned = right - x, top - y, page.get_rotation()

    def shown(left: float, bottom: float, right: float, top: float) -> Box:
        one, two, three, four = left - x, bottom - y, right - x, top - y
        if turned == 90:
            return two, one, four, three
        if turned == 180:
            return wide - three, two, wide - one, four
        if turned == 270:
            return high - four, wide - three, high - two, wide - one
        return one, high - four, three, high - two

    return shown


def _rules(page: Any, shown: Callable[[float, float, float, float], Box]) -> tuple[Rules, bool]:
    from pypdfium2 import raw

    count = raw.FPDFPage_CountObjects(page.raw)
    if not 0 < count <= MOST_OBJECTS:
        return NO_RULES, count > 0
    sides = [c_float() for _ in range(4)]
    boxes = []
    for at in range(count):
        thing = raw.FPDFPage_GetObject(page.raw, at)
        if raw.FPDFPageObj_GetType(thing) != raw.FPDF_PAGEOBJ_PATH or raw.FPDFPath_CountSegments(thing) > _SIMPLE:
            continue
        if raw.FPDFPageObj_GetBounds(thing, *sides):
            boxes.append(shown(*(side.value for side in sides)))
    return rules_of(boxes), True


@dataclass(slots=True)
class _Reader:
    """The characters of a text page, one after the other; places are asked for only where words begin and end."""

    text: Any
    raw: Any
    rectangle: Any
    matrix: Any
    shown: Callable[[float, float, float, float], Box]
    rotation: int
    slanted: bool = False
    unmapped: int = 0

    def fragments(self) -> Iterator[Fragment]:
        """The words of the page, parted at line ends and wide gaps."""
        codes: list[int] = []
        first = last = -1
        blank = 0
        for at in range(max(self.raw.FPDFText_CountChars(self.text), 0)):
            code = self.raw.FPDFText_GetUnicode(self.text, at)
            if code in _BREAKS:
                yield from self._fragment(codes, first, last)
                codes, blank = [], 0
            elif code in _BLANKS:
                blank += 1
            elif code in (0, 0xFFFE, 0xFFFF, 0xFFFD):
                self.unmapped += 1
            else:
                if codes and blank:
                    codes, first = yield from self._after_blank(codes, first, last, at, blank)
                first = at if not codes else first
                codes.append(0xAD if code == _HYPHEN else code)
                last, blank = at, 0
        yield from self._fragment(codes, first, last)

    def _after_blank(
        self, codes: list[int], first: int, last: int, at: int, blank: int
    ) -> Generator[Fragment, None, tuple[list[int], int]]:
        """What is held when a character comes behind blanks: the same with a space, or nothing if that begins other words."""
        # One space that was written is as wide as a space; asking for places takes most of the time.
        made = bool(self.raw.FPDFText_IsGenerated(self.text, at - 1))
        gap = self._gap(last, at) if made or blank > 1 else 0.3
        if gap > WIDE:
            yield from self._fragment(codes, first, last)
            return [], first
        # Programs set Latin letters and digits apart from Chinese by a quarter of a character, without a space.
        set_apart = made and gap < TIGHT and max(codes[-1], self.raw.FPDFText_GetUnicode(self.text, at)) >= _CHINESE
        return (codes if set_apart else [*codes, 0x20]), first

    def _fragment(self, codes: list[int], first: int, last: int) -> Iterator[Fragment]:
        if not codes:
            return
        degrees = math.degrees(self.raw.FPDFText_GetCharAngle(self.text, first))
        # The angle of the text on the page as stored; which way round it counts is not the same for all producers.
        if all(
            min(turned % 360, -turned % 360) > _SLANT for turned in (degrees - self.rotation, degrees + self.rotation)
        ):
            self.slanted = True
            return
        one, two = self._box(first), self._box(last)
        # Pairs of surrogates come as two codes.
        text = "".join(map(chr, codes)).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        top, bottom = min(one[1], two[1]), max(one[3], two[3])
        yield Fragment(text, one[0], max(one[2], two[2]), top, bottom, self._size(first))

    def _gap(self, before: int, after: int) -> float:
        """The space between two characters, in heights of one."""
        one, two = self._box(before), self._box(after)
        return (two[0] - one[2]) / self._size(before)

    def _size(self, at: int) -> float:
        """The height of a character; its box can be higher, by the font that it is taken from."""
        size = self.raw.FPDFText_GetFontSize(self.text, at)
        if self.raw.FPDFText_GetMatrix(self.text, at, self.matrix):
            size *= math.hypot(self.matrix.c, self.matrix.d)
        return max(float(size), 1.0)

    def _box(self, at: int) -> Box:
        self.raw.FPDFText_GetLooseCharBox(self.text, at, self.rectangle)
        return self.shown(self.rectangle.left, self.rectangle.bottom, self.rectangle.right, self.rectangle.top)
