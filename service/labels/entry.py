"""What one annotator says of one text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

__all__ = ["Entry", "Recorded", "digest_of"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A label to be recorded. `themes` are theme ids, the main one first; none of them says that the text carries none.

    `name` is the id that the text is exported under ("" has one made), `file` the file of labels/ it goes to, `at` when it was
    labelled (ISO 8601), `model` and
    `proposed` (theme id -> probability) what the annotator saw, `final` that it settles what others said.
    """

    text: str
    themes: tuple[str, ...]
    annotator: str
    at: str
    kind: str = "section"
    name: str = ""
    source: str = ""
    file: str = ""
    document: str = ""
    place: str = ""
    model: str = ""
    proposed: dict[str, float] = field(default_factory=dict)
    note: str = ""
    final: bool = False
    protected: bool = False

    @property
    def digest(self) -> str:
        """What the text is known by in the store."""
        return digest_of(self.text)


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many labels were `new` (the annotator had none on the text), `changed`, or the `same` as before.

    `ids` are those of the texts, in the order of the entries.
    """

    new: int
    changed: int
    same: int
    ids: tuple[int, ...]


def digest_of(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
