"""Where labels and models are, unless told otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from policy_themes.versions import Versions

__all__ = ["LabelsFolder", "ModelsFolder", "labels_folder", "versions_in"]

LabelsFolder = Annotated[Path | None, typer.Option("--labels", help="标注文件夹,默认 labels/")]
ModelsFolder = Annotated[Path | None, typer.Option("--models", help="模型文件夹,默认 models/")]


def labels_folder(given: Path | None) -> Path:
    """The folder given, else labels/ beside the shipped models."""
    from policy_themes.versions import Versions

    return given or Versions.shipped().folder.parent / "labels"


def versions_in(given: Path | None) -> Versions:
    """The versions in the folder given, else the shipped ones."""
    from policy_themes.versions import Versions

    return Versions(given) if given else Versions.shipped()
