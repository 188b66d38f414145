"""The colour of a theme, as a class of hues.css."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["COLOURS", "Palette"]

COLOURS = 36


class Palette:
    """A hue for each theme, by its place in the codebook. Themes beyond COLOURS, and those the live model lacks, share hues; their
    names tell them apart."""

    def __init__(self, ids: Sequence[str]) -> None:
        self._place = {one: at for at, one in enumerate(ids)}

    def hue(self, theme: str) -> str:
        """The class of the theme with this id."""
        at = self._place.get(theme, sum(theme.encode()))
        return f"hue-{at % COLOURS}"
