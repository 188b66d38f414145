"""Labelled features -> a fitted linear model.

The scikit-learn pipeline is a TfidfVectorizer over features that are already cut (see policy_themes.tagging.features) and one linear
support vector machine a theme. Its coefficients are rounded to half precision before anything is measured, so that the
pipeline people study and the arrays tagging loads give the same scores.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC

from policy_themes.tagging.scorer import Weights

__all__ = ["Matrix", "fit", "weights_of"]

Matrix = npt.NDArray[np.bool_]

SEED = 20261122
COST = 0.5  # of LinearSVC; benchmarks/accuracy.py compares. Solved in the dual whatever the size: left to choose, scikit-learn takes
# the primal once there are more items than features, and that takes two to three times as long.
LEAST_ITEMS = 2  # a feature met in fewer items tells nothing about text not yet seen
WORD = r"\S+"  # features are cut already
NEVER = -10.0  # the score of a theme that no training item carries
ALWAYS = 10.0  # and of one that every training item carries


def fit(features: Sequence[str], carried: Matrix) -> Pipeline:
    """Fit on `features`, one string of space-separated features an item, and `carried` (items, themes).

    The pipeline's decision_function gives (items, themes). A theme no item carries always scores NEVER, one every item carries ALWAYS.
    """
    pipeline = Pipeline(
        [
            (
                "tfidf",
                TfidfVectorizer(
                    token_pattern=WORD, lowercase=False, sublinear_tf=True, min_df=LEAST_ITEMS, dtype=np.float32
                ),
            ),
            ("svm", OneVsRestClassifier(LinearSVC(C=COST, random_state=SEED, dual=True))),
        ]
    )
    constant = np.where(carried.any(axis=0), np.where(carried.all(axis=0), ALWAYS, 0.0), NEVER)
    # A column without both kinds of example has nothing to fit; scikit-learn would put another kind of estimator there.
    learnt = carried[:, constant == 0] if not constant.all() else np.eye(len(carried), 1, dtype=bool)
    pipeline.fit(list(features), learnt.astype(np.int8))
    return _completed(pipeline, constant)


def weights_of(pipeline: Pipeline, slopes: npt.ArrayLike, offsets: npt.ArrayLike, thresholds: npt.ArrayLike) -> Weights:
    """The pipeline's arrays, with the calibration (each (themes,))."""
    machines = pipeline["svm"].estimators_
    return Weights(
        idf=pipeline["tfidf"].idf_.astype(np.float32),
        coefficients=np.stack([machine.coef_[0] for machine in machines], axis=1).astype(np.float32),
        intercepts=np.array([machine.intercept_[0] for machine in machines], np.float32),
        slopes=np.asarray(slopes, np.float32),
        offsets=np.asarray(offsets, np.float32),
        thresholds=np.asarray(thresholds, np.float32),
    )


def _completed(pipeline: Pipeline, constant: npt.NDArray[np.float64]) -> Pipeline:
    """Round to half precision, and put a machine that always gives `constant` in the place of each theme where that is not 0."""
    rest = pipeline["svm"]
    fitted = iter(rest.estimators_)
    for machine in rest.estimators_:
        machine.coef_ = machine.coef_.astype(np.float16).astype(np.float32)
        machine.intercept_ = machine.intercept_.astype(np.float32)
    if constant.any():
        rest.estimators_ = [_constant(pipeline, score) if score else next(fitted) for score in constant.tolist()]
        rest.label_binarizer_.fit(np.eye(len(constant), dtype=np.int8))
        rest.classes_ = rest.label_binarizer_.classes_
    return pipeline


def _constant(pipeline: Pipeline, score: float) -> LinearSVC:
    machine = LinearSVC(C=COST, random_state=SEED)
    machine.classes_ = np.array([0, 1])
    machine.coef_ = np.zeros((1, len(pipeline["tfidf"].vocabulary_)), np.float32)
    machine.intercept_ = np.full(1, score, np.float32)
    machine.n_features_in_ = machine.coef_.shape[1]
    return machine
