"""How accuracy grows with the number of labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from policy_themes.tagging.scorer import Floats
from training.calibrate import calibrate
from training.fitting import Fitting
from training.metrics import micro_f1
from training.prepare import Prepared

__all__ = ["Curve", "Point"]

SHARES = (2, 4, 8)  # a half of the labels, a quarter, an eighth
LEAST_ITEMS = 10  # fewer may have no word in common


@dataclass(frozen=True, slots=True)
class Point:
    """Trained on `items`, micro-F1 on the sections of the fold left out, at the threshold best for them."""

    items: int
    micro_f1: float


class Curve:
    """Leaves out the first fold that holds anything that is measured, and trains on growing shares of the rest.

    `folds` (items,) is the fold of each item.
    """

    def __init__(self, prepared: Prepared, folds: Sequence[int], fitting: Fitting) -> None:
        at, measured = np.array(folds), np.array(prepared.measured)
        left_out = int(at[measured].min())
        self._held = measured[at[measured] == left_out]
        self._rows = np.searchsorted(np.flatnonzero(at == left_out), self._held)  # of those among all of the fold
        self._carried = prepared.items.carried[self._held]
        self._all = int((at != left_out).sum())
        sizes = {share: -(-self._all // share) for share in SHARES}
        # The largest is begun first: short work at the end keeps both processes busy.
        self._jobs = [(size, fitting.scores(left_out, share)) for share, size in sizes.items() if size >= LEAST_ITEMS]

    def wait(self) -> None:
        """Until all is trained."""
        for _, job in self._jobs:
            job.result()

    def points(self, scores: Floats) -> tuple[Point, ...]:
        """The smallest share first. `scores` (items, themes) are the held-out ones: of this fold, by a model trained on all of the rest."""
        points = [self._point(size, job.result()[self._rows]) for size, job in reversed(self._jobs)]
        if self._all >= LEAST_ITEMS:
            points.append(self._point(self._all, scores[self._held]))
        return tuple(points)

    def _point(self, items: int, scores: Floats) -> Point:
        calibration = calibrate(scores, self._carried)
        assigned = calibration.probabilities(scores) >= calibration.thresholds
        return Point(items, micro_f1(self._carried, assigned))
