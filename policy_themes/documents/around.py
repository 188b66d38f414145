"""What stands around the text and shows by its neighbours: a site's menus and tables of labels, heads of minutes, bylines,
lists of attachments, links. Each function marks pieces as boilerplate."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policy_themes.documents.boilerplate import (
    ends_the_text,
    is_date,
    is_field,
    is_menu,
    is_minutes_field,
)
from policy_themes.documents.furniture import beside_page_numbers, is_running_head, running_heads
from policy_themes.documents.lines import ENDS, Kind, Piece
from policy_themes.documents.numbering import number_of
from policy_themes.documents.signatures import signatures
from policy_themes.tagging.text import normalise

__all__ = ["mark_bylines", "mark_surroundings"]

LONGEST_LINK = 80  # characters of a line below 相关阅读
LONGEST_CONTENTS = 200  # lines in a table of contents
LONGEST_MENU = 60  # of a line above 当前位置
LONGEST_LISTED = 60  # of the name of an attachment
HEAD = 60  # pieces from the top in which a table of labels is looked for
_PATH = re.compile(r"(?:(?:当前|您(?:现在)?的?|所在|你的)?位置\s?:|首\s?页\s?[>»›-])")
_CONTENTS = re.compile(r"目\s*[录次]")
_ATTACHED = re.compile(r"附\s?[件表]?\s?[:\uff1a]\s*")
_NAME = "[\u4e00-\u9fff·]{2,4}"
_POST = "局长|校长|书记|主任|园长|[县市区省乡镇]长|厅长|部长|处长|科长|院长|督学|教师|老师|班主任"
_BYLINE = re.compile(rf"(?:.{{0,24}}(?:{_POST}))?\s*{_NAME}")
_SALUTATION = re.compile(r"(?:同志|老师|家长|同学|领导|朋友|来宾|委员|代表).{0,12}[:\uff1a]")


def mark_surroundings(pieces: Sequence[Piece], kinds: list[Kind | None]) -> None:
    """Marks all but bylines, which stand below a title."""
    for marked in (_tail, _running_heads, _menus, _above_path, _contents, _fields, _minutes, _attachments, signatures):
        for at in marked(pieces, kinds):
            kinds[at] = "boilerplate"


def mark_bylines(pieces: Sequence[Piece], kinds: list[Kind | None]) -> None:
    """Who gives a speech: a name between the title and a date or a salutation."""
    for at in range(1, len(pieces) - 1):
        words = pieces[at].line.words
        if (
            kinds[at] is not None
            or kinds[at - 1] not in ("title", "boilerplate")
            or "title" not in kinds[max(0, at - 3) : at]
        ):
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


def _running_heads(pieces: Sequence[Piece], kinds: Sequence[Kind | None]) -> Iterator[int]:
    """What stands at the head or foot of every page, beside its number."""
    lines = [piece.line.text for piece in pieces]
    heads = running_heads(lines)
    if heads:
        yield from (
            at for at in beside_page_numbers(lines) if not pieces[at].number and is_running_head(lines[at], heads)
        )


def _menus(pieces: Sequence[Piece], kinds: Sequence[Kind | None]) -> Iterator[int]:
    """Entries of a menu below each other."""
    menu = [is_menu(piece.line.text) for piece in pieces]
    for at, here in enumerate(menu):
        if here and ((at and menu[at - 1]) or any(menu[at + 1 : at + 2])):
            yield at


def _above_path(pieces: Sequence[Piece], kinds: Sequence[Kind | None]) -> Iterator[int]:
    """What stands above 当前位置:首页 > …, if all of it is short: a site's own head."""
    for at, piece in enumerate(pieces[:HEAD]):
        if len(piece.line.text) > LONGEST_MENU or ENDS.search(piece.line.text):
            return
        if _PATH.match(normalise(piece.line.text)) and kinds[at] == "boilerplate":
            yield from range(at)


def _contents(pieces: Sequence[Piece], kinds: Sequence[Kind | None]) -> Iterator[int]:
    """A table of contents without dots: the lines from 目录 to where the first of them stands again."""
    for at, piece in enumerate(pieces[:-1]):
        if (
            piece.line.text[0] != "目"
            or len(piece.line.text) > 6
            or not _CONTENTS.fullmatch(normalise(piece.line.text))
        ):
            continue
        entry = _entry(pieces[at + 1])
        for again in range(at + 2, min(at + LONGEST_CONTENTS, len(pieces))):
            if len(pieces[again].line.text) > LONGEST_LISTED or ENDS.search(pieces[again].line.text):
                break
            if _entry(pieces[again]) == entry:
                yield from range(at, again)
                break


def _entry(piece: Piece) -> str:
    """A heading as it stands in a table of contents, but for its page number and spaces."""
    return re.sub(r"\s+", "", re.sub(r"[.…·\s]*\d*$", "", piece.line.text[:LONGEST_LISTED]))


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
