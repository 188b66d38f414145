"""policy-themes train: labels in, a model version out."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policy_themes.cli.folders import LabelsFolder, ModelsFolder
from policy_themes.cli.models import By

if TYPE_CHECKING:
    from training.version import Candidate


def train(
    labels: LabelsFolder = None,
    models: ModelsFolder = None,
    test: Annotated[
        list[Path] | None, typer.Option(help="训练不看、只用于测量的真实段落(JSONL:text、themes),可给多次")
    ] = None,
    documents: Annotated[
        Path | None, typer.Option(help="存有真实文件的文件夹,其中 labels/real.jsonl 标过的段落加入训练")
    ] = None,
    promote: Annotated[bool, typer.Option(help="不差于上线版时即上线")] = True,
    force: Annotated[bool, typer.Option(help="不论好坏都上线,须写 --note")] = False,
    note: Annotated[str, typer.Option(help="上线说明")] = "",
    by: By = None,
) -> None:
    """用标注训练一个新版本,不差于上线版才上线。Train a version; promote it if it is no worse than the live one."""
    from policy_themes.cli.folders import labels_folder, versions_in
    from policy_themes.cli.models import say_promotion
    from policy_themes.errors import InputError
    from training.run import train as run

    if force and not note.strip():
        raise InputError("强制上线须用 --note 写明原因", "--force needs a --note that says why")
    versions = versions_in(models)
    now = datetime.datetime.now(datetime.UTC)
    folder = labels_folder(labels)
    candidate = run(folder, versions, f"{now:%Y%m%d}", tests=test or (), documents=documents, report=_say)
    _figures(candidate)
    if promote or force:
        say_promotion(versions, candidate.version, folder, force=force, note=note, by=by)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def _figures(candidate: Candidate) -> None:
    _say(f"已写入 {candidate.folder}")
    _say(
        f"  留出的撰写文本 (held-out written text): micro-F1 {candidate.held_out.micro_f1:.4f}  macro-F1 {candidate.held_out.macro_f1:.4f}"
    )
    if apart := candidate.protected:
        _say(
            f"  受保护的测试文本 (protected): micro-F1 {apart.micro_f1:.4f}  macro-F1 {apart.macro_f1:.4f}  {apart.items} 段"
        )
    for name, metrics in candidate.tests.items():
        _say(
            f"  {name}: micro-F1 {metrics.micro_f1:.4f}  macro-F1 {metrics.macro_f1:.4f}  首个主题对 {metrics.first_right:.4f}"
        )
    if not candidate.tests:
        _say("  未用真实文件测量,留出文本的数字偏高 (not measured on real documents; give --test)")
