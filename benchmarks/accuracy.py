"""python -m benchmarks.accuracy REAL.jsonl...: what each part of the method is worth, on real sections it was not trained on.

Every row changes one thing of the shipped method, trains on labels/ and is measured twice on each file: with the threshold that the
shipped rule finds on held-out written text, and with the single threshold that would have been best for that file, which
shows what the scores hold apart from thresholds. `--only WORD` runs the rows whose names hold the word.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from benchmarks.cut import Cut
from benchmarks.fitted import Scores, fitted, parts_of
from benchmarks.methods import Method, variants
from policy_themes.tagging.segment import Segmenter
from training.calibrate import calibrate
from training.folds import FOLDS, fold_of
from training.labels import Item, Labels, digest_of, read_labels
from training.measuring import TestSet, read_test_set
from training.metrics import micro_f1
from training.phrases import phrases


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    labels = read_labels(Path("labels"))
    tests = [read_test_set(path, labels.codebook.active) for path in given.files]
    headings = [
        [json.loads(line).get("heading", "") for line in path.read_text("utf-8").splitlines()] for path in given.files
    ]
    names = " | ".join(f"{test.name} micro | macro | first | best micro" for test in tests)
    print(
        f"Labels: {len(labels.items)} items, SHA-256 {digest_of(Path('labels'))[:16]}; threshold by the shipped rule.\n"
    )
    print(f"| method | features | held-out | {names} |\n" + "| --- " * (3 + 4 * len(tests)) + "|")
    for method in variants():
        if given.only in method.name:
            print(_row(method, labels, tests, headings), flush=True)


def _row(method: Method, labels: Labels, tests: Sequence[TestSet], headings: Sequence[Sequence[str]]) -> str:
    segmenter = Segmenter(labels.lexicon if method.lexicon else ())
    chosen = [item for item in labels.items if item.kind in method.kinds]
    kept = [item for at, item in enumerate(chosen) if at % 8 < round(8 * method.share)]
    everything = [*kept, *(phrases(labels.codebook) if method.phrases else ())]
    cut = Cut.of([item.text for item in everything], segmenter, method)
    carried = np.array([[theme.name in item.themes for theme in labels.codebook.active] for item in everything], bool)
    measured = [at for at, item in enumerate(kept) if item.kind == method.kinds[0]]
    scores = _held_out(method, cut, carried, kept)[:, measured]
    combine = _combiner(method, scores, carried[measured])
    calibration = calibrate(combine(scores), carried[measured])
    machine = fitted(method, cut, carried)
    probabilities = calibration.probabilities(combine(scores))
    thresholds = _thresholds(method.threshold, probabilities, carried[measured], calibration.thresholds)
    held = probabilities >= thresholds
    cells = [str(machine["svm"].estimators_[0].coef_.shape[1]), f"{micro_f1(carried[measured], held):.3f}"]
    for test, above in zip(tests, headings, strict=True):
        texts = (
            [f"{heading}\n{text}" for heading, text in zip(above, test.texts, strict=True)]
            if method.heading
            else test.texts
        )
        raw = combine(parts_of(machine, Cut.of(texts, segmenter, method)))
        cells += _figures(calibration.probabilities(raw), thresholds, test)
    return f"| {method.name} | " + " | ".join(cells) + " |"


def _held_out(method: Method, cut: Cut, carried: npt.NDArray[np.bool_], items: Sequence[Item]) -> Scores:
    """(3, items, themes), each item by the model of the folds it is not in; phrases stand behind the items."""
    fold = np.array([fold_of(item.source) for item in items] + [-1] * (len(cut.wholes) - len(items)))
    scores = np.zeros((3, len(items), carried.shape[1]), np.float32)
    for number in range(FOLDS):
        seen, held = np.flatnonzero(fold != number), np.flatnonzero(fold == number).tolist()
        machine = fitted(method, cut.at(seen.tolist()), carried[seen])
        scores[:, held] = parts_of(machine, cut.at(held))
    return scores


def _combiner(method: Method, scores: Scores, carried: npt.NDArray[np.bool_]) -> Callable[[Scores], Scores]:
    weights = np.tile(np.array(method.parts, np.float32) / sum(method.parts), (carried.shape[1], 1))
    if method.stacked:
        fits = [LogisticRegression(C=1.0).fit(scores[:, :, at].T, carried[:, at]) for at in range(carried.shape[1])]
        weights = np.stack([fit.coef_[0] / np.abs(fit.coef_[0]).sum() for fit in fits]).astype(np.float32)
    mean: Callable[[Scores], Scores] = lambda parts: np.einsum("pnt,tp->nt", parts, weights).astype(np.float32)  # noqa: E731
    if not method.dependent:
        return mean
    joint = [LogisticRegression(C=1.0).fit(mean(scores), carried[:, at]) for at in range(carried.shape[1])]
    return lambda parts: np.stack([fit.decision_function(mean(parts)) for fit in joint], axis=1).astype(np.float32)


def _thresholds(rule: str, probabilities: Scores, carried: npt.NDArray[np.bool_], shipped: Scores) -> Scores:
    """Thresholds (themes,) by a rule, all but the shipped one from held-out probabilities."""
    steps = np.arange(5, 80) / 100
    if rule == "best":
        best = max(steps, key=lambda step: micro_f1(carried, probabilities >= step))
        return np.full_like(shipped, best)
    if rule == "density":
        return np.full_like(shipped, np.quantile(probabilities, 1 - carried.mean()))
    if rule == "each theme":
        columns = range(carried.shape[1])
        return np.array(
            [max(steps, key=lambda s: micro_f1(carried[:, at], probabilities[:, at] >= s)) for at in columns],
            np.float32,
        )
    return shipped


def _figures(probabilities: Scores, thresholds: Scores, test: TestSet) -> list[str]:
    assigned = probabilities >= thresholds
    met = test.carried.any(axis=0)
    macro = np.mean([micro_f1(test.carried[:, at], assigned[:, at]) for at in np.flatnonzero(met)])
    carrying = test.carried.any(axis=1)
    first = test.carried[np.arange(len(test.carried)), probabilities.argmax(axis=1)][carrying].mean()
    best = max(micro_f1(test.carried, probabilities >= step) for step in np.arange(5, 80) / 100)
    return [f"{micro_f1(test.carried, assigned):.3f}", f"{macro:.3f}", f"{first:.3f}", f"{best:.3f}"]


if __name__ == "__main__":
    main()
