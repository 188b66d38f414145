"""The outline at the side: the headings that a page shows, or, where there are none, the beginnings of its sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.web.sheet import Block

__all__ = ["Entry", "outline_of"]

LONGEST = 28  # characters of an entry


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the outline: the block it leads to, how deep it stands (0 to 3), its words, and the number of sections below it."""

    at: int
    level: int
    words: str
    sections: int


def outline_of(blocks: Sequence[Block]) -> tuple[Entry, ...]:
    """The outline of these blocks."""
    heads = [place for place, block in enumerate(blocks) if block.kind == "heading"]
    if not heads:
        return tuple(Entry(one.at, 0, _words(one), 0) for one in blocks if one.kind == "section")
    ends = [*heads[1:], len(blocks)]
    return tuple(
        Entry(
            blocks[start].at,
            max(0, blocks[start].level - 1),
            _words(blocks[start]),
            sum(one.kind == "section" for one in blocks[start:end]),
        )
        for start, end in zip(heads, ends, strict=True)
    )


def _words(block: Block) -> str:
    words = "".join(segment.text for segment in block.segments[:3])
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
