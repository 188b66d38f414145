"""What each piece of a document is: title, heading, section or boilerplate."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from policy_themes.documents.around import ENDS, Kind, mark_bylines, mark_surroundings
from policy_themes.documents.boilerplate import DOCUMENT_NUMBER, is_bare, is_boilerplate, is_date, is_label
from policy_themes.documents.lines import Piece
from policy_themes.documents.numbering import Number
from policy_themes.tagging.text import normalise

__all__ = ["TITLE_WORD", "Kind", "is_question", "roles"]

LONGEST_HEADING = 40  # characters of a numbered heading
LONGEST_STOPPED = 25  # of one with a full stop behind it
LONGEST_PLAIN_HEADING = 25  # of one without a number
LONGEST_LABEL = 12  # of one with a colon, such as 教务处:
LONGEST_QUESTION = 80
LONGEST_TITLE = 80
MOST_TITLE_LINES = 6
PARAGRAPH = 60  # characters from which a line without a full stop is a paragraph all the same
TITLE_WORD = re.compile(
    "要点|总结|计划|规划|意见|通知|通告|方案|办法|讲话|报告|纲要|细则|公告|公示|章程|决定|通报|汇报|致辞|条例|解读|解答|答复|清单|简章|制度|规定|规程|规则|守则|"
    "纪要|述职|发言|批复|预案|指南|安排|问答|简报|公报|标准|协议|自评|提纲|情况|体系|行动|宣言|倡议|部署|举措|台账|打算|说明|须知|手册|材料|大事记|建议|函$|信$|书$|法$"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTERHEAD = re.compile(r".{2,30}文\s?件")
_CHAPTERS = ("part", "chapter", "section")
_QUESTION = re.compile(
    r"(?:问|q|提问|记者)\s?\d{0,2}\s?[:.、]|[\[【(](?:问|问题|提问|网民提问|记者)\s?\d{0,2}\s?[\]】)]"
)
_ATTACHMENT = re.compile(r"附\s?[件表]\s?[\d一二三四五六七八九十]{0,2}\s?[:.]?")
_ANNOUNCES = re.compile(r"如下|以下|下列|下面|意见|几[点项件个]|[,\uff0c]|同志|老师|家长|同学|朋友|领导|委员|代表|您")
_LEADS = re.compile(
    r"[\u4e00-\u9fff]{2,16}(?:局|厅|委|学校|中学|小学|大学|学院|幼儿园|政府|学区|办公室)|.{0,12}20\d\d年"
)
_ONE_OF_MANY = re.compile(r".{2,60}篇\s?(?:\d{1,2}|[一二三四五六七八九十]{1,2})")
_UNDER_TITLE = re.compile(r"[(\[].{2,40}[)\]](?:的.{2,8})?|[—\-–]{1,3}.{2,60}")


def roles(pieces: Sequence[Piece], rank: Mapping[str, int]) -> list[Kind]:
    """The kind of each piece; `rank` says how deep each style of number nests (numbering.ranks)."""
    kinds: list[Kind | None] = [_by_itself(piece) for piece in pieces]
    mark_surroundings(pieces, kinds)
    for start in _title_places(pieces, kinds):
        _mark_title(pieces, kinds, start)
    mark_bylines(pieces, kinds)
    settled: list[Kind] = []
    latest: dict[str, Kind] = {}  # what the last number of each style was
    following = _following(pieces, kinds)
    for piece, kind, after in zip(pieces, kinds, following, strict=True):
        before = (pieces[len(settled) - 1], settled[-1]) if settled else None
        settled.append(kind or ("heading" if _is_heading(piece, after, before, latest, rank) else "section"))
        if piece.number:
            latest[piece.number.style] = settled[-1]
    return settled


def is_question(words: str) -> bool:
    """Whether a line asks a question that the lines below answer: 问:…"""
    return len(words) <= LONGEST_QUESTION and _QUESTION.match(normalise(words)) is not None


def _by_itself(piece: Piece) -> Kind | None:
    words = piece.line.words
    if is_boilerplate(words) or not _HAN.search(words) or (len(words) <= 32 and _LETTERHEAD.fullmatch(words)):
        return "boilerplate"
    if not piece.is_row:
        return None
    cells = [cell.strip() for cell in re.split(r"[\t|]", piece.line.text) if cell.strip()]
    return "boilerplate" if any(map(is_label, cells)) or is_bare(cells) else "section"


def _following(pieces: Sequence[Piece], kinds: Sequence[Kind | None]) -> list[Piece | None]:
    """For each piece the next one that is no boilerplate, or a row of a table all the same."""
    after: Piece | None = None
    found: list[Piece | None] = []
    for piece, kind in zip(reversed(pieces), reversed(kinds), strict=True):
        found.append(after)
        after = after if kind == "boilerplate" and not piece.is_row else piece
    return found[::-1]


def _title_places(pieces: Sequence[Piece], kinds: Sequence[Kind | None]) -> list[int]:
    """Where a title may begin: at the top, below 附件, behind a signature, and where 篇2 says so."""
    places = [0]
    text = False  # whether there was any above
    for at, piece in enumerate(pieces[:-1]):
        plain = normalise(piece.line.text[:LONGEST_TITLE]).strip()
        if kinds[at] == "boilerplate":
            ends = _is_attachment(piece) or (text and (is_date(plain) or DOCUMENT_NUMBER.fullmatch(plain)))
            places += [at + 1] if ends else []
        elif piece.number or ENDS.search(plain):
            text = True
        elif text and _ONE_OF_MANY.fullmatch(plain):
            places.append(at)
    return places


def _mark_title(pieces: Sequence[Piece], kinds: list[Kind | None], start: int) -> None:
    """The short lines from `start` before the text, if one of them names a kind of document or the place says that it is a title."""
    block: list[int] = []
    for at in range(start, len(pieces)):
        if kinds[at] == "boilerplate":
            continue
        if not _may_be_title(pieces[at]) or len(block) == MOST_TITLE_LINES:
            break
        if block and block[-1] == at - 1 and _is_whole(pieces[at - 1], pieces[at]):
            break
        block.append(at)
    if len(block) == len(pieces):  # a few words and nothing else are what there is to tag
        return
    named = [at for at in block if _names_a_document(pieces[at].line.words, start)]
    last = max(named or (block[:1] if block and _stands_as_title(pieces, kinds, block[0], start) else []), default=-1)
    for at in block:
        if at <= last or (last >= 0 and _UNDER_TITLE.fullmatch(normalise(pieces[at].line.words))):
            kinds[at] = "title"


def _names_a_document(words: str, start: int) -> bool:
    return TITLE_WORD.search(words) is not None and (not start or len(words) >= 8)


def _stands_as_title(pieces: Sequence[Piece], kinds: Sequence[Kind | None], at: int, start: int) -> bool:
    """Whether a line that names no kind of document is a title: a page's line stands below it, 附件 above, or it begins like one."""
    if start:
        return _is_attachment(pieces[start - 1])
    words = normalise(pieces[at].line.words)
    return len(words) >= 8 and (kinds[at + 1 : at + 2] == ["boilerplate"] or _LEADS.match(words) is not None)


def _is_attachment(piece: Piece) -> bool:
    return _ATTACHMENT.fullmatch(normalise(piece.line.text[:LONGEST_TITLE]).strip()) is not None


def _may_be_title(piece: Piece) -> bool:
    words = piece.line.words
    if piece.is_row or piece.number or len(words) > LONGEST_TITLE or words.endswith((":", "\uff1a", ",", "\uff0c")):
        return False
    return not ENDS.search(words) and not is_question(words)


def _is_whole(piece: Piece, below: Piece) -> bool:
    """Whether a line is a title to its end, so that the line below is a heading."""
    words, further = piece.line.words, normalise(below.line.words)
    ended = TITLE_WORD.search(words[-6:]) and words.count("《") == words.count("》") and not words.endswith("关于印发")
    repeated = further in normalise(words) or normalise(words) in further
    return bool(ended) and not repeated and not _UNDER_TITLE.fullmatch(further) and not further.startswith("关于")


def _is_heading(
    piece: Piece,
    after: Piece | None,
    before: tuple[Piece, Kind] | None,
    latest: Mapping[str, Kind],
    rank: Mapping[str, int],
) -> bool:
    """A short line is a heading if something stands below it: deeper items, a paragraph, a table."""
    words, number = piece.line.words, piece.number
    if after is None or is_question(words[number.length :] if number else words):
        return after is not None
    if number is None:
        return _is_plain_heading(words, after, latest)
    stopped = words[-1] in "。?？"
    if ENDS.search(words[:-1] if stopped else words) or len(words) > (LONGEST_STOPPED if stopped else LONGEST_HEADING):
        return False
    if number.style in _CHAPTERS or after.number:
        return number.style in _CHAPTERS or (after.number is not None and rank[after.number.style] > rank[number.style])
    in_list = before is not None and before[1] == "section" and _is_next(before[0], number)
    return not in_list and (not stopped or _is_paragraph(after))


def _is_plain_heading(words: str, after: Piece, latest: Mapping[str, Kind]) -> bool:
    """Whether a line without a number is a heading: no label with its value, no bullet, and what stands below is no heading's sibling."""
    if words[-1] in ":\uff1a" and len(words) <= LONGEST_LABEL and after.number and not _ANNOUNCES.search(words):
        return after.number.value == 1
    if len(words) > LONGEST_PLAIN_HEADING or re.search(r"[。!?…;！？；:：]", words) or words[-1] in ",\uff0c、":
        return False
    if not _HAN.match(words) and words[0] not in '“《(\uff08"0123456789':
        return False
    if after.number:
        return after.number.value == 1 or latest.get(after.number.style) != "heading"
    return _is_paragraph(after)


def _is_next(before: Piece, number: Number) -> bool:
    """Whether `before` is the item before this one: where that was no heading, this is none."""
    return before.number is not None and (before.number.style, before.number.value + 1) == (number.style, number.value)


def _is_paragraph(piece: Piece) -> bool:
    words = piece.line.words
    return len(words) >= PARAGRAPH or bool(ENDS.search(words)) or piece.is_row
