"""A training run: the store's labels as a folder -> a version in models/, compared with the live one. It promotes nothing."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policy_themes.errors import LabelError, ModelError
from policy_themes.store import load_manifest
from policy_themes.versions import Versions
from service.database.database import Database
from service.jobs.child.lifeline import say
from service.labels.snapshot import write_snapshot

if TYPE_CHECKING:
    from training.version import Candidate

__all__ = ["run_training"]

NICE = 10  # how far training steps back behind requests


def run_training(database: Database, asked: Mapping[str, Any], models: Path, scratch: Path) -> None:
    """Train on what `database` holds, by way of a labels folder in `scratch`, unless the live or newest version was trained on the same."""
    from training.folds import FOLDS
    from training.labels import digest_of

    os.nice(NICE)
    steps = _Steps(FOLDS + 4)
    steps.next("写出标注 (writing out the labels)")
    with database.read() as connection:
        written = write_snapshot(connection, scratch)
    if not written:
        raise LabelError(
            "标注库中没有标注,请先标注或导入", "the label store holds no labels; label or import some first"
        )
    versions = Versions(models)
    if not asked["force"] and (same := _same(versions, digest_of(scratch))):
        _unchanged(same)
        return
    candidate = _trained(scratch, versions, steps)
    steps.next("与上线版比较 (comparing with the live version)")
    held_out = {"micro_f1": candidate.held_out.micro_f1, "macro_f1": candidate.held_out.macro_f1}
    result = {
        "version": candidate.version,
        "unchanged": False,
        "held_out": {name: round(value, 4) for name, value in held_out.items()},
        "comparison": _comparison(versions, candidate.version, scratch),
    }
    say(done=steps.total, total=steps.total)
    say(end="done", message=f"已训练 {candidate.version} (trained; not promoted)", result=result)


def _trained(scratch: Path, versions: Versions, steps: _Steps) -> Candidate:
    """Train. Raises LabelError whose places are files of the labels, not of this run's own folder, gone by the time it is read."""
    from training.run import train

    try:
        today = f"{datetime.datetime.now(datetime.UTC):%Y%m%d}"
        return train(scratch, versions, today, scratch=scratch, report=steps.next)
    except LabelError as error:
        places = error.where.replace(f"{scratch}/", "").replace(str(scratch), "")
        raise LabelError(*(said.replace(f"{scratch}/", "") for said in (error.zh, error.en)), where=places) from error


class _Steps:
    """The steps of a run. What training reports is a step each; there may be one more than foreseen, never a step back."""

    def __init__(self, total: int) -> None:
        self.total, self._done = total, -1

    def next(self, line: str) -> None:
        self._done = min(self._done + 1, self.total - 1)
        stamp = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        print(f"{stamp} {line}", flush=True)  # noqa: T201 -- this is the log
        say(done=self._done, total=self.total, message=line)


def _same(versions: Versions, digest: str) -> str | None:
    """The live version, or else the newest, if it was trained on labels with this digest."""
    for name in dict.fromkeys([versions.live(), *versions.names()[-1:]]):
        try:
            if name and load_manifest(versions.path(name)).get("labels_sha256") == digest:
                return name
        except ModelError:
            continue  # a damaged version is no reason not to train
    return None


def _unchanged(version: str) -> None:
    message = (
        f"没有变化:标注与训练 {version} 时相同,未训练;如仍要训练请选 force "
        f"(the labels are those of {version}; nothing was trained; set force to train all the same)"
    )
    say(end="done", message=message, result={"version": version, "unchanged": True, "comparison": None})


def _comparison(versions: Versions, candidate: str, labels: Path) -> dict[str, Any] | None:
    """How the candidate compares with the live version; None if there is none."""
    from training.gate import compare

    live = versions.live()
    if not live or live == candidate:
        return None
    try:
        found = compare(versions, live, candidate, labels)
    except ModelError as error:
        return {"live": live, "better": None, "reasons": [{"against": False, "zh": error.zh, "en": error.en}]}
    reasons = [{"against": one.against, "zh": one.zh, "en": one.en} for one in found.verdict.reasons]
    return {"live": live, "better": found.better, "reasons": reasons, "changed": len(found.changed)}
