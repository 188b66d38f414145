"""What each piece of a document is: title, heading, section or boilerplate."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from policy_themes.documents.boilerplate import ends_the_text, is_boilerplate, is_date, is_label
from policy_themes.documents.lines import Line
from policy_themes.documents.numbering import Number, number_of

__all__ = ["TITLE_WORD", "Kind", "Piece", "roles"]

Kind = Literal["title", "heading", "section", "boilerplate"]

LONGEST_HEADING = 40  # characters of a numbered heading
LONGEST_PLAIN_HEADING = 25  # of one without a number
LONGEST_TITLE = 80
PARAGRAPH = 60  # characters from which a line without a full stop is a paragraph all the same
TITLE_WORD = re.compile(
    "要点|总结|计划|规划|意见|通知|通告|方案|办法|讲话|报告|纲要|细则|公告|公示|章程|决定|通报|汇报|致辞|条例|解读|答复|清单|简章|制度|规定|纪要|述职|"
    "发言|批复|预案|指南|安排|问答|简报|公报|标准|协议|自评|提纲|情况|体系|行动|宣言|倡议|部署|举措|台账|函$|信$|书$|法$"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_ENDS = re.compile(r"[。;!?…；！？]")
_LETTERHEAD = re.compile(r".{2,30}文\s?件")
_OFFICE = re.compile(
    r".{2,40}(?:局|厅|委员会|工委|[市省县区]委|办公室|学校|小学|中学|学院|大学|幼儿园|政府|教育部|小组|指挥部|中心|党委|党组|总?支部|工会|支队|教研室|院|校)(?:\(\s?(?:盖?章|代章|印)\s?\))?"
)
_CHAPTERS = ("part", "chapter", "section")
_ATTACHED = re.compile(r"附\s?[件表]\s?[:\uff1a]\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A line, or the part of one that is an item, with its number."""

    line: Line
    number: Number | None

    @property
    def written(self) -> str:
        """The number as it stands in the text."""
        return self.line.text[: self.number.length].strip().rstrip("，,") if self.number else ""

    @property
    def is_row(self) -> bool:
        """Whether this is a row of a table."""
        return "\t" in self.line.text


def roles(pieces: Sequence[Piece], rank: Mapping[str, int]) -> list[Kind]:
    """The kind of each piece; `rank` says how deep each style of number nests (numbering.ranks)."""
    kinds: list[Kind | None] = [_by_itself(piece) for piece in pieces]
    _mark_tail(pieces, kinds)
    _mark_attachments(pieces, kinds)
    _mark_signatures(pieces, kinds)
    _mark_title(pieces, kinds)
    settled: list[Kind] = []
    for at, kind in enumerate(kinds):
        settled.append(kind or ("heading" if _is_heading(pieces, kinds, settled, at, rank) else "section"))
    return settled


def _by_itself(piece: Piece) -> Kind | None:
    words = piece.line.words
    if is_boilerplate(words) or not _HAN.search(words) or _LETTERHEAD.fullmatch(words):
        return "boilerplate"
    if not piece.is_row:
        return None
    cells = [cell for cell in piece.line.text.split("\t") if cell.strip()]
    if any(is_label(cell) for cell in cells) or max(len(_HAN.findall(cell)) for cell in cells) <= 6:
        return "boilerplate"
    return "section"


def _mark_tail(pieces: Sequence[Piece], kinds: list[Kind | None]) -> None:
    """A web page's own links, behind the text."""
    for at, piece in enumerate(pieces):
        if ends_the_text(piece.line.words) and all(len(later.line.words) <= LONGEST_TITLE for later in pieces[at:]):
            kinds[at:] = ["boilerplate"] * (len(kinds) - at)
            return


def _mark_attachments(pieces: Sequence[Piece], kinds: list[Kind | None]) -> None:
    """The list of attachments: 附件:1.…, 2.…, 3.…, with the first one on the line of 附件 or below it."""
    for at, piece in enumerate(pieces):
        if not (match := _ATTACHED.match(piece.line.words)):
            continue
        value = 1 if number_of(piece.line.words, match.end()) else 0
        for after in range(at + 1, len(pieces)):
            words, number = pieces[after].line.words, pieces[after].number
            listed = number is not None and number.style == "arabic" and number.value == value + 1
            if not listed or _ENDS.search(words) or len(words) > PARAGRAPH:
                break
            value += 1
            kinds[after] = "boilerplate"


def _mark_signatures(pieces: Sequence[Piece], kinds: list[Kind | None]) -> None:
    """The office above or below a date, and the offices above that one."""
    for at, piece in enumerate(pieces):
        if not is_date(piece.line.words) or at < 2:
            continue
        above = at - 1
        while above > 0 and kinds[above] is None and _OFFICE.fullmatch(pieces[above].line.words):
            kinds[above] = "boilerplate"
            above -= 1


def _mark_title(pieces: Sequence[Piece], kinds: list[Kind | None]) -> None:
    """The short lines before the text, if one of them names a kind of document."""
    block: list[int] = []
    for at, piece in enumerate(pieces):
        if kinds[at] == "boilerplate":
            continue
        words = piece.line.words
        if (
            piece.is_row
            or len(words) > LONGEST_TITLE
            or _ENDS.search(words)
            or words.endswith((":", "\uff1a", ",", "\uff0c"))
        ):
            break
        if piece.number and not (piece.number.style == "arabic" and TITLE_WORD.search(words)):
            break
        block.append(at)
    last = max((at for at in block if TITLE_WORD.search(pieces[at].line.words)), default=-1)
    for at in block:
        if at <= last:
            kinds[at] = "title"


def _is_heading(
    pieces: Sequence[Piece], kinds: Sequence[Kind | None], settled: Sequence[Kind], at: int, rank: Mapping[str, int]
) -> bool:
    """A short line without a full stop is a heading if something stands below it: deeper items, a paragraph, a table."""
    piece, words = pieces[at], pieces[at].line.words
    after = next((pieces[later] for later in range(at + 1, len(pieces)) if kinds[later] != "boilerplate"), None)
    if after is None or _ENDS.search(words) or len(words) > LONGEST_HEADING:
        return False
    if not piece.number:
        opens = after.number is not None or _is_paragraph(after)
        return len(words) <= LONGEST_PLAIN_HEADING and words[-1] not in ":,\uff1a\uff0c、" and opens
    if piece.number.style in _CHAPTERS:
        return True
    if after.number:
        return rank[after.number.style] > rank[piece.number.style]
    return not (at and settled[-1] == "section" and _is_next(pieces[at - 1], piece.number))


def _is_next(before: Piece, number: Number) -> bool:
    """Whether `before` is the item before this one: where that was no heading, this is none."""
    return before.number is not None and (before.number.style, before.number.value + 1) == (number.style, number.value)


def _is_paragraph(piece: Piece) -> bool:
    words = piece.line.words
    return len(words) >= PARAGRAPH or bool(_ENDS.search(words)) or piece.is_row
