"""Text and the places its characters came from, so that what is shown can be found in what the user gave."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Edit", "Placed"]


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace characters `start` to `end` (exclusive) by `to`."""

    start: int
    end: int
    to: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """`text`, and for each of its characters, and for its end, where it stands in the original: len(text) + 1 places,
    never decreasing."""

    text: str
    places: Sequence[int]

    @classmethod
    def of(cls, text: str) -> Placed:
        """An original: every character stands where it stands."""
        return cls(text, range(len(text) + 1))

    def edited(self, edits: Iterable[Edit]) -> Placed:
        """The text after `edits`, which are in order and do not overlap. What replaces a piece of another length stands
        where that piece began."""
        pieces: list[str] = []
        places = array("L")
        at = 0
        for edit in edits:
            pieces += self.text[at : edit.start], edit.to
            places.extend(self.places[at : edit.start])
            if len(edit.to) == edit.end - edit.start:
                places.extend(self.places[edit.start : edit.end])
            else:
                places.extend([self.places[edit.start]] * len(edit.to))
            at = edit.end
        if not pieces:
            return self
        places.extend(self.places[at:])
        return Placed("".join([*pieces, self.text[at:]]), places)
