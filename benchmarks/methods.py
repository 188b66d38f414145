"""Ways to do it, each a small change of the shipped one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

__all__ = ["Method", "variants"]


@dataclass(frozen=True)
class Method:
    """One way to do it; the defaults are the shipped one."""

    name: str = "as shipped"
    columns: tuple[str, ...] = ("words",)
    inner_words: bool = True
    pairs: bool = False  # of neighbouring words, within a clause
    lexicon: bool = True
    least_items: int = 2
    machine: Callable[[], Any] = lambda: LinearSVC(C=0.3, random_state=1, dual=True)
    refitted: bool = True  # on what a score is made of, too
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
        Method("fitted on whole texts alone", refitted=False),
        Method("fitted on whole texts alone, C 0.5", refitted=False, machine=lambda: svm(C=0.5, dual=True)),
        Method("SVM, C 0.15", machine=lambda: svm(C=0.15, dual=True)),
        Method("SVM, C 0.6", machine=lambda: svm(C=0.6, dual=True)),
        Method("SVM, balanced classes", machine=lambda: svm(C=0.3, class_weight="balanced", dual=True)),
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
