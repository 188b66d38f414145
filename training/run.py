"""A training run: labels/ -> a new version in models/. Promoting it is the gate's business."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

from sklearn.pipeline import Pipeline

from policy_themes.errors import LabelError
from policy_themes.tagging.scorer import Floats
from policy_themes.versions import Versions
from training.calibrate import calibrate
from training.compare.protected import blank
from training.curve import Curve
from training.faults import faults
from training.fitting import Fitting
from training.folds import HeldOutScores, fold_of, groups
from training.heldout import held_out
from training.labels import Labels, digest_of, read_labels
from training.metrics import measure
from training.prepare import Prepared, prepare
from training.real import find, items_of, read_real
from training.version import Candidate, Trained, write_version

__all__ = ["train"]

LEAST_ITEMS = 5  # labelled items a theme needs before it can be learnt


def train(
    labels_folder: Path,
    versions: Versions,
    date: str,
    *,
    tests: Sequence[Path] = (),
    documents: Path | None = None,
    scratch: Path | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> Candidate:
    """Train on every item of `labels_folder`, those of protected.jsonl apart, and write version `date`-`digest of the labels`.
    Nothing is promoted here.

    The same labels and library versions give the same arrays. `tests` are labelled sections to measure on, never trained
    on. `documents` is a folder of real documents: those of their sections that real.jsonl has labels for join the training.
    `scratch` is a folder for temporary files, by default that of the system.
    Raises LabelError naming the first faults; nothing is written then.
    """
    labels = read_labels(labels_folder)
    _refuse(labels, labels_folder)
    if documents:
        labels = _joined(labels, labels_folder, documents, report)
    report(f"读入 {len(labels.items)} 条标注,{len(labels.codebook.active)} 个主题")
    prepared = prepare(labels)
    measured = list(prepared.measured)
    folds = [fold_of(group) for group in groups(labels.items, report)]
    names = [theme.name for theme in labels.codebook.active]
    every_score, pipeline, curve = _fitted(prepared, folds, scratch, report)
    scores, carried = every_score[measured], prepared.items.carried[measured]
    calibration = calibrate(scores, carried)
    probabilities = calibration.probabilities(scores)
    metrics = measure(carried, probabilities, calibration.thresholds, names)
    digest = digest_of(labels_folder)
    trained = Trained(
        name=_free_name(versions, f"{date}-{digest[:8]}"),
        labels=labels,
        labels_digest=digest,
        pipeline=pipeline,
        calibration=calibration,
        metrics=metrics,
        curve=curve.points(every_score),
        held_out=held_out(
            [labels.items[at] for at in measured], probabilities, probabilities >= calibration.thresholds, names
        ),
        protected=blank(labels.protected, labels.items),
    )
    return write_version(versions.folder, trained, tests)


def _fitted(
    prepared: Prepared, folds: Sequence[int], scratch: Path | None, report: Callable[[str], None]
) -> tuple[Floats, Pipeline, Curve]:
    """The held-out scores (items, themes), the model of all items, and the learning curve."""
    with Fitting(prepared, folds, scratch) as fitting:
        held, everything, curve = HeldOutScores(folds, fitting), fitting.everything(), Curve(prepared, folds, fitting)
        scores = held.wait(prepared.items.carried.shape[1], report)
        report("用全部标注训练,并画学习曲线……")
        pipeline = everything.result()
        curve.wait()
    return scores, pipeline, curve


def _joined(labels: Labels, folder: Path, documents: Path, report: Callable[[str], None]) -> Labels:
    """The labels with the sections of real documents that `documents` holds."""
    items = items_of(find(documents, read_real(folder)), str(documents))
    report(f"{documents} 中找到 {len(items)} 段已标注的真实文件段落,加入训练")
    return dataclasses.replace(labels, items=labels.items + tuple(items))


def _refuse(labels: Labels, folder: Path) -> None:
    """Raise LabelError for labels that cannot be trained on."""
    if found := faults(labels):
        shown = "\n".join(str(fault) for fault in found[:5])
        raise LabelError(
            f"标注有 {len(found)} 处错误,请先用 policy-themes labels check 查看并改正:\n{shown}\n",
            f"{len(found)} faults in the labels; see `policy-themes labels check`",
            where=str(folder),
        )
    for theme in labels.codebook.active:
        count = sum(theme.name in item.themes for item in labels.items)
        if count < LEAST_ITEMS:
            raise LabelError(
                f"主题“{theme.name}”只有 {count} 条标注,至少需要 {LEAST_ITEMS} 条;请补充,或在 themes.yaml 中将其 retired",
                f"theme {theme.name} has {count} labelled items and needs {LEAST_ITEMS}; add some or retire it",
                where=str(folder),
            )


def _free_name(versions: Versions, name: str) -> str:
    taken = {entry.name for entry in versions.folder.iterdir()} if versions.folder.is_dir() else set()
    numbered = (name if number == 1 else f"{name}-{number}" for number in range(1, len(taken) + 2))
    return next(free for free in numbered if free not in taken)
