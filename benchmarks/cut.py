"""Texts cut into what the methods compare: wholes, sentences and windows of clauses."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.methods import Method
from policy_themes.tagging.features import Clause, clauses
from policy_themes.tagging.segment import Segmenter
from policy_themes.tagging.text import normalise

__all__ = ["Cut"]

Unit = tuple[str, str]  # a piece of text as its features, separated by spaces, and as its characters


@dataclass(frozen=True)
class Cut:
    """Texts cut into wholes, sentences and windows; `owners` says whose each sentence and window is."""

    wholes: list[Unit]
    pieces: tuple[list[Unit], list[Unit]]
    owners: tuple[list[int], list[int]]

    @classmethod
    def of(cls, texts: Sequence[str], segmenter: Segmenter, method: Method) -> Cut:
        wholes: list[Unit] = []
        pieces: tuple[list[Unit], list[Unit]] = ([], [])
        owners: tuple[list[int], list[int]] = ([], [])
        for at, text in enumerate(texts):
            found = [_changed(clause, text, segmenter, method) for clause in clauses(text, segmenter)]
            wholes.append(_unit(text, found))
            sentences: dict[int, list[Clause]] = {}
            for clause in found:
                sentences.setdefault(clause.sentence, []).append(clause)
            windows = [
                one[k : k + method.window]
                for one in sentences.values()
                for k in range(max(1, len(one) - method.window + 1))
            ]
            for number, units in enumerate((list(sentences.values()), windows)):
                pieces[number].extend(_unit(text, unit) for unit in units)
                owners[number].extend([at] * len(units))
        return cls(wholes, pieces, owners)

    def at(self, places: Sequence[int]) -> Cut:
        new = {old: at for at, old in enumerate(places)}
        chosen = [[k for k, owner in enumerate(owners) if owner in new] for owners in self.owners]
        return Cut(
            [self.wholes[at] for at in places],
            ([self.pieces[0][k] for k in chosen[0]], [self.pieces[1][k] for k in chosen[1]]),
            ([new[self.owners[0][k]] for k in chosen[0]], [new[self.owners[1][k]] for k in chosen[1]]),
        )


def _changed(clause: Clause, text: str, segmenter: Segmenter, method: Method) -> Clause:
    kept = clause.features
    if not method.inner_words:
        # A word follows the words inside it, so those inside it are prefixes or middles of a later, longer neighbour.
        kept = tuple(f for at, f in enumerate(kept) if not any(f in g for g in kept[at + 1 : at + 5]))
    if method.pairs:
        words = segmenter.words(normalise(text[clause.start : clause.end]))
        told = [word if parts else None for word in words if (parts := segmenter.parts(word)) is not None]
        kept += tuple(f"{one}_{two}" for one, two in pairwise(told) if one and two)
    return dataclasses.replace(clause, features=kept)


def _unit(text: str, found: Sequence[Clause]) -> Unit:
    words = " ".join(feature for clause in found for feature in clause.features)
    return words, normalise(text[found[0].start : found[-1].end]) if found else ""
