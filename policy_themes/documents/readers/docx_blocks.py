"""Paragraphs, tables and content controls of a Word document -> lines, in the order in which they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from policy_themes.documents.readers.docx_numbering import Numbering
from policy_themes.documents.readers.docx_runs import MC, Runs, branch, is_contents
from policy_themes.documents.readers.docx_styles import W, switched, value

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["Blocks"]

_BREAKS = re.compile(r"[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
# Elements around paragraphs, rows and cells that mean nothing to the text.
_WRAPPERS = (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}smartTag", f"{W}ins", f"{W}moveTo")


@dataclass(slots=True)
class Blocks:
    """Reads blocks one after the other: `lines` for each, then `end`.

    `numbering` counts here, `boxes` in the text boxes. `held` is text whose paragraph mark was deleted or is hidden: it goes on in
    the next paragraph.
    """

    runs: Runs
    numbering: Numbering
    boxes: Numbering
    held: str = ""
    in_cell: bool = False

    def lines(self, block: Element) -> Iterator[str]:
        """The lines of a paragraph, a table, or what holds them."""
        if block.tag == f"{W}p":
            yield from self._paragraph(block)
        elif block.tag == f"{W}tbl":
            yield from self.end()
            yield from self._table(block)
        elif block.tag == f"{W}sdt" and self.runs.contents and is_contents(block):
            self.runs.seen["contents"] += 1
        elif block.tag == f"{MC}AlternateContent":
            yield from self._all(branch(block))
        elif block.tag == f"{W}altChunk":
            self.runs.seen["objects"] += 1
        elif block.tag in _WRAPPERS:
            yield from self._all(block)

    def end(self) -> Iterator[str]:
        """What is left to say when no paragraph follows."""
        text, self.held = self.held.strip(), ""
        if text:
            yield text

    def inside(self, holder: Element, numbering: Numbering, *, in_cell: bool = False) -> list[str]:
        """The lines of a text box, a cell or a note: fields and deleted paragraph marks don't reach over its edge."""
        inner = Blocks(replace(self.runs, fields=[]), numbering, self.boxes, in_cell=in_cell or self.in_cell)
        return [*inner._all(holder), *inner.end()]

    def _all(self, holder: Element) -> Iterator[str]:
        for block in holder:
            yield from self.lines(block)

    def _paragraph(self, paragraph: Element) -> Iterator[str]:
        properties = paragraph.find(f"{W}pPr")
        style = (None if properties is None else value(properties.find(f"{W}pStyle"))) or self.numbering.styles.default
        gone = _mark_gone(properties)
        before_field = self.runs.in_contents()
        label = "" if gone or before_field else self.numbering.label(properties)
        text, boxes = self.held, list[str]()
        for piece in self.runs.pieces(paragraph, style):
            if isinstance(piece, str):
                text += piece
            elif text.strip():
                boxes += self.inside(piece, self.boxes)
            else:
                # A box that stands before the first word of its paragraph is read before it.
                yield from self.inside(piece, self.boxes)
        self.runs.end_paragraph()
        self.held = text if gone else ""
        text = _BREAKS.sub(" ", text).strip()
        if not gone and (text or self.in_cell) and (label or text):
            yield f"{label}{text}".strip()
        yield from boxes

    def _table(self, table: Element) -> Iterator[str]:
        rows = [list(_cells(row)) for row in _through(table, f"{W}tr") if self._row_shown(row)]
        if all(len(row) <= 1 for row in rows):
            # One column is a frame around text, not a table: its paragraphs stay lines.
            for cell in (cell for row in rows for cell in row):
                yield from self.inside(cell, self.numbering)
            return
        for row in rows:
            cells = [
                " ".join(line.replace("\t", " ") for line in self.inside(cell, self.numbering, in_cell=True))
                for cell in row
            ]
            if line := "\t".join(cells).strip():
                yield line

    def _row_shown(self, row: Element) -> bool:
        if row.find(f"{W}trPr/{W}del") is not None:
            self.runs.seen["changes"] += 1
            return False
        if switched(row.find(f"{W}trPr/{W}hidden")):
            self.runs.seen["hidden"] += 1
            return False
        return True


def _through(holder: Element, wanted: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, through what is wrapped around them."""
    for child in holder:
        if child.tag == wanted:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _through(child, wanted)


def _cells(row: Element) -> Iterator[Element]:
    """The cells of a row but for those that a merged cell covers."""
    for cell in _through(row, f"{W}tc"):
        merges = [cell.find(f"{W}tcPr/{W}{name}") for name in ("vMerge", "hMerge")]
        covered = any(merge is not None and value(merge) != "restart" for merge in merges)
        if not covered and cell.find(f"{W}tcPr/{W}cellDel") is None:
            yield cell


def _mark_gone(properties: Element | None) -> bool:
    """Whether the mark at the end of the paragraph is deleted or hidden, so that the next paragraph goes on where this one stops."""
    mark = None if properties is None else properties.find(f"{W}rPr")
    if mark is None:
        return False
    removed = any(mark.find(f"{W}{change}") is not None for change in ("del", "moveFrom"))
    return removed or bool(switched(mark.find(f"{W}vanish")))
