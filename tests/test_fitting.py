import multiprocessing
import os
import signal
import tempfile
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
import pytest

from policy_themes.tagging.features import Clause
from policy_themes.tagging.scorer import Scorer
from training.calibrate import calibrate
from training.curve import Curve
from training.fit import fit, weights_of
from training.fitting import Fitting
from training.folds import HeldOutScores, fold_of, groups
from training.labels import read_labels
from training.metrics import micro_f1
from training.prepare import Examples, Prepared, prepare


def test_held_out_scores_and_the_curve_are_those_of_models_fitted_here(small_labels: Path) -> None:
    labels = read_labels(small_labels)
    prepared = prepare(labels)
    folds = np.array([fold_of(group) for group in groups(labels.items)])
    told: list[str] = []
    with Fitting(prepared, folds.tolist()) as fitting:
        held, everything = HeldOutScores(folds.tolist(), fitting), fitting.everything()
        curve = Curve(prepared, folds.tolist(), fitting)
        scores, pipeline = held.wait(3, told.append), everything.result()
        curve.wait()
    for fold in sorted(set(folds.tolist())):
        np.testing.assert_array_equal(scores[folds == fold], fitted_here(prepared, folds, fold, 1))
    assert len(told) == len(set(folds.tolist()))
    all_of_it = prepared.items + prepared.phrases
    alone = fit(all_of_it.texts, all_of_it.carried)
    for ours, theirs in zip(pipeline["svm"].estimators_, alone["svm"].estimators_, strict=True):
        np.testing.assert_array_equal(ours.coef_, theirs.coef_)
    first, rest = folds.min(), int((folds != folds.min()).sum())
    sizes = {-(-rest // share): share for share in (8, 4, 2, 1)}
    points = curve.points(scores)
    assert [point.items for point in points] == [size for size in sizes if size >= 10]
    measured = np.intersect1d(prepared.measured, np.flatnonzero(folds == first))
    of_measured = np.searchsorted(np.flatnonzero(folds == first), measured)
    for point in points:
        expected = fitted_here(prepared, folds, first, sizes[point.items])[of_measured]
        assert point.micro_f1 == best(expected, prepared.items.carried[measured])


def fitted_here(prepared: Prepared, folds: np.ndarray, left_out: int, share: int) -> np.ndarray:
    seen = prepared.items.at(np.flatnonzero(folds != left_out)[::share].tolist()) + prepared.phrases
    pipeline = fit(seen.texts, seen.carried)
    zeros = np.zeros(seen.carried.shape[1])
    vocabulary = {str(feature): int(row) for feature, row in pipeline["tfidf"].vocabulary_.items()}
    held = prepared.items.at(np.flatnonzero(folds == left_out).tolist())
    scored = Scorer(vocabulary, weights_of(pipeline, zeros + 1, zeros, zeros + 0.5)).score(held.texts)
    return np.stack([one.themes for one in scored])


def best(scores: np.ndarray, carried: np.ndarray) -> float:
    calibration = calibrate(scores, carried)
    return micro_f1(carried, calibration.probabilities(scores) >= calibration.thresholds)


def test_more_items_than_features_do_not_change_the_solver() -> None:
    texts = [[Clause(0, 1, 0, (f"词{at % 7}", f"语{at % 3}"))] for at in range(200)]
    carried = np.array([[at % 7 < 2, at % 3 == 0] for at in range(200)])
    pipeline = fit(texts, carried)
    assert len(pipeline["tfidf"].vocabulary_) < len(texts)
    assert [machine.dual for machine in pipeline["svm"].estimators_] == [True, True]


@pytest.mark.timeout(60)
def test_a_killed_process_ends_the_training_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    # More than a pipe takes at once.
    texts = tuple([Clause(0, 1, 0, (f"词{at}", f"语{at % 50}"))] for at in range(20_000))
    items = Examples(texts, np.arange(20_000)[:, None] % 2 == 0)
    before = set(multiprocessing.active_children())
    with Fitting(Prepared(items, items.at([0, 1]), (0,)), [at % 5 for at in range(20_000)]) as fitting:
        job = fitting.scores(0)
        assert list(tmp_path.iterdir())
        for process in set(multiprocessing.active_children()) - before:
            os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(BrokenProcessPool):
            job.result(timeout=50)
    assert list(tmp_path.iterdir()) == []
