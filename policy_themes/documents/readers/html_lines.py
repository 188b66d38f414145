"""The elements of a web page -> its lines as a browser shows them: numbers of lists, rows of tables, line breaks.

Source: HTML Living Standard, chapters 4.4 (grouping), 4.9 (tables) and 15.3 (rendering).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from policy_themes.documents.numbering import number_of
from policy_themes.documents.readers.html_lists import Lists

__all__ = ["HtmlLine", "html_lines"]

_DROPPED = re.compile(
    "head|script|style|noscript|template|nav|footer|aside|select|option|datalist|button|textarea|input|iframe|frameset|object|embed|"
    "svg|math|canvas|audio|video|map|rt|rp"
)
_BLOCK = re.compile(
    "address|article|blockquote|body|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure|form|h[1-6]|header|hr|li|main|"
    "menu|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_HOLDER = re.compile("article|blockquote|body|center|dd|details|div|fieldset|form|main|section|td|th")
_WHITE = re.compile(r"[ \t\n\r\f\x0b\x1c-\x1f\x85\u2028\u2029]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"\w")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CELL = 500  # characters: more in a cell, and the table is there for the layout of the page


@dataclass(slots=True)
class HtmlLine:
    """A line as shown; the number of the element that holds its block; whether all of it is a link, or a heading."""

    text: str
    holder: int
    is_link: bool = False
    is_heading: bool = False


def html_lines(root: Any) -> tuple[list[HtmlLine], int]:
    """The lines below an lxml element, in order, and the number of Chinese characters in what the page hides."""
    from lxml import etree  # type: ignore[import-untyped]

    page = _Page()
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag.lower() if isinstance(element.tag, str) else ""
        if event == "start":
            if _is_dropped(element, tag, page):
                walk.skip_subtree()
                page.skipped.append(element)
            else:
                page.start(element, tag)
        elif page.skipped and page.skipped[-1] is element:
            page.skipped.pop()
            page.add(element.tail)
        else:
            page.end(tag)
            page.add(element.tail)
    page.flush()
    return page.lines, page.hidden


def _is_dropped(element: Any, tag: str, page: _Page) -> bool:
    if not tag or _DROPPED.fullmatch(tag) or element.get("role") in ("navigation", "search"):
        return True
    if tag == "header":
        return element.find(".//h1") is None
    if element.get("hidden") is None and not _HIDDEN.search(element.get("style") or ""):
        return False
    # A body is hidden until its scripts have run, which here they never do.
    if tag in ("html", "body"):
        return False
    page.hidden += sum(len(_HAN.findall(text)) for text in element.itertext("p", "div", "span", "td", "li"))
    return True


@dataclass(slots=True)
class _Page:
    """What has been walked so far. Cells of the rows that are open take the lines in them; the page takes the others."""

    lines: list[HtmlLine] = field(default_factory=list)
    hidden: int = 0
    skipped: list[Any] = field(default_factory=list)
    lists: Lists = field(default_factory=Lists)
    rows: list[list[list[HtmlLine]]] = field(default_factory=list)
    holders: list[tuple[int, int]] = field(default_factory=lambda: [(0, 0)])
    said: list[str] = field(default_factory=list)
    linked: int = 0
    counted: int = 0
    links: int = 0
    preformatted: int = 0
    heading: bool = False

    def start(self, element: Any, tag: str) -> None:
        if tag == "br" or _BLOCK.fullmatch(tag):
            self.flush()
        if _HOLDER.fullmatch(tag):
            self.counted += 1
            self.holders.append((self.counted, len(self.out)))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append([])
        self.lists.start(element, tag)
        self.links += tag == "a"
        self.preformatted += tag == "pre"
        self.heading = self.heading or tag in ("h1", "h2")
        self.add(element.text)

    def end(self, tag: str) -> None:
        if _BLOCK.fullmatch(tag):
            self.flush()
        if tag == "tr" and self.rows:
            self._end_row(self.rows.pop())
        if _HOLDER.fullmatch(tag) and len(self.holders) > 1:
            own, before = self.holders.pop()
            if len(self.out) == before + 1 and self.out[-1].holder == own:
                # A paragraph in an element of its own belongs to the element around it.
                self.out[-1].holder = self.holders[-1][0]
        self.lists.end(tag)
        self.links -= tag == "a"
        self.preformatted -= tag == "pre"

    @property
    def out(self) -> list[HtmlLine]:
        """Where lines go: the cell that is open, or the page."""
        return self.rows[-1][-1] if self.rows and self.rows[-1] else self.lines

    def add(self, text: str | None) -> None:
        if not text:
            return
        pieces = text.split("\n") if self.preformatted else [text]
        for at, piece in enumerate(pieces):
            if at:
                self.flush()
            self.said.append(piece)
            self.linked += len(_LETTER.findall(piece)) if self.links else 0

    def flush(self) -> None:
        """End the line."""
        if not self.said:
            return
        whole = _WHITE.sub(" ", "".join(self.said)).strip()
        # Links stand side by side with bars and dots between them.
        is_link = bool(whole) and self.linked >= 0.9 * len(_LETTER.findall(whole))
        is_heading, self.heading = self.heading, False
        self.said, self.linked = [], 0
        if not whole:
            self.heading = is_heading
            return
        number = self.lists.number()
        # Where authors typed the numbers themselves, their style sheet hides those of the browser.
        text = whole if number_of(whole) else number + whole
        self.out.append(HtmlLine(text, self.holders[-1][0], is_link, is_heading))

    def _end_row(self, cells: list[list[HtmlLine]]) -> None:
        """A row of a table as one line; its lines one below the other where the table only places them."""
        filled = [cell for cell in cells if cell]
        layout = any(
            sum(len(line.text) for line in cell) > _CELL or any("\t" in line.text for line in cell) for cell in filled
        )
        if len(filled) < 2 or layout:
            self.out.extend(line for cell in filled for line in cell)
            return
        text = "\t".join(" ".join(line.text for line in cell) for cell in cells).strip()
        self.out.append(HtmlLine(text, self.holders[-1][0], all(line.is_link for cell in filled for line in cell)))
