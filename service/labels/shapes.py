"""Bounds of what is kept."""

from __future__ import annotations

import re

__all__ = ["LONGEST", "ONE_LINE", "as_line"]

LONGEST = 200  # characters of annotator, source, place
# As files of labels are held to it when they are read: what is kept must be good to export and to import again.
ONE_LINE = r"^[^\x00-\x1f\x7f]*$"


def as_line(written: str) -> str:
    """What names a file, as a source: one line, no longer than LONGEST."""
    return re.sub(r"[\x00-\x1f\x7f]", " ", written)[:LONGEST]
