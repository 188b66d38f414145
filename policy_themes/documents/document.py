"""A file -> a document: its text as read, its pieces, its facts and what was repaired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from policy_themes.documents.clean import Cleaned, clean
from policy_themes.documents.facts import Facts, facts_of
from policy_themes.documents.limits import MAX_CHARACTERS
from policy_themes.documents.readers import Reading
from policy_themes.documents.split import Section, split
from policy_themes.errors import DocumentError

__all__ = ["Document", "document_of"]


@dataclass(frozen=True, slots=True)
class Document:
    """`text` is what the reader gave, `sections` the pieces of it (spans in `text`, words cleaned), `repairs` the number of each repair,
    `unreadable` the damaged spans of `text`, `notes` what the reader left out."""

    name: str
    text: str
    sections: tuple[Section, ...]
    facts: Facts
    repairs: Mapping[str, int]
    unreadable: tuple[tuple[int, int], ...]
    notes: tuple[str, ...] = ()


def document_of(reading: Reading, name: str) -> Document:
    """Clean and split what a reader gave. Raises DocumentError if there is no text in it, or too much."""
    if len(reading.text) > MAX_CHARACTERS:
        raise DocumentError(
            f"正文有 {len(reading.text)} 字,超过上限 {MAX_CHARACTERS};请拆分",
            f"holds {len(reading.text)} characters, over the limit of {MAX_CHARACTERS}; split it",
            where=name,
        )
    cleaned = clean(reading.text)
    pieces = split(cleaned.text)
    if not pieces:
        raise DocumentError("文件中没有文字", "holds no text", where=name)
    sections = tuple(_in_original(piece, cleaned) for piece in pieces)
    return Document(
        name, reading.text, sections, facts_of(sections), cleaned.repairs, cleaned.unreadable, reading.notes
    )


def _in_original(piece: Section, cleaned: Cleaned) -> Section:
    """The piece with its span in the text as read; what was removed behind its last character belongs to it."""
    places = cleaned.placed.places
    end = places[piece.end - 1] + 1 if piece.end == piece.start else places[piece.end]
    return replace(piece, start=places[piece.start], end=max(end, places[piece.end - 1] + 1))
