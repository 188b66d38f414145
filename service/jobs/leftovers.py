"""What a killed training run leaves in the models folder, and its removal. All of it has names that are no version's."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

__all__ = ["clear", "remove", "scratch_of"]

PREFIX = ".run-"
OLD = 3600  # seconds; a version is written in a few, be it by this service or by the command


def scratch_of(models: Path, job: str) -> Path:
    """The folder of a training run's labels and other temporary files."""
    return models / f"{PREFIX}{job}"


def remove(models: Path, job: str) -> None:
    """Remove the folder of a run that has ended."""
    shutil.rmtree(scratch_of(models, job), ignore_errors=True)


def clear(models: Path) -> None:
    """Remove what dead runs left; to be called by the one who has the right to train."""
    for path in models.glob(f"{PREFIX}*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in models.glob(".*.tmp"):
        if path.is_dir() and time.time() - path.stat().st_mtime > OLD:
            shutil.rmtree(path, ignore_errors=True)
