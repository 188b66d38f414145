"""What stands inside a paragraph of a Word document, as it is shown: changes accepted, fields by their results, without hidden text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from policy_themes.documents.readers.docx_styles import Styles, W, switched, value
from policy_themes.documents.readers.numerals import numeral

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["MC", "Runs", "branch", "is_contents"]

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_VML = "{urn:schemas-microsoft-com:vml}"
# Elements that show as one piece of text; a line break and a tab are spaces, since lines and tabs part paragraphs and cells.
_SHOWN = {f"{W}tab": " ", f"{W}ptab": " ", f"{W}br": " ", f"{W}cr": " ", f"{W}noBreakHyphen": "-"}
_TEXT = (f"{W}t", f"{_MATH}t")
_REMOVED = (f"{W}del", f"{W}moveFrom")
_ADDED = (f"{W}ins", f"{W}moveTo")
# Properties say how text looks, w:rt is the pinyin above it.
_PASSED = (f"{W}pPr", f"{W}rPr", f"{W}sdtPr", f"{W}rt", f"{W}delText", f"{W}delInstrText")
_PICTURES = ("}blip", "}imagedata")
MAX_FIELDS = 50  # within each other; Word allows 20
_CONTENTS = re.compile(r"\s*TOC\b")
_ENCLOSED = re.compile(r"\s*EQ\s*\\o(?:\s*\\a[clr])?\s*\(\s*[○◯〇△□◇]\s*[,，;]\s*(.*?)\s*\)\s*", re.IGNORECASE)
_HAN_DIGITS = "一二三四五六七八九十"


@dataclass(slots=True)
class _Field:
    """A field that has begun: its code so far, whether its result has begun, and whether that showed any text."""

    code: str = ""
    result: bool = False
    shown: bool = False


@dataclass(slots=True)
class Runs:
    """Reads paragraphs one after the other; fields that go on over several (tables of contents) are kept track of.

    `seen` counts what was met, for the notes; `references` are the notes referred to, as (kind, identifier); `contents` says whether
    tables of contents are left out.
    """

    styles: Styles
    seen: Counter[str]
    references: list[tuple[str, str]]
    contents: bool = True
    fields: list[_Field] = field(default_factory=list)

    def pieces(self, node: Element, style: str | None) -> Iterator[str | Element]:
        """The text inside `node`, a paragraph of that style or a part of one; text boxes come as the elements that hold them."""
        for child in node:
            tag = child.tag
            if tag in _TEXT or tag in _SHOWN:
                yield from self._visible(_SHOWN.get(tag) or child.text or "")
            elif tag in _PASSED:
                continue
            elif tag in _REMOVED:
                self.seen["changes"] += 1
            elif tag == f"{W}r":
                yield from self._fields_of(child) if self._hidden(child, style) else self.pieces(child, style)
            elif tag == f"{W}txbxContent":
                yield child
            elif tag == f"{MC}AlternateContent":
                yield from self.pieces(branch(child), style)
            elif not (tag == f"{W}fldSimple" and self._left_out(child.get(f"{W}instr", ""))) and not _is_prompt(child):
                yield from self._other(child)
                yield from self.pieces(child, style)

    def in_contents(self) -> bool:
        """Whether a table of contents is under way."""
        return any(self._left_out(one.code) for one in self.fields if one.result)

    def end_paragraph(self) -> None:
        """Drop broken fields: a code never goes on in the next paragraph, and must not hide what follows."""
        self.fields = [one for one in self.fields if one.result]

    def _visible(self, text: str) -> Iterator[str]:
        if all(one.result for one in self.fields) and not self.in_contents():
            for one in self.fields:
                one.shown = True
            yield text

    def _left_out(self, code: str) -> bool:
        if not self.contents or not _CONTENTS.match(code):
            return False
        self.seen["contents"] += 1
        return True

    def _hidden(self, run: Element, style: str | None) -> bool:
        own = switched(run.find(f"{W}rPr/{W}vanish"))
        if own is None:
            own = self.styles.hidden(value(run.find(f"{W}rPr/{W}rStyle")))
        if own is None:
            own = self.styles.hidden(style)
        if own and any(text.text for text in run.iter(f"{W}t")):
            self.seen["hidden"] += 1
        return bool(own)

    def _fields_of(self, run: Element) -> Iterator[str]:
        for child in run:
            if child.tag in (f"{W}fldChar", f"{W}instrText"):
                yield from self._other(child)

    def _other(self, element: Element) -> Iterator[str]:
        """Fields, symbols and word art; pictures and embedded objects are counted."""
        tag = element.tag
        if tag == f"{W}fldChar":
            yield from self._field(element.get(f"{W}fldCharType", ""))
        elif tag == f"{W}instrText" and self.fields:
            self.fields[-1].code += element.text or ""
        elif tag == f"{W}sym":
            yield from self._visible(_symbol(element.get(f"{W}char", ""), element.get(f"{W}font", "")))
        elif tag == f"{_VML}textpath":
            yield from self._visible(element.get("string", ""))
        elif tag in _ADDED:
            self.seen["changes"] += 1
        elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            for _ in self._visible(""):
                self.references.append((tag.removeprefix(W).removesuffix("Reference"), element.get(f"{W}id", "")))
        elif tag.endswith(_PICTURES):
            self.seen["pictures"] += 1
        elif tag.endswith("}OLEObject"):
            self.seen["objects"] += 1

    def _field(self, kind: str) -> Iterator[str]:
        if kind == "begin" and len(self.fields) < MAX_FIELDS:
            self.fields.append(_Field())
        elif kind == "separate" and self.fields:
            self.fields[-1].result = True
        elif kind == "end" and self.fields:
            ended = self.fields.pop()
            # A character in a circle is a field without a result: its code draws it.
            if not ended.shown and (drawn := _ENCLOSED.fullmatch(ended.code)):
                yield from self._visible(_enclosed(drawn.group(1)))


def branch(alternatives: Element) -> Element:
    """The one of several forms of the same content (mc:AlternateContent) to read: the first, but that one which has text if it has none."""
    forms = list(alternatives)
    with_text = (form for form in forms if any(text.text for text in form.iter(f"{W}t")))
    return next(with_text, forms[0] if forms else alternatives)


def is_contents(sdt: Element) -> bool:
    """Whether a content control holds a table of contents that Word made."""
    return value(sdt.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")) == "Table of Contents"


def _is_prompt(sdt: Element) -> bool:
    """Whether this is a content control that shows only its prompt (click here to enter text)."""
    return sdt.tag == f"{W}sdt" and bool(switched(sdt.find(f"{W}sdtPr/{W}showingPlcHdr")))


def _symbol(code: str, font: str) -> str:
    """A character of a symbol font: numbers in circles and boxes of the Wingdings, else what Unicode has at its place, if anything."""
    try:
        point = int(code, 16)
    except ValueError:
        return ""
    place = point - 0xF000 if 0xF000 <= point <= 0xF0FF else point
    if font.startswith("Wingdings") and place <= 0xFF:
        if font == "Wingdings" and 0x81 <= place <= 0x8A:
            return chr(ord("①") + place - 0x81)
        return {0xFE: "☑", 0xA8: "□", 0x6F: "□", 0x71: "□", 0xFC: "✓", 0x52: "☑", 0xA3: "□"}.get(place, "")
    return chr(place) if 0x20 <= place < 0xD800 else ""


def _enclosed(text: str) -> str:
    if text.isascii() and text.isdigit() and len(text) < 4:
        return numeral(int(text), "decimalEnclosedCircle")
    return (
        numeral(_HAN_DIGITS.index(text) + 1, "ideographEnclosedCircle")
        if len(text) == 1 and text in _HAN_DIGITS
        else text
    )
