"""What stands around the text and shows by its neighbours: a site's menus and tables of labels, heads of minutes, bylines, signatures,
lists of attachments, links. Each function marks pieces as boilerplate."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from policy_themes.documents.boilerplate import (
    DATE,
    ends_the_text,
    is_boilerplate,
    is_date,
    is_field,
    is_menu,
    is_minutes_field,
)
from policy_themes.documents.lines import Piece
from policy_themes.documents.numbering import number_of
from policy_themes.tagging.text import normalise

__all__ = ["ENDS", "OFFICE", "SIGNED", "Kind", "mark_bylines", "mark_surroundings"]

Kind = Literal["title", "heading", "section", "boilerplate"]

LONGEST_LINK = 80  # characters of a line below 相关阅读
LONGEST_LISTED = 60  # of the name of an attachment
LONGEST_NAME = 20  # of a signature that is no office
HEAD = 60  # pieces from the top in which a table of labels is looked for
ENDS = re.compile(r"[。!?…;！？；]")
OFFICE = (
    r".{2,40}(?:局|厅|委员会|工委|[市省县区]委|教委|办公室|学校|小学|中学|学院|大学|幼儿园|政府|教育部|小组|指挥部|中心|党委|党组|总?支部|工会|团委|支队|教研室|督导室|学区|教育[组办]|院|校)"
    r"(?:\(\s?(?:盖?章|代章|印)\s?\))?"
)
_OFFICE = re.compile(OFFICE)
_MONTH = re.compile(r"20\d\d年\d{1,2}月|二[〇○零][一二三四五六七八九〇○零]{2}年[一二三四五六七八九十]{1,2}月")
SIGNED = re.compile(rf"({OFFICE})\s*(?:{DATE.pattern}|{_MONTH.pattern})")
_PUNCTUATION = re.compile(r"[，。；：、！？,.;:!?]")
_ATTACHED = re.compile(r"附\s?[件表]?\s?[:\uff1a]\s*")
_NAME = "[\u4e00-\u9fff·]{2,4}"
_POST = "局长|校长|书记|主任|园长|[县市区省乡镇]长|厅长|部长|处长|科长|院长|督学|教师|老师|班主任"
_BYLINE = re.compile(rf"(?:.{{0,24}}(?:{_POST}))?\s*{_NAME}")
_SALUTATION = re.compile(r"(?:同志|老师|家长|同学|领导|朋友|来宾|委员|代表).{0,12}[:\uff1a]")


def mark_surroundings(pieces: Sequence[Piece], kinds: list[Kind | None]) -> None:
    """Marks all but bylines, which stand below a title."""
    for marked in (_tail, _menus, _fields, _minutes, _attachments, _signatures):
        for at in marked(pieces, kinds):
            kinds[at] = "boilerplate"


def mark_bylines(pieces: Sequence[Piece], kinds: list[Kind | None]) -> None:
    """Who gives a speech: a name between the title and a date or a salutation."""
    for at in range(1, len(pieces) - 1):
        words = pieces[at].line.words
        if kinds[at] is not None or kinds[at - 1] not in ("title", "boilerplate") or "title" not in kinds[:at][-3:]:
            continue
        below = pieces[at + 1].line.words
        called = is_date(below) or is_date(pieces[at - 1].line.words) or _SALUTATION.search(below)
        if called and not pieces[at].number and len(words) <= 30 and _BYLINE.fullmatch(words):
            kinds[at] = "boilerplate"


def _tail(pieces: Sequence[Piece], kinds: Sequence[Kind | None]) -> Iterator[int]:
    """A web page's own links, behind the text."""
    begun = len(pieces)
    while begun and len(pieces[begun - 1].line.text) <= LONGEST_LINK:
        begun -= 1
    for at in range(begun, len(pieces)):
        if ends_the_text(pieces[at].line.words):
            yield from range(at, len(pieces))
            return


def _menus(pieces: Sequence[Piece], kinds: Sequence[Kind | None]) -> Iterator[int]:
    """Entries of a menu below each other."""
    menu = [is_menu(piece.line.text) for piece in pieces]
    for at, here in enumerate(menu):
        if here and ((at and menu[at - 1]) or any(menu[at + 1 : at + 2])):
            yield at


def _fields(pieces: Sequence[Piece], kinds: Sequence[Kind | None]) -> Iterator[int]:
    """A table of labels and values in the head of a page: three labels or more, at most two lines apart."""
    found = [at for at, piece in enumerate(pieces[:HEAD]) if is_field(piece.line.text)]
    last = found[0] if found else 0
    for at in found:
        last = at if at - last <= 3 else last
    if sum(at <= last for at in found) >= 3 and all(len(piece.line.text) <= 200 for piece in pieces[found[0] : last]):
        yield from range(found[0], last + 1)


def _minutes(pieces: Sequence[Piece], kinds: Sequence[Kind | None]) -> Iterator[int]:
    """The head of minutes: three lines or more such as 时间, 地点, 出席, 记录, below each other."""
    head: list[int] = []
    for at, piece in enumerate(pieces[:HEAD]):
        if is_minutes_field(piece.line.text):
            head.append(at)
        elif head:
            break
    if len(head) >= 3:
        yield from head


def _attachments(pieces: Sequence[Piece], kinds: Sequence[Kind | None]) -> Iterator[int]:
    """The list of attachments: 附件:1.…, 2.…, 3.…, with the first one on the line of 附件 or below it."""
    for at, piece in enumerate(pieces):
        words = piece.line.text[: LONGEST_LISTED * 2]
        if words[0] != "附" or not (match := _ATTACHED.match(words)):
            continue
        value = 1 if number_of(words, match.end()) else 0
        for after in range(at + 1, len(pieces)):
            name, number = pieces[after].line.text, pieces[after].number
            listed = number is not None and number.style == "arabic" and number.value == value + 1
            if not listed or len(name) > LONGEST_LISTED or ENDS.search(name):
                break
            value += 1
            yield after


def _signatures(pieces: Sequence[Piece], kinds: Sequence[Kind | None]) -> Iterator[int]:
    """The offices above a date, or a person; those with the date on their line; and those that end the document."""
    end = max((at for at, kind in enumerate(kinds) if kind is None), default=0)
    for at, piece in enumerate(pieces):
        words = piece.line.text
        if not at or len(words) > 80 or piece.number:
            continue
        plain = normalise(words).strip()
        if SIGNED.fullmatch(plain) or (at == end and len(plain) <= 25 and at > 2 and _OFFICE.fullmatch(plain)):
            yield at
        dated = is_date(words) or (_MONTH.fullmatch(plain) is not None and _signs(pieces[at - 1]))
        if at < 2 or not dated:
            continue
        above = at - 1
        if _stands_alone(pieces[above], pieces[above - 1]):
            yield above
        while above > 0 and _signs(pieces[above]):
            yield above
            above -= 1
        if not is_date(words):
            yield at


def _stands_alone(piece: Piece, above: Piece) -> bool:
    """Whether a few words stand between the end of the text and a date: a person, or an office not known as such."""
    words = piece.line.text
    return (
        len(words) <= LONGEST_NAME
        and piece.number is None
        and not _PUNCTUATION.search(words)
        and above.line.text[-1] in "。!！”)）"
        and len(above.line.text) > 8
        and not is_boilerplate(above.line.text)
    )


def _signs(piece: Piece) -> bool:
    """Whether a line may be an office that signs, standing above a date."""
    words = piece.line.text
    if len(words) > 80 or piece.number or ENDS.search(words) or is_boilerplate(words):
        return False
    return _OFFICE.fullmatch(normalise(words)) is not None
