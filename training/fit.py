"""Labelled clauses -> a fitted linear model.

The scikit-learn pipeline is a TfidfVectorizer over features that are already cut (see policy_themes.tagging.features) and one linear
support vector machine a theme. Each is fitted twice: on whole texts, then on whole texts and on what a text's score is made of, the mean
of the whole, the sentence and the clause that scored best for the theme (a latent SVM, as Andrews, Tsochantaridis and Hofmann describe in
"Support vector machines for multiple-instance learning", 2003; benchmarks/accuracy.py says what it gains). Coefficients are rounded
to half precision before anything is measured, so that the pipeline people study and the arrays tagging loads give the same scores.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC

from policy_themes.tagging.features import Clause
from policy_themes.tagging.scorer import Weights
from training.pieces import Pieces, joined

__all__ = ["Matrix", "fit", "weights_of"]

Matrix = npt.NDArray[np.bool_]

SEED = 20261122
COST = 0.3  # of LinearSVC; benchmarks/accuracy.py compares. Solved in the dual whatever the size: left to choose, scikit-learn takes
# the primal once there are more items than features, and that takes two to three times as long.
LEAST_ITEMS = 2  # a feature met in fewer items tells nothing about text not yet seen
WORD = r"\S+"  # features are cut already
NEVER = -10.0  # the score of a theme that no training item carries
ALWAYS = 10.0  # and of one that every training item carries


def fit(texts: Sequence[Sequence[Clause]], carried: Matrix) -> Pipeline:
    """Fit on `texts`, each as its clauses (at least one), and `carried` (texts, themes).

    The pipeline takes features separated by spaces; its decision_function gives (texts, themes). A theme no text carries always scores
    NEVER, one every text carries ALWAYS.
    """
    vectoriser = TfidfVectorizer(
        token_pattern=WORD, lowercase=False, sublinear_tf=True, min_df=LEAST_ITEMS, dtype=np.float32
    )
    themes = OneVsRestClassifier(LinearSVC(C=COST, random_state=SEED, dual=True))
    constant = np.where(carried.any(axis=0), np.where(carried.all(axis=0), ALWAYS, 0.0), NEVER)
    # A column without both kinds of example has nothing to fit; scikit-learn would put another kind of estimator there.
    learnt = carried[:, constant == 0] if not constant.all() else np.eye(len(carried), 1, dtype=bool)
    wholes = vectoriser.fit_transform([joined(text) for text in texts])
    themes.fit(wholes, learnt.astype(np.int8))
    pieces = [Pieces.of(texts, by, vectoriser) for by in (lambda clause: clause.sentence, lambda clause: clause.start)]
    for machine, column in zip(themes.estimators_, learnt.T, strict=True):
        _refit(machine, wholes, pieces, column)
    return _completed(Pipeline([("tfidf", vectoriser), ("svm", themes)]), constant)


def _refit(machine: LinearSVC, wholes: csr_matrix, pieces: Sequence[Pieces], column: Matrix) -> None:
    """Fit again on the wholes (N, features) and on their means with the best of each of the `pieces`; `column` (N,) is the theme's."""
    scored = (wholes + sum(kind.best(machine) for kind in pieces)) / (1 + len(pieces))
    machine.fit(vstack([scored, wholes], format="csr"), np.tile(column.astype(np.int8), 2))


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
