"""Labels -> what fitting takes: each item's clauses and the themes it carries, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from policy_themes.tagging.features import Clause, clauses
from policy_themes.tagging.segment import Segmenter
from training.fit import Matrix
from training.labels import Item, Labels
from training.phrases import phrases

__all__ = ["Examples", "Prepared", "prepare"]

LEAST_SECTIONS = 20  # fewer say little: clauses then have their say too


@dataclass(frozen=True, slots=True)
class Examples:
    """N texts, each as its clauses, and `carried` (N, themes)."""

    texts: tuple[list[Clause], ...]
    carried: Matrix

    def at(self, places: Sequence[int]) -> Examples:
        """Those at `places`."""
        return Examples(tuple(self.texts[place] for place in places), self.carried[list(places)])

    def __add__(self, other: Examples) -> Examples:
        return Examples(self.texts + other.texts, np.concatenate([self.carried, other.carried]))


@dataclass(frozen=True, slots=True)
class Prepared:
    """The labelled `items`; the codebook's `phrases`, which join every training set; and the places of the items by which
    calibration and metrics go: the sections, or all items where there are too few of them."""

    items: Examples
    phrases: Examples
    measured: tuple[int, ...]


def prepare(labels: Labels) -> Prepared:
    """Segment every item and phrase once."""
    segmenter = Segmenter(labels.lexicon)
    place = {theme.name: at for at, theme in enumerate(labels.codebook.active)}
    sections = [at for at, item in enumerate(labels.items) if item.kind == "section"]
    return Prepared(
        items=_examples(labels.items, place, segmenter),
        phrases=_examples(phrases(labels.codebook), place, segmenter),
        measured=tuple(sections if len(sections) >= LEAST_SECTIONS else range(len(labels.items))),
    )


def _examples(items: Sequence[Item], place: dict[str, int], segmenter: Segmenter) -> Examples:
    carried = np.zeros((len(items), len(place)), bool)
    for at, item in enumerate(items):
        carried[at, [place[theme] for theme in item.themes]] = True
    return Examples(tuple(clauses(item.text, segmenter) for item in items), carried)
