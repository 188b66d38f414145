"""A model fitted by a method, and the scores it gives."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import vstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline

from benchmarks.cut import Cut
from benchmarks.methods import Method
from training.pieces import Pieces

__all__ = ["Scores", "fitted", "parts_of"]

Scores = npt.NDArray[np.float32]


def fitted(method: Method, cut: Cut, carried: npt.NDArray[np.bool_]) -> Pipeline:
    """Fit on the cut texts; `carried` (texts, themes)."""
    makers = {
        "words": TfidfVectorizer(
            preprocessor=lambda unit: unit[0],
            token_pattern=r"\S+",
            lowercase=False,
            sublinear_tf=True,
            min_df=method.least_items,
            dtype=np.float32,
        ),
        "characters": TfidfVectorizer(
            preprocessor=lambda unit: unit[1],
            analyzer="char",
            ngram_range=(2, 4),
            sublinear_tf=True,
            min_df=method.least_items,
            dtype=np.float32,
        ),
    }
    union = FeatureUnion([(name, makers[name]) for name in method.columns])
    pipeline = Pipeline([("tfidf", union), ("svm", OneVsRestClassifier(method.machine()))])
    pipeline.fit(cut.wholes, carried.astype(np.int8))
    if method.refitted:
        _refit(pipeline, cut, carried, method.parts)
    return pipeline


def _refit(pipeline: Pipeline, cut: Cut, carried: npt.NDArray[np.bool_], weights: tuple[float, ...]) -> None:
    """As training/fit.py does, with weights for the whole, the best sentence and the best window."""
    wholes = pipeline["tfidf"].transform(cut.wholes)
    pieces = [
        Pieces(
            pipeline["tfidf"].transform(units),
            np.array(owners),
            np.searchsorted(owners, range(len(cut.wholes)), "right") - 1,
        )
        for units, owners in zip(cut.pieces, cut.owners, strict=True)
    ]
    for machine, column in zip(pipeline["svm"].estimators_, carried.T, strict=True):
        scored = weights[0] * wholes + weights[1] * pieces[0].best(machine) + weights[2] * pieces[1].best(machine)
        machine.fit(vstack([scored / sum(weights), wholes], format="csr"), np.tile(column, 2))


def parts_of(machine: Pipeline, cut: Cut) -> Scores:
    """(3, texts, themes): the scores of the whole, of the best sentence and of the best window."""
    whole = machine.decision_function(cut.wholes)
    best = [np.full_like(whole, -np.inf) for _ in cut.pieces]
    for number, units in enumerate(cut.pieces):
        np.maximum.at(best[number], np.array(cut.owners[number]), machine.decision_function(units))
    return np.stack([whole, *best]).astype(np.float32)
