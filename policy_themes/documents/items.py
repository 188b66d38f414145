"""Cleaned text -> pieces: every numbered item, paragraph, heading and table row one, whether lines run together or fall apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policy_themes.documents.boilerplate import DATE, is_boilerplate
from policy_themes.documents.lines import ENDS, LONGEST, Line, Piece, is_row
from policy_themes.documents.numbering import Number, inner_count, item_starts, number_of
from policy_themes.documents.paragraphs import lines_of
from policy_themes.documents.signatures import OFFICE
from policy_themes.tagging.text import normalise

__all__ = ["items_of"]

# A section has no more than lines.LONGEST characters; longer ones are cut behind a sentence.
_ABOVE_ARTICLES = ("part", "chapter", "section", "article")
_SENTENCE = re.compile(r"[^。!?;！？；]*[。!?;！？；]?[”’）)]*")
_ADDRESSED = re.compile(
    r"各[^。:;]{0,60}?(?:局|厅|委|学校|单位|政府|中心校|部门|幼儿园|学院|高校)(?:\([^()]{1,20}\))?\s?:(?=.)"
)
_SIGNED_BEHIND = re.compile(rf"[。!](\s*)(?=[^。;!,]+$){OFFICE}\s*(?:{DATE.pattern})$")
_SIGNATURE = 60  # characters at the end of a line in which one is looked for
_RESPONSIBLE = re.compile(
    r"(?:\(|\[|【)?(?:牵头|责任|配合|承办|完成|主办|协办|参与|落实|负责|包保|整改|分管)(?:单位|部门|领导|股室|科室|处室|人|时限|时间|县级领导|校领导|领导干部)\s?:"
)


def items_of(text: str) -> list[Piece]:
    """The pieces of a cleaned text in order; together they hold every character of it that is not white space, once."""
    return _continued([piece for line in lines_of(text) for piece in _items(line)])


def _items(line: Line) -> Iterator[Piece]:
    """The items of one line, each no longer than LONGEST."""
    starts = [0] if is_row(line.text) else _starts(line.text)
    for start, end in zip(starts, [*starts[1:], len(line.text)], strict=True):
        for at, stop in _cut(line.text, start, end):
            piece = line.text[at:stop]
            bare = piece.strip()
            if bare:
                begin = line.start + at + piece.index(bare)
                yield Piece(Line(begin, begin + len(bare), bare), _own_number(bare))


def _starts(text: str) -> list[int]:
    """Where the items of one line start, and a signature behind the last of them; those whom a letter is sent to stand before the first."""
    starts = item_starts(text)
    if text.startswith("各") and (addressed := _ADDRESSED.match(normalise(text[:80]))):
        starts = sorted({*starts, addressed.end()})
    tail = max(starts[-1], len(text) - _SIGNATURE)
    if text[-1:] == "日" and (signed := _SIGNED_BEHIND.search(normalise(text[tail:]))):
        starts.append(tail + signed.start(1))
    return starts


def _own_number(text: str) -> Number | None:
    """The number of an item; none where a paragraph holds 一是 and 二是, and where 第三节 opens a sentence."""
    number = number_of(text)
    if number is None or number.style not in ("first", "section"):
        return number
    if number.style == "section":
        return None if text[number.length : number.length + 1].strip() and ENDS.search(text) else number
    return None if number.value == 1 and inner_count(text, None) > 1 else number


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """`start` to `end` whole, or cut behind sentences where it is over LONGEST."""
    while end - start > LONGEST:
        stop = start
        for match in _SENTENCE.finditer(text, start, start + LONGEST):
            if match.end() < start + LONGEST and match.end() > match.start():
                stop = match.end()
        stop = stop if stop > start else start + LONGEST
        yield start, stop
        start = stop
    yield start, end


def _continued(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, with those put back into an item that belong to it: 二是…:一是…;\\n二是…; and what stands below 第三条."""
    kept: list[Piece] = []
    for piece in pieces:
        if kept and (
            _counts_on(kept[-1], piece) or _in_article(kept[-1], piece) or _names_responsible(kept[-1], piece)
        ):
            line = kept[-1].line
            # What stands between two lines is white space, one break here whatever it was.
            gap = piece.line.start - line.end
            joined = Line(line.start, piece.line.end, line.text + "\n" * gap + piece.line.text)
            kept[-1] = Piece(joined, kept[-1].number)
        else:
            kept.append(piece)
    return kept


def _counts_on(held: Piece, piece: Piece) -> bool:
    text, number = held.line.text, piece.number
    return (
        number is not None
        and number.style == "first"
        and text.endswith((";", "\uff1b"))
        and inner_count(text, held.number) + 1 == number.value > 1
    )


def _in_article(held: Piece, piece: Piece) -> bool:
    """Whether a line is a further paragraph, or an item, of the article above it: articles are cited, and read, as a whole."""
    if held.number is None or held.number.style != "article" or is_row(piece.line.text):
        return False
    if len(held.line.text) + len(piece.line.text) > LONGEST or is_boilerplate(piece.line.text):
        return False
    if piece.number:
        return piece.number.style not in _ABOVE_ARTICLES
    return piece.line.text[-1] in "。;；:：”」）)"


def _names_responsible(held: Piece, piece: Piece) -> bool:
    """Whether a line below an item says who answers for it: (责任单位:…)."""
    if held.number is None or piece.number or is_row(piece.line.text) or is_row(held.line.text):
        return False
    if len(held.line.text) > LONGEST or not _RESPONSIBLE.match(normalise(piece.line.text[:20])):
        return False
    return piece.line.text[0] in "(（[【" or "。" in held.line.text
