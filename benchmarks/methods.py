"""Ways to do it, each a small change of the shipped one, and the parts they are made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.svm import LinearSVC

from policy_themes.tagging.features import Clause, clauses
from policy_themes.tagging.segment import Segmenter
from policy_themes.tagging.text import normalise

__all__ = ["Cut", "Method", "Scores", "fitted", "parts_of", "variants"]

Scores = npt.NDArray[np.float32]
Unit = tuple[str, str]  # a piece of text as its features, separated by spaces, and as its characters


@dataclass(frozen=True)
class Method:
    """One way to do it; the defaults are the shipped one."""

    name: str = "as shipped"
    columns: tuple[str, ...] = ("words",)
    inner_words: bool = True
    pairs: bool = False  # of neighbouring words, within a clause
    lexicon: bool = True
    least_items: int = 2
    machine: Callable[[], Any] = lambda: LinearSVC(C=0.5, random_state=1)
    parts: tuple[float, ...] = (1, 1, 1)  # weights of the whole, the best sentence, the best window of clauses
    stacked: bool = False
    dependent: bool = False  # each theme's score from those of all themes
    threshold: str = "shipped"  # or "best", "density", "each theme"
    heading: bool = False  # the heading above a real section put before its text
    window: int = 1  # clauses
    phrases: bool = True
    kinds: tuple[str, ...] = ("section", "clause")
    share: float = 1.0  # of the labelled items


def variants() -> list[Method]:
    """The rows of the table."""
    svm, logistic = LinearSVC, LogisticRegression
    return [
        Method(),
        Method("characters 2-4 alone", columns=("characters",)),
        Method("words and characters", columns=("words", "characters")),
        Method("no words within words", inner_words=False),
        Method("pairs of words too", pairs=True),
        Method("pairs and characters too", pairs=True, columns=("words", "characters")),
        Method("no lexicon", lexicon=False),
        Method("features met once too", least_items=1),
        Method("features met three times", least_items=3),
        Method("whole section alone", parts=(1, 0, 0)),
        Method("best sentence alone", parts=(0, 1, 0)),
        Method("best clause alone", parts=(0, 0, 1)),
        Method("section and sentence", parts=(1, 1, 0)),
        Method("weights 1:1:2", parts=(1, 1, 2)),
        Method("weights 2:1:1", parts=(2, 1, 1)),
        Method("stacked by a logistic regression", stacked=True),
        Method("themes depend on each other", dependent=True),
        Method("heading put before the text", heading=True),
        Method("threshold best on held-out text", threshold="best"),
        Method("threshold matched to held-out density", threshold="density"),
        Method("a threshold for each theme", threshold="each theme"),
        Method("windows of two clauses", window=2),
        Method("windows of two clauses, pairs", window=2, pairs=True),
        Method("windows of three clauses", window=3),
        Method("SVM, C 0.25", machine=lambda: svm(C=0.25, random_state=1)),
        Method("SVM, C 1", machine=lambda: svm(C=1, random_state=1)),
        Method("SVM, balanced classes", machine=lambda: svm(C=0.5, class_weight="balanced", random_state=1)),
        Method("logistic, C 10", machine=lambda: logistic(C=10, solver="liblinear")),
        Method("logistic, C 30", machine=lambda: logistic(C=30, solver="liblinear")),
        Method("logistic, C 30, balanced", machine=lambda: logistic(C=30, solver="liblinear", class_weight="balanced")),
        Method("no phrases of the codebook", phrases=False),
        Method("sections alone", kinds=("section",)),
        Method("clauses alone", kinds=("clause",)),
        Method("half of the labels", share=0.5),
        Method("a quarter of the labels", share=0.25),
        Method("an eighth of the labels", share=0.125),
    ]


@dataclass(frozen=True)
class Cut:
    """Texts cut into wholes, sentences and windows; `owners` says whose each sentence and window is."""

    wholes: list[Unit]
    pieces: tuple[list[Unit], list[Unit]]
    owners: tuple[list[int], list[int]]

    @classmethod
    def of(cls, texts: Sequence[str], segmenter: Segmenter, method: Method) -> Cut:
        wholes: list[Unit] = []
        pieces: tuple[list[Unit], list[Unit]] = ([], [])
        owners: tuple[list[int], list[int]] = ([], [])
        for at, text in enumerate(texts):
            found = [_changed(clause, text, segmenter, method) for clause in clauses(text, segmenter)]
            wholes.append(_unit(text, found))
            sentences: dict[int, list[Clause]] = {}
            for clause in found:
                sentences.setdefault(clause.sentence, []).append(clause)
            windows = [
                one[k : k + method.window]
                for one in sentences.values()
                for k in range(max(1, len(one) - method.window + 1))
            ]
            for number, units in enumerate((list(sentences.values()), windows)):
                pieces[number].extend(_unit(text, unit) for unit in units)
                owners[number].extend([at] * len(units))
        return cls(wholes, pieces, owners)

    def at(self, places: Sequence[int]) -> Cut:
        new = {old: at for at, old in enumerate(places)}
        chosen = [[k for k, owner in enumerate(owners) if owner in new] for owners in self.owners]
        return Cut(
            [self.wholes[at] for at in places],
            ([self.pieces[0][k] for k in chosen[0]], [self.pieces[1][k] for k in chosen[1]]),
            ([new[self.owners[0][k]] for k in chosen[0]], [new[self.owners[1][k]] for k in chosen[1]]),
        )


def _changed(clause: Clause, text: str, segmenter: Segmenter, method: Method) -> Clause:
    kept = clause.features
    if not method.inner_words:
        # A word follows the words inside it, so those inside it are prefixes or middles of a later, longer neighbour.
        kept = tuple(f for at, f in enumerate(kept) if not any(f in g for g in kept[at + 1 : at + 5]))
    if method.pairs:
        words = segmenter.words(normalise(text[clause.start : clause.end]))
        told = [word if parts else None for word in words if (parts := segmenter.parts(word)) is not None]
        kept += tuple(f"{one}_{two}" for one, two in pairwise(told) if one and two)
    return dataclasses.replace(clause, features=kept)


def _unit(text: str, found: Sequence[Clause]) -> Unit:
    words = " ".join(feature for clause in found for feature in clause.features)
    return words, normalise(text[found[0].start : found[-1].end]) if found else ""


def fitted(method: Method, units: Sequence[Unit], carried: npt.NDArray[np.bool_]) -> Pipeline:
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
    return pipeline.fit(list(units), carried.astype(np.int8))


def parts_of(machine: Pipeline, cut: Cut) -> Scores:
    """(3, texts, themes): the scores of the whole, of the best sentence and of the best window."""
    whole = machine.decision_function(cut.wholes)
    best = [np.full_like(whole, -np.inf) for _ in cut.pieces]
    for number, units in enumerate(cut.pieces):
        np.maximum.at(best[number], np.array(cut.owners[number]), machine.decision_function(units))
    return np.stack([whole, *best]).astype(np.float32)
