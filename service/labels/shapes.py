"""Bounds of what is kept."""

from __future__ import annotations

__all__ = ["LONGEST"]

LONGEST = 200  # characters of annotator, source, place
