"""Held-out scores: every item scored by a model that saw nothing of its source."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from policy_themes.tagging.scorer import Floats
from training.fitting import Fitting
from training.labels import Item

__all__ = ["FOLDS", "HeldOutScores", "fold_of", "groups"]

FOLDS = 5


def fold_of(source: str) -> int:
    """The fold of a source, 0 to FOLDS - 1. By its name alone: a later training puts it in the same fold again."""
    return hashlib.sha256(source.encode()).digest()[0] % FOLDS


def groups(items: Sequence[Item], report: Callable[[str], None] = lambda _: None) -> list[str]:
    """What may not be split between folds, a name for each item: its source.

    Where that would leave fewer than half of the items to train on, as when all come from one file, each text stands for itself.
    """
    sources = [item.source for item in items]
    largest = max(Counter(map(fold_of, sources)).values(), default=0)
    if 2 * largest <= len(items):
        return sources
    report("来源太少,留出验证改为按条分折;为每条写明出自哪份文件,数字才可信 (too few sources: folds by item)")
    return [item.text for item in items]


class HeldOutScores:
    """The scores of each item by the model of the folds it is not in. `folds` (items,) is the fold of each."""

    def __init__(self, folds: Sequence[int], fitting: Fitting) -> None:
        self._folds = np.array(folds)
        self._jobs = {fold: fitting.scores(fold) for fold in sorted(set(folds))}

    def wait(self, themes: int, report: Callable[[str], None]) -> Floats:
        """(items, themes), once all folds are done."""
        scores = np.zeros((len(self._folds), themes), np.float32)
        for done, (fold, job) in enumerate(self._jobs.items(), 1):
            held = self._folds == fold
            scores[held] = job.result()
            report(f"留出验证 {done}/{len(self._jobs)}({held.sum()} 条)")
        return scores
