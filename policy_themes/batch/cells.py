"""Cells of CSV: text that a spreadsheet would run as a formula, made plain text. `training.exchange.cells.restored` gives it back."""

from __future__ import annotations

import re

__all__ = ["RISKY", "inert"]

# A spreadsheet runs a cell that begins like a formula, in full width too; an apostrophe makes it text (OWASP, CSV injection).
# A text that begins with an apostrophe itself gets another, so that reading takes away no more than writing added.
RISKY = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n']")


def inert(text: str) -> str:
    """`text` as a cell that no spreadsheet runs."""
    return f"'{text}" if RISKY.match(text) else text
