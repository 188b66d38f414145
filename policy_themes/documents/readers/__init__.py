"""Bytes of one format -> its text: one format a module, its library imported only when such a file is met."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Reading"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found: the text in reading order, one paragraph, heading or table row a line, cells parted by tabs; and
    `notes` for the report, in Chinese, on what was left out."""

    text: str
    notes: tuple[str, ...] = ()
