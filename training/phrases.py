"""The codebook's own phrases as labels: what a theme `covers`, each phrase a clause that carries it.

Worth several points on real text (DESIGN.md, the model): they name the sub-topics that few labelled items reach.
"""

from __future__ import annotations

import re

from policy_themes.tagging.text import normalise
from policy_themes.themes import Codebook
from training.labels import Item

__all__ = ["phrases"]

SOURCE = "codebook"
_PARTS = re.compile(r"[、,;()]|与|和")


def phrases(codebook: Codebook) -> list[Item]:
    """One clause item for each phrase of each active theme's `covers`."""
    found = []
    for theme in codebook.active:
        for number, phrase in enumerate(filter(_long_enough, _PARTS.split(normalise(theme.covers))), 1):
            key = f"{SOURCE}-{theme.id}-{number}"
            found.append(Item(key, "clause", phrase, (theme.name,), SOURCE, SOURCE, "", f"themes.yaml:{theme.name}"))
    return found


def _long_enough(phrase: str) -> bool:
    return len(phrase.strip()) > 1
