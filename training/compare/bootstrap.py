"""How far a difference in F1 may be chance: the sections are drawn again and again, both models measured on each draw.

The paired bootstrap (Efron and Tibshirani 1993): a draw takes the same sections for both models, so what is hard for both
does not widen the interval. A draw is a row of weights over the sections, so a block of draws is one matrix product.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from policy_themes.tagging.scorer import Floats
from training.fit import Matrix

__all__ = ["Draws", "bootstrap", "interval"]

RESAMPLES = 2_000
SEED = 20261123
BLOCK = 250  # draws weighed at once: 10 MB for 10,000 sections


@dataclass(frozen=True, slots=True)
class Draws:
    """Differences (candidate minus live) over the draws: `micro` and `macro` (draws,), `themes` (draws, T), not a number in
    draws that hold no section with the theme."""

    micro: Floats
    macro: Floats
    themes: Floats


def bootstrap(carried: Matrix, live: Matrix, candidate: Matrix) -> Draws:
    """All three (sections, T), of at least one section and one theme. The same input gives the same draws."""
    counted = (
        2 * (carried & live),
        carried + live.astype(int),
        2 * (carried & candidate),
        carried + candidate.astype(int),
    )
    counts = np.concatenate([*counted, carried], axis=1).astype(np.float32)
    sums = np.concatenate([weights @ counts for weights in _weights(len(carried))])
    hits_live, all_live, hits_new, all_new, support = np.split(sums, 5, axis=1)
    micro = _f1(hits_new.sum(axis=1), all_new.sum(axis=1)) - _f1(hits_live.sum(axis=1), all_live.sum(axis=1))
    themes = np.where(support > 0, _f1(hits_new, all_new) - _f1(hits_live, all_live), np.nan)
    met = np.maximum(1, (support > 0).sum(axis=1))
    return Draws(micro, (np.nansum(themes, axis=1) / met).astype(np.float32), themes.astype(np.float32))


def interval(draws: npt.NDArray[np.floating], level: float = 0.95) -> tuple[float, float]:
    """The middle `level` of the draws, (low, high); (0, 0) if none is a number."""
    known = draws[~np.isnan(draws)]
    if not len(known):
        return 0.0, 0.0
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _weights(sections: int) -> Iterator[Floats]:
    """Blocks of (draws, sections): how often each draw takes each section."""
    random = np.random.default_rng(SEED)
    for start in range(0, RESAMPLES, BLOCK):
        rows = min(BLOCK, RESAMPLES - start)
        taken = random.integers(0, sections, (rows, sections), dtype=np.int64)
        taken += np.arange(rows)[:, None] * sections
        yield np.bincount(taken.ravel(), minlength=rows * sections).reshape(rows, sections).astype(np.float32)


def _f1(hits: Floats, total: Floats) -> Floats:
    """Of doubled hits and totals; 1 where nothing is carried and nothing assigned."""
    result: Floats = np.where(total > 0, hits / np.maximum(total, 1), 1)
    return result
