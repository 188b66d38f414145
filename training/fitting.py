"""Models fitted on parts of the examples, two at a time."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from sklearn.pipeline import Pipeline

from policy_themes.tagging.scorer import Floats, Scorer
from training.fit import fit, weights_of
from training.prepare import Examples, Prepared

__all__ = ["Fitting"]

PROCESSES = 2


class Fitting:
    """Processes that hold all examples. What is asked first is begun first. `folds` (items,) is the fold of each item;
    `scratch` is the folder for what is removed at the end, by default that of the system.

    They read the examples from a file, and a job is told in two numbers. More than a pipe takes at once would keep us waiting
    for ever for a process that was killed before it had read it.
    """

    def __init__(self, prepared: Prepared, folds: Sequence[int], scratch: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="policy-themes-training-", dir=scratch)
        path = Path(self._folder.name) / "examples"
        with path.open("wb") as file:
            pickle.dump((prepared.items, prepared.phrases, np.array(folds)), file, pickle.HIGHEST_PROTOCOL)
        self._pool = ProcessPoolExecutor(PROCESSES, get_context("spawn"), initializer=_read, initargs=(path,))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._folder.cleanup()

    def scores(self, left_out: int, share: int = 1) -> Future[Floats]:
        """(items of that fold, themes): what a model says of them that was fitted on every `share`-th item of the other folds."""
        return self._pool.submit(_scores, left_out, share)

    def everything(self) -> Future[Pipeline]:
        """Fitted on all items."""
        return self._pool.submit(_everything)


_given: list[tuple[Examples, Examples, np.ndarray]] = []  # in such a process: items, phrases (always fitted on), folds


def _read(path: Path) -> None:
    with path.open("rb") as file:
        _given.append(pickle.load(file))  # noqa: S301 -- this run wrote it


def _scores(left_out: int, share: int) -> Floats:
    items, phrases, folds = _given[0]
    seen, held = (np.flatnonzero(rule).tolist() for rule in (folds != left_out, folds == left_out))
    scorer = _scorer_of(items.at(seen[::share]) + phrases)
    return np.stack([score.themes for score in scorer.score(items.at(held).texts)])


def _everything() -> Pipeline:
    items, phrases, _ = _given[0]
    everything = items + phrases
    return fit(everything.texts, everything.carried)


def _scorer_of(examples: Examples) -> Scorer:
    """The scorer that tagging would use."""
    pipeline = fit(examples.texts, examples.carried)
    themes = np.zeros(examples.carried.shape[1])
    vocabulary = {str(feature): int(row) for feature, row in pipeline["tfidf"].vocabulary_.items()}
    return Scorer(vocabulary, weights_of(pipeline, themes + 1, themes, themes + 0.5))
