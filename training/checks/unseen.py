"""Every item scored by a model that saw nothing of its source, with what each feature weighs in that model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np

from policy_themes.tagging.features import Clause
from policy_themes.tagging.scorer import Floats, Scorer, Weights
from training.fit import Matrix, fit, weights_of
from training.folds import fold_of
from training.prepare import Examples

__all__ = ["Unseen", "unseen"]

WORDS = 5  # shown for one theme


@dataclass(frozen=True, slots=True)
class _Fold:
    """The model of the other folds: feature -> row, and its arrays."""

    row: dict[str, int]
    weights: Weights


@dataclass(frozen=True, slots=True)
class Unseen:
    """`scores` (items, themes), and `judged` (items, themes): whether the model that gave them had learnt the theme from enough items."""

    scores: Floats
    judged: Matrix
    _folds: dict[int, _Fold]
    _fold_of: tuple[int, ...]

    def words(self, item: int, theme: int, text: Sequence[Clause], *, against: bool) -> tuple[str, ...]:
        """The features of `text`, the item's clauses, that spoke most for the theme, or `against` it; the strongest first."""
        fold = self._folds[self._fold_of[item]]
        count = Counter(feature for clause in text for feature in clause.features if feature in fold.row)
        rows = [fold.row[feature] for feature in count]
        values = (1 + np.log(np.array(list(count.values()), np.float64))) * fold.weights.idf[rows]
        weighed = values * fold.weights.coefficients[rows, theme] * (-1 if against else 1)
        ranked = sorted(zip((-weighed).tolist(), count, strict=True))
        return tuple(feature for weight, feature in ranked[:WORDS] if weight < 0)


def unseen(
    items: Examples, groups: Sequence[str], always: Examples, least: int, report: Callable[[str], None]
) -> Unseen | None:
    """Train on all folds but one, five times, in two processes; `always` joins every training set.

    `groups` names what may not be split between folds, for each item. A theme is judged where at least `least` items of the other
    folds carry it; None if no theme of no item can be.
    """
    folds = np.array([fold_of(group) for group in groups])
    carried = items.carried.sum(axis=0)
    learnt = {fold: carried - items.carried[folds == fold].sum(axis=0) >= least for fold in sorted(set(folds.tolist()))}
    if not all(themes.any() for themes in learnt.values()) or not learnt:
        return None
    scores, trained = np.zeros(items.carried.shape, np.float32), {}
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
        jobs = {}
        for fold in learnt:
            seen, held = (np.flatnonzero(rule).tolist() for rule in (folds != fold, folds == fold))
            jobs[fold] = held, pool.submit(_trained, items.at(seen) + always, items.at(held))
        for done, (fold, (held, job)) in enumerate(jobs.items(), 1):
            scores[held], trained[fold] = job.result()
            report(f"留出验证 {done}/{len(jobs)}({len(held)} 条)")
    return Unseen(scores, np.stack([learnt[fold] for fold in folds.tolist()]), trained, tuple(folds.tolist()))


def _trained(seen: Examples, held: Examples) -> tuple[Floats, _Fold]:
    pipeline = fit(seen.texts, seen.carried)
    themes = np.zeros(seen.carried.shape[1])
    fold = _Fold(
        {str(feature): int(row) for feature, row in pipeline["tfidf"].vocabulary_.items()},
        weights_of(pipeline, themes + 1, themes, themes + 0.5),
    )
    scored = Scorer(fold.row, fold.weights).score(held.texts)
    return np.stack([score.themes for score in scored]), fold
