"""How often each theme occurs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from policy_themes.tagging.tagger import Tagging
from service.web.palette import Palette

__all__ = ["ThemeCount", "counts_of"]


@dataclass(frozen=True, slots=True)
class ThemeCount:
    """A theme with the number of sections that carry it."""

    id: str
    name: str
    hue: str
    count: int


def counts_of(taggings: Iterable[Tagging], palette: Palette) -> tuple[ThemeCount, ...]:
    """The themes of some sections, most frequent first."""
    counts = Counter((theme.id, theme.name) for tagging in taggings for theme in tagging.themes)
    return tuple(ThemeCount(key, name, palette.hue(key), count) for (key, name), count in counts.most_common())
