"""Cleaned text -> sections: every numbered item and every paragraph one, with the headings above it.

What a section is, a person decides in three steps, and so does this module: which lines are none of the text (roles.py), where items begin
(numbering.py), and how the numbers nest (`ranks`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policy_themes.documents.boilerplate import is_boilerplate
from policy_themes.documents.lines import LONGEST, Line, Piece, is_row, lines_of
from policy_themes.documents.numbering import inner_count, item_starts, number_of, ranks
from policy_themes.documents.roles import Kind, is_question, roles

__all__ = ["Section", "split"]

# A section has no more than lines.LONGEST characters; longer ones are cut behind a sentence.
_ABOVE_ARTICLES = ("part", "chapter", "section", "article")
_SENTENCE = re.compile(r"[^。!?;！？；]*[。!?;！？；]?[”’）)]*")


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of a document. `kind` is title, heading, section or boilerplate, and only sections are tagged; `number` is its number as
    written ("" if none); `heading` the headings above it joined by " / "; `start` and `end` its span (characters, end
    exclusive); `text` its words, without the line breaks inside."""

    kind: Kind
    number: str
    heading: str
    start: int
    end: int
    text: str


def split(text: str) -> list[Section]:
    """The pieces of a cleaned text, in order; together they hold every character of it that is not white space, once."""
    pieces = _continued([piece for line in lines_of(text) for piece in _items(line)])
    rank = ranks(piece.number for piece in pieces if piece.number)
    return list(_sections(pieces, roles(pieces, rank), rank))


def _items(line: Line) -> Iterator[Piece]:
    """The items of one line, each no longer than LONGEST."""
    starts = [0] if is_row(line.text) else item_starts(line.text)
    for start, end in zip(starts, [*starts[1:], len(line.text)], strict=True):
        for at, stop in _cut(line.text, start, end):
            piece = line.text[at:stop]
            bare = piece.strip()
            if bare:
                begin = line.start + at + piece.index(bare)
                yield Piece(Line(begin, begin + len(bare), bare), number_of(bare))


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
        if kept and (_counts_on(kept[-1], piece) or _in_article(kept[-1], piece)):
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


def _sections(pieces: Sequence[Piece], kinds: Sequence[Kind], rank: dict[str, int]) -> Iterator[Section]:
    path: list[tuple[float, str]] = []
    under = ""  # the number of a heading that waits for its first paragraph
    for at, (piece, kind) in enumerate(zip(pieces, kinds, strict=True)):
        words, number = piece.line.words, piece.written
        below = pieces[at + 1] if at + 1 < len(pieces) else None
        if kind == "heading":
            own, leaf = _rank(piece, below, path, rank)
            path = [entry for entry in path if entry[0] < own and not _is_leaf(entry[0])]
            yield Section(kind, number, _joined(path), piece.line.start, piece.line.end, words)
            path.append((own + 0.25 if leaf else own, words))
            under = number
        elif kind == "section":
            if piece.number:
                path = [entry for entry in path if entry[0] < rank[piece.number.style] and not _is_leaf(entry[0])]
            yield Section(kind, number or under, _joined(path), piece.line.start, piece.line.end, words)
            under = ""
        else:
            path = [] if kind == "title" else path
            yield Section(kind, "", "", piece.line.start, piece.line.end, words)


def _rank(
    piece: Piece, following: Piece | None, path: Sequence[tuple[float, str]], rank: dict[str, int]
) -> tuple[float, bool]:
    """How deep a heading stands, and whether only the paragraphs up to the next number belong to it.

    One without a number stands below the last numbered one above it.
    """
    if piece.number:
        return rank[piece.number.style], False
    numbered = [own for own, _ in path if own == int(own)]
    leaf = not (following and following.number) and not is_question(piece.line.words)
    return (max(numbered) if numbered else -1) + 0.5, leaf


def _is_leaf(rank: float) -> bool:
    return rank % 1 == 0.75


def _joined(path: Sequence[tuple[float, str]]) -> str:
    return " / ".join(heading for _, heading in path)
