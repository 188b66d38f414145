"""policy-themes evaluate: a model against labelled sections."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from policy_themes.cli.folders import LabelsFolder


def evaluate(
    sections: Annotated[Path, typer.Argument(help="已标注的段落(JSONL:text、themes),或存有真实文件的文件夹")],
    model: Annotated[Path | None, typer.Option(help="模型文件夹,默认用上线的版本")] = None,
    labels: LabelsFolder = None,
    per_theme: Annotated[bool, typer.Option(help="逐主题列出")] = False,
) -> None:
    """用训练未见过的标注段落测量模型。Measure a model on labelled sections that it was not trained on.

    给文件夹时,在其中的文件里查找 labels/real.jsonl 标过的段落。Of a folder: the sections that labels/real.jsonl has labels for.
    """
    from policy_themes.cli.folders import labels_folder
    from policy_themes.tagging.tagger import Tagger
    from training.measuring import evaluate as run
    from training.measuring import read_test_set, real_test_set

    tagger = Tagger.load(model)
    folder = sections.is_dir()
    test = (
        real_test_set(labels_folder(labels), sections, tagger.themes)
        if folder
        else read_test_set(sections, tagger.themes)
    )
    metrics = run(tagger, test)
    sys.stdout.write(
        f"{tagger.version}  {metrics.items} 段  micro-F1 {metrics.micro_f1:.4f}  macro-F1 {metrics.macro_f1:.4f}  "
        f"精确率 {metrics.precision:.4f}  召回率 {metrics.recall:.4f}  首个主题对 {metrics.first_right:.4f}  "
        f"不标时对 {metrics.none_right:.4f}  校准误差 {metrics.calibration_error:.4f}\n"
    )
    if per_theme:
        for theme in sorted(metrics.themes, key=lambda theme: theme.f1):
            sys.stdout.write(
                f"{theme.name}\tF1 {theme.f1:.3f}\t精确率 {theme.precision:.3f}\t召回率 {theme.recall:.3f}\t{theme.support} 段\n"
            )
