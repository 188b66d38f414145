"""Who signed, and when: the offices above a date, at the end of a text or behind its last sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policy_themes.documents.boilerplate import DATE, is_boilerplate, is_date
from policy_themes.documents.lines import ENDS, Kind, Piece
from policy_themes.tagging.text import normalise

__all__ = ["OFFICE", "SIGNED", "signatures"]

LONGEST_NAME = 20  # of a signature that is no office
OFFICE = (
    r".{2,40}(?:局|厅|委员会|工委|[市省县区]委|教委|办公室|学校|小学|中学|学院|大学|幼儿园|政府|教育部|小组|指挥部|中心|党委|党组|总?支部|工会|团委|支队|教研室|督导室|学区|教育[组办]|院|校)"
    r"(?:\(\s?(?:盖?章|代章|印)\s?\))?"
)
_OFFICE = re.compile(OFFICE)
_MONTH = re.compile(r"20\d\d年\d{1,2}月|二[〇○零][一二三四五六七八九〇○零]{2}年[一二三四五六七八九十]{1,2}月")
SIGNED = re.compile(rf"({OFFICE})\s*(?:{DATE.pattern}|{_MONTH.pattern})")
_PUNCTUATION = re.compile(r"[，。；：、！？,.;:!?]")


def signatures(pieces: Sequence[Piece], kinds: Sequence[Kind | None]) -> Iterator[int]:
    """The offices above a date, or a person; those with the date on their line; and those that end the document."""
    end = max((at for at, kind in enumerate(kinds) if kind is None), default=0)
    for at, piece in enumerate(pieces):
        words = piece.line.text
        if not at or len(words) > 80 or piece.number:
            continue
        plain = normalise(words).strip()
        if SIGNED.fullmatch(plain) or (
            at == end and len(plain) <= 25 and at > 2 and ":" not in plain and _OFFICE.fullmatch(plain)
        ):
            yield at
        dated = is_date(words) or (_MONTH.fullmatch(plain) is not None and (at == end or _signs(pieces[at - 1])))
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
