"""What was tagged by one version in a stretch of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from policy_themes.tagging.known import Familiar

__all__ = ["Window"]


@dataclass(frozen=True, slots=True)
class Window:
    """`sections` in all; of each theme (by id, "" for none) how often it was assigned, and the sum of its probabilities then;
    how familiar a sample of the texts was."""

    sections: int = 0
    characters: int = 0
    themes: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    familiar: Familiar = field(default_factory=Familiar)
