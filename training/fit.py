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
COST = 0.5  # of LinearSVC; benchmarks/accuracy.py compares
LEAST_ITEMS = 2  # a feature met in fewer items tells nothing about text not yet seen
WORD = r"\S+"  # features are cut already
NEVER = -10.0  # the score of a theme that no training item carries


def fit(features: Sequence[str], carried: Matrix) -> Pipeline:
    """Fit on `features`, one string of space-separated features an item, and `carried` (items, themes).

    The pipeline's decision_function gives (items, themes). A theme no item carries always scores NEVER.
    """
    pipeline = Pipeline(
        [
            (
                "tfidf",
                TfidfVectorizer(
                    token_pattern=WORD, lowercase=False, sublinear_tf=True, min_df=LEAST_ITEMS, dtype=np.float32
                ),
            ),
            ("svm", OneVsRestClassifier(LinearSVC(C=COST, random_state=SEED))),
        ]
    )
    met = np.asarray(carried.any(axis=0))
    # A column without a positive example has nothing to fit; scikit-learn would put another kind of estimator there.
    pipeline.fit(list(features), carried[:, met].astype(np.int8))
    return _completed(pipeline, met)


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


def _completed(pipeline: Pipeline, met: npt.NDArray[np.bool_]) -> Pipeline:
    """Round to half precision, and put a machine that never fires in the place of each theme not met."""
    rest = pipeline["svm"]
    fitted = iter(rest.estimators_)
    for machine in rest.estimators_:
        machine.coef_ = machine.coef_.astype(np.float16).astype(np.float32)
        machine.intercept_ = machine.intercept_.astype(np.float32)
    if not met.all():
        rest.estimators_ = [next(fitted) if there else _silent(pipeline) for there in met]
        rest.label_binarizer_.fit(np.eye(len(met), dtype=np.int8))
        rest.classes_ = rest.label_binarizer_.classes_
    return pipeline


def _silent(pipeline: Pipeline) -> LinearSVC:
    machine = LinearSVC(C=COST, random_state=SEED)
    machine.classes_ = np.array([0, 1])
    machine.coef_ = np.zeros((1, len(pipeline["tfidf"].vocabulary_)), np.float32)
    machine.intercept_ = np.full(1, NEVER, np.float32)
    machine.n_features_in_ = machine.coef_.shape[1]
    return machine
