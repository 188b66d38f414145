"""How well predicted themes match labelled ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from policy_themes.tagging.scorer import Floats
from training.fit import Matrix

__all__ = ["Bin", "Metrics", "ThemeMetrics", "calibration_error", "measure", "micro_f1", "reliability"]

TENTHS = 10


@dataclass(frozen=True, slots=True)
class ThemeMetrics:
    """Of one theme: precision, recall and F1 (0 to 1), and how many items carry it."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Of the `count` text-theme pairs whose probability falls in a tenth: their mean probability, and the share that is carried."""

    probability: float
    frequency: float
    count: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """Over `items` texts. `macro_f1` is over the themes that any of them carries; `first_right` is the share of theme-carrying
    items whose most probable assigned theme is right; `none_right` the share right among those assigned nothing;
    `calibration_error` the expected calibration error over ten bins."""

    items: int
    precision: float
    recall: float
    micro_f1: float
    macro_f1: float
    exact: float
    first_right: float
    none_right: float
    calibration_error: float
    reliability: tuple[Bin, ...]
    themes: tuple[ThemeMetrics, ...]


def micro_f1(carried: Matrix, assigned: Matrix) -> float:
    """F1 over all item-theme pairs; 1 where nothing is carried and nothing assigned."""
    total = int(carried.sum() + assigned.sum())
    return 2 * int((carried & assigned).sum()) / total if total else 1.0


def measure(carried: Matrix, probabilities: Floats, thresholds: Floats, names: Sequence[str]) -> Metrics:
    """Compare `carried` (items, themes) with `probabilities` (items, themes) cut at `thresholds` (themes,)."""
    assigned = probabilities >= thresholds
    hits = int((carried & assigned).sum())
    themes = tuple(_theme(name, carried[:, at], assigned[:, at]) for at, name in enumerate(names))
    bins = reliability(carried, probabilities)
    met = [theme.f1 for theme in themes if theme.support]
    return Metrics(
        items=len(carried),
        precision=_share(hits, int(assigned.sum())),
        recall=_share(hits, int(carried.sum())),
        micro_f1=micro_f1(carried, assigned),
        macro_f1=sum(met) / len(met) if met else 1.0,
        exact=float((carried == assigned).all(axis=1).mean()),
        first_right=_first_right(carried, probabilities, assigned),
        none_right=_share(
            int((~assigned.any(axis=1) & ~carried.any(axis=1)).sum()), int((~assigned.any(axis=1)).sum())
        ),
        calibration_error=calibration_error(bins),
        reliability=bins,
        themes=themes,
    )


def reliability(carried: Matrix, probabilities: Floats) -> tuple[Bin, ...]:
    """The pairs by tenths of probability; empty tenths are left out."""
    p, right = probabilities.reshape(-1).astype(np.float64), carried.reshape(-1)
    tenth = np.minimum((p * TENTHS).astype(int), TENTHS - 1)
    chosen = [tenth == at for at in range(TENTHS)]
    return tuple(Bin(float(p[one].mean()), float(right[one].mean()), int(one.sum())) for one in chosen if one.any())


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: the gap between probability and frequency, averaged over all pairs."""
    return sum(one.count * abs(one.probability - one.frequency) for one in bins) / sum(one.count for one in bins)


def _theme(name: str, carried: Matrix, assigned: Matrix) -> ThemeMetrics:
    hits = int((carried & assigned).sum())
    return ThemeMetrics(
        name=name,
        precision=_share(hits, int(assigned.sum())),
        recall=_share(hits, int(carried.sum())),
        f1=micro_f1(carried, assigned),
        support=int(carried.sum()),
    )


def _first_right(carried: Matrix, probabilities: Floats, assigned: Matrix) -> float:
    carrying = carried.any(axis=1)
    first = np.where(assigned, probabilities, -1).argmax(axis=1)
    right = carried[np.arange(len(carried)), first] & assigned.any(axis=1)
    return _share(int(right[carrying].sum()), int(carrying.sum()))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
