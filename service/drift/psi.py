"""The population stability index of two distributions over the same classes, and the thresholds in common use."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["CHANGED", "MOVED", "psi", "word_of"]

CHANGED, MOVED = (
    0.1,
    0.25,
)  # Siddiqi, Credit Risk Scorecards (2006): below, stable; from the second on, a different population
HALF = 0.5  # is added to every count: a class that one side has none of would make the index infinite


def psi(expected: Sequence[float], found: Sequence[float]) -> float:
    """Of two rows of counts over the same classes: the sum of (f - e) ln(f / e) over the shares, less what chance alone gives between two
    samples of these sizes (classes - 1) (1 / sum e + 1 / sum f); at least 0."""
    whole_expected = sum(expected) + HALF * len(expected)
    whole_found = sum(found) + HALF * len(found)
    total = 0.0
    for one, other in zip(expected, found, strict=True):
        e, f = (one + HALF) / whole_expected, (other + HALF) / whole_found
        total += (f - e) * math.log(f / e)
    chance = (len(expected) - 1) * (1 / whole_expected + 1 / whole_found)
    return max(0.0, total - chance)


def word_of(index: float) -> str:
    """What it means: 稳定, 有变化 or 明显偏移."""
    return "稳定" if index < CHANGED else "有变化" if index < MOVED else "明显偏移"
