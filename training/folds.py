"""Held-out scores: every item scored by a model that saw nothing of its source."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from policy_themes.tagging.scorer import Floats, Scorer
from training.fit import fit, weights_of
from training.labels import Item
from training.prepare import Examples

__all__ = ["FOLDS", "fold_of", "groups", "held_out_scores", "scorer_of"]

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


def scorer_of(examples: Examples) -> Scorer:
    """Fit on these examples and give the scorer that tagging would use."""
    pipeline = fit(examples.joined(), examples.carried)
    themes = np.zeros(examples.carried.shape[1])
    vocabulary = {str(feature): int(row) for feature, row in pipeline["tfidf"].vocabulary_.items()}
    return Scorer(vocabulary, weights_of(pipeline, themes + 1, themes, themes + 0.5))


def held_out_scores(items: Examples, sources: Sequence[str], always: Examples, report: Callable[[str], None]) -> Floats:
    """Scores (items, themes) of each item by the model of the folds it is not in; `always` joins every training set.

    `sources` names the source of each item.
    """
    scores = np.zeros(items.carried.shape, np.float32)
    folds = [fold_of(source) for source in sources]
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
        jobs = []
        for number in sorted(set(folds)):
            seen = [at for at, fold in enumerate(folds) if fold != number]
            held = [at for at, fold in enumerate(folds) if fold == number]
            jobs.append((held, pool.submit(_score_fold, items.at(seen) + always, items.at(held))))
        for done, (held, job) in enumerate(jobs, 1):
            scores[held] = job.result()
            report(f"留出验证 {done}/{len(jobs)}({len(held)} 条)")
    return scores


def _score_fold(seen: Examples, held: Examples) -> Floats:
    return np.stack([score.themes for score in scorer_of(seen).score(held.texts)])
