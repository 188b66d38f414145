"""Scores -> probabilities -> the themes that a text is assigned."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from policy_themes.tagging import loops
from policy_themes.tagging.counts import Doubles

__all__ = ["Assigned", "Calibration", "assigned", "best_first"]

_VALUE = itemgetter(1)
MOST_EXPONENT = 700  # e to the power of 710 is too large a number

Assigned = list[
    tuple[int, float]
]  # the themes of one text, best first: each its place among the themes and its probability


@dataclass(frozen=True, slots=True)
class Calibration:
    """`slopes` and `offsets` (T,): what turns a score into a probability."""

    slopes: Doubles
    offsets: Doubles

    def probabilities(self, scores: Doubles) -> Doubles:
        """Of scores (N, T)."""
        if loops.compiled:
            return loops.compiled.probable(scores, self.slopes, self.offsets)
        powers = np.exp(np.minimum(-(scores * self.slopes + self.offsets), MOST_EXPONENT))
        result: Doubles = 1 / (1 + powers)
        return result


def assigned(probabilities: Doubles, thresholds: Doubles, top: int | None) -> list[Assigned]:
    """The themes of each text, from probabilities (N, T) and those (T,) from which a theme is assigned; at most `top`."""
    most = top or len(thresholds)
    return (loops.compiled.assigned if loops.compiled else best_first)(probabilities, thresholds, most)


def best_first(probabilities: Doubles, thresholds: Doubles, most: int) -> list[Assigned]:
    """The same by numpy."""
    texts, themes = (probabilities >= thresholds).nonzero()
    found: list[Assigned] = [[] for _ in probabilities]
    for text, theme, value in zip(texts.tolist(), themes.tolist(), probabilities[texts, themes].tolist(), strict=True):
        found[text].append((theme, value))
    for some in found:
        if len(some) > 1:
            some.sort(key=_VALUE, reverse=True)
            del some[most:]
    return found
