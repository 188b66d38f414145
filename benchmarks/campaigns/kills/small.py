"""A home small enough that training takes seconds: the health-policy example, with two versions of one model."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import policy_themes
from benchmarks.campaigns.target import COMMAND
from benchmarks.promotions import two_versions

__all__ = ["small_home"]

HEALTH = Path(policy_themes.__file__).parent / "examples/health"


def small_home(folder: Path) -> list[str]:
    """Make `folder`/labels and `folder`/models; gives the names of the versions."""
    _run("init", folder)
    for name in ("themes.yaml", "lexicon.txt"):
        shutil.copy(HEALTH / name, folder / "labels" / name)
    _run("labels", "import", HEALTH / "labels.csv", "--home", folder)
    _run("train", "--home", folder)
    return two_versions(folder / "models")


def _run(*words: str | Path) -> None:
    subprocess.run([COMMAND, *map(str, words)], check=True, capture_output=True)
