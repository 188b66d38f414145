"""How two models differ on one set of sections: overall, and theme by theme, each difference with its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.compare.bootstrap import bootstrap, interval
from training.compare.pairs import Known, Pairs
from training.fit import Matrix
from training.metrics import micro_f1

__all__ = ["LEAST_SUPPORT", "Difference", "Figures", "NewTheme", "SetDifference", "ThemeDifference", "differences"]

LEAST_SUPPORT = 20  # sections with a theme below which its figures decide nothing


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of the live model and the candidate (0 to 1), and the interval [low, high] of candidate minus live."""

    live: float
    candidate: float
    low: float
    high: float

    @property
    def change(self) -> float:
        """Candidate minus live, of figures as shown (four decimals)."""
        return round(round(self.candidate, 4) - round(self.live, 4), 4)

    @property
    def falls(self) -> bool:
        """Whether the whole interval lies below 0."""
        return self.change < 0 and self.high < 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one theme and one model: precision, recall and F1, 1 where there was nothing to find or nothing found."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class ThemeDifference:
    """One theme that both know; `support` sections carry it. The intervals of all themes hold together at 95%."""

    id: str
    name: str
    support: int
    live: Figures
    candidate: Figures
    f1: Difference


@dataclass(frozen=True, slots=True)
class NewTheme:
    """A theme that the live model does not know, with the candidate's own figures; it has no part in the comparison."""

    id: str
    name: str
    support: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class SetDifference:
    """On the set `name` ("protected" or "held_out") of so many sections, over the themes that both know."""

    name: str
    sections: int
    micro: Difference
    macro: Difference
    themes: tuple[ThemeDifference, ...]
    new: tuple[NewTheme, ...]


def differences(pairs: Pairs, known: Known) -> SetDifference:
    """Measure. `pairs` must hold a section.

    The themes' intervals are widened (Bonferroni): of 34 themes at 95% each, one or two would fall by chance in every comparison, and
    a gate that goes by them would refuse good models.
    """
    ids = known.common
    carried, live, candidate = (side(known, ids) for side in (pairs.carried, pairs.live, pairs.candidate))
    draws = bootstrap(carried, live, candidate)
    level = 1 - 0.05 / max(1, int((carried.sum(axis=0) >= LEAST_SUPPORT).sum()))
    themes = []
    for at, key in enumerate(ids):
        old, new = (_figures(carried[:, at], side[:, at]) for side in (live, candidate))
        change = Difference(old.f1, new.f1, *interval(draws.themes[:, at], level))
        themes.append(ThemeDifference(key, known.candidate[key], int(carried[:, at].sum()), old, new, change))
    return SetDifference(
        name=pairs.name,
        sections=len(pairs.rows),
        micro=Difference(micro_f1(carried, live), micro_f1(carried, candidate), *interval(draws.micro)),
        macro=Difference(
            _macro([(t.support, t.live) for t in themes]),
            _macro([(t.support, t.candidate) for t in themes]),
            *interval(draws.macro),
        ),
        themes=tuple(themes),
        new=_new(pairs, known),
    )


def _new(pairs: Pairs, known: Known) -> tuple[NewTheme, ...]:
    carried, assigned = pairs.carried(known, known.new), pairs.candidate(known, known.new)
    return tuple(
        NewTheme(key, known.candidate[key], int(carried[:, at].sum()), _figures(carried[:, at], assigned[:, at]))
        for at, key in enumerate(known.new)
    )


def _figures(carried: Matrix, assigned: Matrix) -> Figures:
    """Of one theme, both (sections,)."""
    hits, found, there = (int(np.sum(one)) for one in (carried & assigned, assigned, carried))
    return Figures(hits / found if found else 1.0, hits / there if there else 1.0, micro_f1(carried, assigned))


def _macro(themes: list[tuple[int, Figures]]) -> float:
    """Mean F1 over the themes that any section carries."""
    met = [figures.f1 for support, figures in themes if support]
    return sum(met) / len(met) if met else 1.0
