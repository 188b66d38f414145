"""What each piece of a document is: title, heading, section or boilerplate."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from policy_themes.documents.around import mark_bylines, mark_surroundings
from policy_themes.documents.boilerplate import is_bare, is_boilerplate, is_label
from policy_themes.documents.lines import ENDS, Kind, Piece
from policy_themes.documents.numbering import Number
from policy_themes.documents.questions import is_answer, is_question
from policy_themes.documents.titles import mark_titles

__all__ = ["roles"]

LONGEST_HEADING = 40  # characters of a numbered heading
LONGEST_STOPPED = 25  # of one with a full stop behind it
LONGEST_PLAIN_HEADING = 25  # of one without a number
LONGEST_QUESTION = 80  # of one that asks
LONGEST_LABEL = 12  # of one with a colon, such as 教务处:
PARAGRAPH = 60  # characters from which a line without a full stop is a paragraph all the same
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"(?:[A-Za-z][a-z']+[,.]?\s){2}|[A-Z][a-z]+ [a-z]+,$")  # running English text
_LETTERHEAD = re.compile(r".{2,30}文\s?件")
_CHAPTERS = ("part", "chapter", "section")
_ANNOUNCES = re.compile(
    r"如下|以下|下列|下面|意见|几[点项件个]|[,\uff0c]|同志|老师|家长|同学|朋友|领导|委员|代表|您|[会议]?(?:指出|强调|要求|认为|议定|明确|决定|提出)|你好|大家"
)


def roles(pieces: Sequence[Piece], rank: Mapping[str, int]) -> list[Kind]:
    """The kind of each piece; `rank` says how deep each style of number nests (numbering.ranks)."""
    kinds: list[Kind | None] = [_by_itself(piece) for piece in pieces]
    mark_surroundings(pieces, kinds)
    mark_titles(pieces, kinds)
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


def _by_itself(piece: Piece) -> Kind | None:
    words = piece.line.words
    if (
        is_boilerplate(words)
        or not (_HAN.search(words) or _LATIN.search(words))
        or (len(words) <= 32 and _LETTERHEAD.fullmatch(words))
    ):
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


def _is_heading(
    piece: Piece,
    after: Piece | None,
    before: tuple[Piece, Kind] | None,
    latest: Mapping[str, Kind],
    rank: Mapping[str, int],
) -> bool:
    """A short line is a heading if something stands below it: deeper items, a paragraph, a table; and a question, if its answer does."""
    words, number = piece.line.words, piece.number
    if after is None:  # contact lines may stand below, which are none of the text
        return number is not None and latest.get(number.style) == "heading" and _is_short(words)
    asked = words[number.length :] if number else words
    if is_question(asked) or is_answer(words):
        return not is_answer(words)
    if number is None:
        return _is_plain_heading(words, after, latest)
    if is_answer(after.line.words):
        return len(words) <= LONGEST_QUESTION
    return _is_numbered_heading(words, number, after, before, rank)


def _is_numbered_heading(
    words: str, number: Number, after: Piece, before: tuple[Piece, Kind] | None, rank: Mapping[str, int]
) -> bool:
    stopped = words[-1] in "。?？"
    if ENDS.search(words[:-1] if stopped else words) or len(words) > (LONGEST_STOPPED if stopped else LONGEST_HEADING):
        return False
    chapter = number.style in _CHAPTERS and not stopped
    if chapter or after.number:
        return chapter or (after.number is not None and rank[after.number.style] > rank[number.style])
    in_list = before is not None and before[1] == "section" and _is_next(before[0], number)
    return not in_list and (not stopped or _is_paragraph(after))


def _is_short(words: str) -> bool:
    return len(words) <= LONGEST_STOPPED and not ENDS.search(words)


def _is_plain_heading(words: str, after: Piece, latest: Mapping[str, Kind]) -> bool:
    """Whether a line without a number is a heading: no label with its value, no bullet, and what stands below is no heading's sibling."""
    if words[-1] in ":\uff1a" and len(words) <= LONGEST_LABEL and not _ANNOUNCES.search(words):
        return (
            after.number.value == 1 if after.number else _is_paragraph(after) and len(after.line.words) >= LONGEST_LABEL
        )
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
