"""python -m benchmarks.accuracy REAL.jsonl...: what each part of the method is worth, on real sections it was not trained on.

Every row changes one thing of the shipped method, trains on labels/ and is measured twice on each file: with the threshold that the
shipped rule finds on held-out written text, and with the single threshold that would have been best for that file, which
shows what the scores hold apart from thresholds. `--only WORD` runs the rows whose names hold the word.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
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
from training.calibrate import calibrate
from training.folds import FOLDS, fold_of
from training.labels import Item, read_labels
from training.measuring import TestSet, read_test_set
from training.metrics import micro_f1
from training.phrases import phrases

Scores = npt.NDArray[np.float32]
Unit = tuple[str, str]  # a piece of text as its features, separated by spaces, and as its characters


@dataclass(frozen=True)
class Method:
    """One way to do it; the defaults are the shipped one."""

    name: str = "as shipped"
    columns: tuple[str, ...] = ("words",)
    inner_words: bool = True
    pairs: bool = True
    lexicon: bool = True
    least_items: int = 2
    machine: Callable[[], Any] = lambda: LinearSVC(C=0.5, random_state=1)
    parts: tuple[float, ...] = (1, 1, 1)  # weights of the whole, the best sentence, the best window
    stacked: bool = False
    window: int = 2
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
        Method("no pairs", pairs=False),
        Method("no lexicon", lexicon=False),
        Method("features met once too", least_items=1),
        Method("features met three times", least_items=3),
        Method("whole section alone", parts=(1, 0, 0)),
        Method("best sentence alone", parts=(0, 1, 0)),
        Method("best window alone", parts=(0, 0, 1)),
        Method("section and sentence", parts=(1, 1, 0)),
        Method("weights 1:1:2", parts=(1, 1, 2)),
        Method("weights 2:1:1", parts=(2, 1, 1)),
        Method("stacked by a logistic regression", stacked=True),
        Method("windows of one clause", window=1),
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


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    labels = read_labels(Path("labels"))
    tests = [read_test_set(path, labels.codebook.active) for path in given.files]
    names = " | ".join(f"{test.name} micro | macro | first | best micro" for test in tests)
    print(f"| method | features | held-out | {names} |\n" + "| --- " * (3 + 4 * len(tests)) + "|")
    for method in variants():
        if given.only in method.name:
            print(_row(method, labels.items, tuple(phrases(labels.codebook)), labels.lexicon, tests), flush=True)


def _row(
    method: Method, items: Sequence[Item], extra: tuple[Item, ...], lexicon: Sequence[str], tests: Sequence[TestSet]
) -> str:
    segmenter = Segmenter(lexicon if method.lexicon else ())
    themes = tests[0].carried.shape[1]
    kept = [item for at, item in enumerate(items) if item.kind in method.kinds and at % 8 < round(8 * method.share)]
    place = {name: at for at, name in enumerate(_names(items, extra))}
    cut = _Cut.of([item.text for item in (*kept, *(extra if method.phrases else ()))], segmenter, method)
    carried = np.zeros((len(cut.wholes), themes), bool)
    for at, item in enumerate((*kept, *(extra if method.phrases else ()))):
        carried[at, [place[theme] for theme in item.themes]] = True
    scores = _held_out(method, cut, carried, kept)
    measured = [at for at, item in enumerate(kept) if item.kind == method.kinds[0]]
    combine = _combiner(method, scores[:, measured], carried[measured])
    calibration = calibrate(combine(scores[:, measured]), carried[measured])
    machine = _fitted(method, cut.wholes, carried)
    held = calibration.probabilities(combine(scores[:, measured])) >= calibration.thresholds
    cells = [str(machine["svm"].estimators_[0].coef_.shape[1]), f"{micro_f1(carried[measured], held):.3f}"]
    for test in tests:
        raw = combine(_parts(machine, _Cut.of(test.texts, segmenter, method)))
        cells += _figures(calibration.probabilities(raw), float(calibration.thresholds[0]), test)
    return f"| {method.name} | " + " | ".join(cells) + " |"


def _names(items: Sequence[Item], extra: Sequence[Item]) -> list[str]:
    """Theme names in the codebook's order, which its phrases follow."""
    return list(dict.fromkeys(item.themes[0] for item in extra))


@dataclass(frozen=True)
class _Cut:
    """Texts cut into wholes, sentences and windows; `owners` says whose each sentence and window is."""

    wholes: list[Unit]
    pieces: tuple[list[Unit], list[Unit]]
    owners: tuple[list[int], list[int]]

    @classmethod
    def of(cls, texts: Sequence[str], segmenter: Segmenter, method: Method) -> _Cut:
        wholes: list[Unit] = []
        pieces: tuple[list[Unit], list[Unit]] = ([], [])
        owners: tuple[list[int], list[int]] = ([], [])
        for at, text in enumerate(texts):
            found = [_reduced(clause, method) for clause in clauses(text, segmenter)]
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

    def at(self, places: Sequence[int]) -> _Cut:
        new = {old: at for at, old in enumerate(places)}
        chosen = [[k for k, owner in enumerate(owners) if owner in new] for owners in self.owners]
        return _Cut(
            [self.wholes[at] for at in places],
            ([self.pieces[0][k] for k in chosen[0]], [self.pieces[1][k] for k in chosen[1]]),
            ([new[self.owners[0][k]] for k in chosen[0]], [new[self.owners[1][k]] for k in chosen[1]]),
        )


def _reduced(clause: Clause, method: Method) -> Clause:
    kept = clause.features if method.pairs else tuple(feature for feature in clause.features if "_" not in feature)
    if not method.inner_words:
        # A word follows the words inside it, so those inside it are prefixes or middles of a later, longer neighbour.
        kept = tuple(
            f for at, f in enumerate(kept) if "_" in f or not any(f in g for g in kept[at + 1 : at + 5] if "_" not in g)
        )
    return dataclasses.replace(clause, features=kept)


def _unit(text: str, found: Sequence[Clause]) -> Unit:
    words = " ".join(feature for clause in found for feature in clause.features)
    return words, normalise(text[found[0].start : found[-1].end]) if found else ""


def _fitted(method: Method, units: Sequence[Unit], carried: npt.NDArray[np.bool_]) -> Pipeline:
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


def _parts(machine: Pipeline, cut: _Cut) -> Scores:
    """(3, texts, themes): the scores of the whole, of the best sentence and of the best window."""
    whole = machine.decision_function(cut.wholes)
    best = [np.full_like(whole, -np.inf) for _ in cut.pieces]
    for number, units in enumerate(cut.pieces):
        np.maximum.at(best[number], np.array(cut.owners[number]), machine.decision_function(units))
    return np.stack([whole, *best]).astype(np.float32)


def _held_out(method: Method, cut: _Cut, carried: npt.NDArray[np.bool_], items: Sequence[Item]) -> Scores:
    """(3, items, themes), each item by the model of the folds it is not in; phrases stand behind the items."""
    fold = np.array([fold_of(item.source) for item in items] + [-1] * (len(cut.wholes) - len(items)))
    scores = np.zeros((3, len(items), carried.shape[1]), np.float32)
    for number in range(FOLDS):
        seen, held = np.flatnonzero(fold != number), np.flatnonzero(fold == number).tolist()
        machine = _fitted(method, [cut.wholes[at] for at in seen], carried[seen])
        scores[:, held] = _parts(machine, cut.at(held))
    return scores


def _combiner(method: Method, scores: Scores, carried: npt.NDArray[np.bool_]) -> Callable[[Scores], Scores]:
    weights = np.tile(np.array(method.parts, np.float32) / sum(method.parts), (carried.shape[1], 1))
    if method.stacked:
        fits = [LogisticRegression(C=1.0).fit(scores[:, :, at].T, carried[:, at]) for at in range(carried.shape[1])]
        weights = np.stack([fit.coef_[0] / np.abs(fit.coef_[0]).sum() for fit in fits]).astype(np.float32)
    return lambda parts: np.einsum("pnt,tp->nt", parts, weights).astype(np.float32)


def _figures(probabilities: Scores, threshold: float, test: TestSet) -> list[str]:
    assigned = probabilities >= threshold
    met = test.carried.any(axis=0)
    macro = np.mean([micro_f1(test.carried[:, at], assigned[:, at]) for at in np.flatnonzero(met)])
    carrying = test.carried.any(axis=1)
    first = test.carried[np.arange(len(test.carried)), probabilities.argmax(axis=1)][carrying].mean()
    best = max(micro_f1(test.carried, probabilities >= step) for step in np.arange(5, 80) / 100)
    return [f"{micro_f1(test.carried, assigned):.3f}", f"{macro:.3f}", f"{first:.3f}", f"{best:.3f}"]


if __name__ == "__main__":
    main()
