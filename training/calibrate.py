"""Held-out scores -> probabilities, and the probability from which a theme is assigned.

Each theme's probability is a logistic function of its score (Platt 1999), fitted on held-out sections and drawn halfway towards
the curve of all themes together: curves and thresholds tuned theme by theme won on the written labels and lost on real documents.
One threshold on that probability serves all themes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from policy_themes.tagging.scorer import Floats
from training.fit import Matrix
from training.metrics import micro_f1

__all__ = ["Calibration", "calibrate"]

# Real documents score lower than the written text that held-out folds are made of, and F1 is flat around its best: of the
# thresholds that written text hardly tells apart, the lowest serves real text best. SLACK and SHRINKAGE were set on 324
# reworded sections of real documents (DECISIONS.md, 3).
SLACK = 0.015
SHRINKAGE = 0.5
FEW = 300  # held-out texts below which the best threshold is an accident: on 60 texts it was anything from 0.12 to 0.57
LEAST_CARRIERS = 5  # a theme with fewer held-out sections takes the curve of all themes together


@dataclass(frozen=True, slots=True)
class Calibration:
    """Per theme (T,): probability = 1 / (1 + exp(-(slope * score + offset))); assigned from `thresholds`."""

    slopes: Floats
    offsets: Floats
    thresholds: Floats

    def probabilities(self, scores: Floats) -> Floats:
        """(items, T) scores -> (items, T) probabilities."""
        result: Floats = (1 / (1 + np.exp(-(self.slopes * scores + self.offsets)))).astype(np.float32)
        return result


def calibrate(scores: Floats, carried: Matrix) -> Calibration:
    """Fit on held-out `scores` and what the items really carry, both (items, themes)."""
    with threadpool_limits(
        1
    ):  # sums this short are slower on many threads, by seconds where others keep the cores busy
        return _calibrated(scores, carried)


def _calibrated(scores: Floats, carried: Matrix) -> Calibration:
    themes = scores.shape[1]
    pooled = _curve(scores.reshape(-1), carried.reshape(-1))
    curves = [
        _curve(scores[:, at], carried[:, at]) if LEAST_CARRIERS <= carried[:, at].sum() < len(scores) else pooled
        for at in range(themes)
    ]
    drawn = SHRINKAGE * np.array(pooled) + (1 - SHRINKAGE) * np.array(curves)
    slopes, offsets = drawn.astype(np.float32).T
    uncut = Calibration(slopes, offsets, np.zeros(themes, np.float32))
    threshold = _threshold(uncut.probabilities(scores), carried)
    return Calibration(slopes, offsets, np.full(themes, threshold, np.float32))


def _curve(scores: Floats, carried: npt.NDArray[np.bool_]) -> tuple[float, float]:
    if carried.all() or not carried.any():
        return 1.0, 0.0
    fitted = LogisticRegression(C=1e3).fit(scores[:, None], carried)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _threshold(probabilities: Floats, carried: Matrix) -> float:
    """The lowest probability, in steps of 0.01, whose micro-F1 on held-out text is within SLACK of the best.

    Of few texts: half of the best F1, which is where F1 is best if probabilities are right (Lipton, Elkan and Narayanaswamy 2014).
    """
    steps = np.arange(10, 61) / 100
    f1 = np.array([micro_f1(carried, probabilities >= step) for step in steps])
    if len(carried) < FEW:
        return round(float(f1.max()) / 2, 2)
    return float(steps[np.flatnonzero(f1 >= f1.max() - SLACK)[0]])
