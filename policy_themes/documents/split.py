"""Cleaned text -> sections: every numbered item and every paragraph one, with the headings above it.

What a section is, a person decides in three steps, and so does this module: which lines are none of the text (roles.py), where items begin
(items.py), and how the numbers nest (`ranks`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policy_themes.documents.items import items_of
from policy_themes.documents.lines import Kind, Piece
from policy_themes.documents.numbering import ranks
from policy_themes.documents.questions import is_question
from policy_themes.documents.roles import roles

__all__ = ["Section", "split"]


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
    pieces = items_of(text)
    rank = ranks(piece.number for piece in pieces if piece.number)
    return list(_sections(pieces, roles(pieces, rank), rank))


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
