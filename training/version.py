"""What was trained -> a model folder, with its figures, its card and its report."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt
from sklearn.pipeline import Pipeline

from policy_themes.store import Model, save_model
from policy_themes.tagging.scorer import Floats
from policy_themes.tagging.tagger import Tagger
from training import heldout
from training.calibrate import Calibration
from training.card import Facts, card
from training.compare import protected
from training.curve import Point
from training.fit import SEED, weights_of
from training.labels import Labels
from training.measuring import TestSet, evaluate, read_test_set
from training.metrics import Metrics
from training.phrases import phrases
from training.report import report

__all__ = ["Candidate", "Trained", "write_version"]

SHOWN = 15  # words a theme in the report
LIBRARIES = ("policy-themes", "numpy", "scikit-learn", "rjieba")


@dataclass(frozen=True, slots=True)
class Trained:
    """Everything a version is made of. `metrics`, `curve` and `held_out` are of the held-out folds; `protected` are the sections
    that no training sees, not answered yet."""

    name: str
    labels: Labels
    labels_digest: str
    pipeline: Pipeline
    calibration: Calibration
    metrics: Metrics
    curve: Sequence[Point]
    held_out: Sequence[heldout.HeldOut]
    protected: Sequence[heldout.HeldOut] = ()

    def model(self) -> Model:
        """What tagging needs of it."""
        curve = self.calibration
        return Model(
            version=self.name,
            themes=self.labels.codebook.active,
            vocabulary=tuple(str(feature) for feature in self.pipeline["tfidf"].get_feature_names_out()),
            lexicon=self.labels.lexicon,
            weights=weights_of(self.pipeline, curve.slopes, curve.offsets, curve.thresholds),
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version just written, and what was measured: on held-out folds, on the test sets given, by name, and on the protected
    sections, where there are any."""

    version: str
    folder: Path
    held_out: Metrics
    tests: Mapping[str, Metrics]
    protected: Metrics | None = None


def write_version(models: Path, trained: Trained, tests: Sequence[Path]) -> Candidate:
    """Measure on `tests` and write the folder, whole or not at all. Raises LabelError for an unreadable test set."""
    model = trained.model()
    tagger = Tagger(model)
    sets = [read_test_set(path, model.themes) for path in tests]
    measured = {one.name: evaluate(tagger, one) for one in sets}
    apart = evaluate(tagger, _protected_set(trained, model)) if trained.protected else None
    facts = _facts(trained, model, measured)
    every = {"held_out": asdict(trained.metrics), "tests": {name: asdict(one) for name, one in measured.items()}}
    files = {
        "themes.yaml": trained.labels.codebook.source,
        "metrics.json": _json({**every, **({"protected": asdict(apart)} if apart else {})}),
        heldout.FILE: heldout.dump(trained.held_out),
        protected.TRAINED: protected.dump_trained(trained.labels.items),
        "MODEL_CARD.md": card(facts).encode(),
        "report.html": report(facts).encode(),
        "pipeline.joblib": _pickled(trained.pipeline),
    }
    if apart:
        files[protected.FILE] = heldout.dump(protected.answers(tagger, trained.protected))
    manifest = {**_manifest(model, facts), **({"protected": _summary(apart)} if apart else {})}
    save_model(models / trained.name, model, manifest, files)
    return Candidate(trained.name, models / trained.name, trained.metrics, measured, apart)


def _protected_set(trained: Trained, model: Model) -> TestSet:
    rows = trained.protected
    carried = np.array([[theme.name in row.labelled for theme in model.themes] for row in rows], bool)
    return TestSet("protected", "", tuple(row.text for row in rows), carried)


def _json(figures: Mapping[str, Any]) -> bytes:
    return json.dumps(figures, ensure_ascii=False, indent=1).encode()


def _facts(trained: Trained, model: Model, tests: Mapping[str, Metrics]) -> Facts:
    items = trained.labels.items
    sections = sum(item.kind == "section" for item in items)
    return Facts(
        version=model.version,
        sections=sections,
        clauses=len(items) - sections,
        phrases=len(phrases(trained.labels.codebook)),
        none=sum(not item.themes for item in items),
        features=len(model.vocabulary),
        threshold=float(model.weights.thresholds[0]),
        libraries={"python": ".".join(map(str, sys.version_info[:3])), **{name: installed(name) for name in LIBRARIES}},
        labels_digest=trained.labels_digest,
        seed=SEED,
        held_out=trained.metrics,
        tests=tests,
        curve=trained.curve,
        together=_together(trained.labels),
        words=_weightiest(model),
    )


def _together(labels: Labels) -> npt.NDArray[np.int64]:
    """(themes, themes): how many sections carry both; the diagonal is left empty."""
    names = [theme.name for theme in labels.codebook.active]
    rows = [[name in item.themes for name in names] for item in labels.items if item.kind == "section"]
    carried = np.array(rows, np.int64).reshape(-1, len(names))
    counts = carried.T @ carried
    np.fill_diagonal(counts, 0)
    return counts


def _weightiest(model: Model) -> dict[str, list[str]]:
    """The features with the largest coefficients of each theme."""
    order = np.argsort(-model.weights.coefficients, axis=0)[:SHOWN]
    return {theme.name: [model.vocabulary[row] for row in order[:, at]] for at, theme in enumerate(model.themes)}


def _manifest(model: Model, facts: Facts) -> dict[str, Any]:
    def by_theme(values: Floats) -> dict[str, float]:
        return {theme.name: round(float(value), 6) for theme, value in zip(model.themes, values, strict=True)}

    figures = {name: _summary(one) for name, one in {"held_out": facts.held_out, **facts.tests}.items()}
    return {
        "libraries": dict(facts.libraries),
        "seed": facts.seed,
        "labels_sha256": facts.labels_digest,
        "labels": {"sections": facts.sections, "clauses": facts.clauses, "phrases": facts.phrases, "none": facts.none},
        "metrics": figures,
        "thresholds": by_theme(model.weights.thresholds),
        "calibration": {"slopes": by_theme(model.weights.slopes), "offsets": by_theme(model.weights.offsets)},
    }


def _summary(metrics: Metrics) -> dict[str, float]:
    return {name: round(value, 4) for name, value in asdict(metrics).items() if name not in ("themes", "reliability")}


def _pickled(pipeline: Pipeline) -> bytes:
    """The pipeline as fitted, for people who study it; tagging never reads it."""
    buffer = io.BytesIO()
    joblib.dump(pipeline, buffer, compress=("xz", 6))
    return buffer.getvalue()
