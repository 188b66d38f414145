"""What a model folder says of each theme: how well it was told on text held out, and the words that weigh most for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from policy_themes.errors import ModelError

__all__ = ["Figure", "figures_of", "words_of"]

WORDS = 16
SHORTEST = 2  # characters: single ones say little by themselves


@dataclass(frozen=True, slots=True)
class Figure:
    """Of a theme on held-out text, in percent: of the texts given it, those that carry it; of the `texts` that carry it, those found."""

    right: int
    found: int
    texts: int


def figures_of(folder: Path) -> Mapping[str, Figure]:
    """By theme name as the version knows it; empty for a folder that has none."""
    try:
        return _figures(folder)
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def words_of(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """The words that speak most for each theme, by theme id, heaviest first; empty for a folder that does not load."""
    try:
        return _words(folder)
    except (ModelError, OSError):
        return {}


@lru_cache(maxsize=2)
def _figures(folder: Path) -> Mapping[str, Figure]:
    told = json.loads((folder / "metrics.json").read_text("utf-8"))["held_out"]["themes"]
    return {
        str(one["name"]): Figure(round(100 * one["precision"]), round(100 * one["recall"]), int(one["support"]))
        for one in told
    }


@lru_cache(maxsize=2)
def _words(folder: Path) -> Mapping[str, tuple[str, ...]]:
    from policy_themes.store import load_model

    model = load_model(folder)
    long = [row for row, word in enumerate(model.vocabulary) if len(word) >= SHORTEST]
    weights = (model.weights.idf[:, None] * model.weights.coefficients)[long]
    words: dict[str, tuple[str, ...]] = {}
    for column, theme in enumerate(model.themes):
        heaviest = (-weights[:, column]).argsort()[:WORDS]
        words[theme.id] = tuple(model.vocabulary[long[at]] for at in heaviest if weights[at, column] > 0)
    return words
