"""How large a document may be: past these, a reader refuses it and says so."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "MAX_BYTES",
    "MAX_CHARACTERS",
    "MAX_MEMBERS",
    "MAX_MEMORY",
    "MAX_PAGES",
    "MAX_SECONDS",
    "MAX_UNPACKED_BYTES",
    "Limits",
]

MAX_BYTES = 100_000_000  # of one file
MAX_CHARACTERS = 20_000_000  # of its text
MAX_UNPACKED_BYTES = 500_000_000  # of one archive, or of a format that is one (docx, xlsx, ofd)
MAX_MEMBERS = 10_000  # files in an archive
MAX_PAGES = 5_000
MAX_MEMORY = 6_000_000_000  # address space of one worker, in bytes; a reader's own use is far below
MAX_SECONDS = 120.0  # for one document or archive


@dataclass(frozen=True, slots=True)
class Limits:
    """What a caller may lower: `files` in an archive with those inside it, `pages` of a PDF or OFD."""

    files: int = MAX_MEMBERS
    pages: int = MAX_PAGES
