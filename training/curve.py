"""How accuracy grows with the number of labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.calibrate import calibrate
from training.folds import fold_of, scorer_of
from training.metrics import micro_f1
from training.prepare import Prepared

__all__ = ["Point", "learning_curve"]

SHARES = (8, 4, 2, 1)  # an eighth of the labels, a quarter, a half, all
LEAST_ITEMS = 10  # fewer may have no word in common


@dataclass(frozen=True, slots=True)
class Point:
    """Trained on `items`, micro-F1 on the sections of the fold left out, at the threshold best for them."""

    items: int
    micro_f1: float


def learning_curve(prepared: Prepared, sources: Sequence[str]) -> tuple[Point, ...]:
    """Leave the first fold that holds anything out, train on growing shares of the rest."""
    folds = [fold_of(source) for source in sources]
    left_out = min(folds[at] for at in prepared.measured)
    held = [at for at in prepared.measured if folds[at] == left_out]
    rest = [at for at, fold in enumerate(folds) if fold != left_out]
    points = []
    for share in SHARES:
        kept = rest[::share]
        if len(kept) < LEAST_ITEMS:
            continue
        scorer = scorer_of(prepared.items.at(kept) + prepared.phrases)
        scores = np.stack([score.themes for score in scorer.score(prepared.items.at(held).texts)])
        carried = prepared.items.carried[held]
        calibration = calibrate(scores, carried)
        points.append(Point(len(kept), micro_f1(carried, calibration.probabilities(scores) >= calibration.thresholds)))
    return tuple(points)
