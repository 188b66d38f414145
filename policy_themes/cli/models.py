"""policy-themes models: the versions there are, which one is live, how two compare, and who promoted what when."""

from __future__ import annotations

import datetime
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policy_themes.cli.folders import LabelsFolder, ModelsFolder

if TYPE_CHECKING:
    from policy_themes.versions import Versions

By = Annotated[str | None, typer.Option("--by", help="由谁上线,默认为系统用户名")]

app = typer.Typer(
    help="模型版本:列出、比较、上线、退回。List, compare, promote and roll back versions.", no_args_is_help=True
)


@app.command("list")
def list_versions(models: ModelsFolder = None) -> None:
    """列出各版本及其准确率。List the versions and their figures."""
    from policy_themes.cli.folders import versions_in
    from policy_themes.store import load_manifest

    versions = versions_in(models)
    live = versions.live()
    for name in versions.names():
        metrics = load_manifest(versions.folder / name).get("metrics", {})
        figures = "  ".join(f"{text}:{one['micro_f1']:.4f}" for text, one in metrics.items())
        sys.stdout.write(f"{'* ' if name == live else '  '}{name}  micro-F1 {figures}\n")
    if not versions.names():
        sys.stdout.write("还没有模型,请运行 policy-themes train (no models yet)\n")


@app.command()
def history(models: ModelsFolder = None) -> None:
    """谁在何时让哪个版本上线。Who made which version live, and when."""
    from policy_themes.cli.folders import versions_in

    steps = versions_in(models).history()
    for step in steps:
        state = "  未上线,被中断 (interrupted, did not go live)" if step.interrupted else ""
        said = "  ".join(part for part in (step.by or "-", step.note) if part)
        sys.stdout.write(f"{step.at}  {step.action:8}  {step.version}  {said}{state}\n")
    if not steps:
        sys.stdout.write("还没有上线过模型 (nothing has been promoted yet)\n")


@app.command()
def compare(
    live: Annotated[str, typer.Argument(help="现在的版本名")],
    candidate: Annotated[str, typer.Argument(help="候选的版本名")],
    models: ModelsFolder = None,
    labels: LabelsFolder = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写成 .html 报告或 .json")] = None,
) -> None:
    """在两个版本都没学过的文本上比较,逐主题。Compare two versions on text that neither was trained on."""
    from policy_themes.cli.folders import versions_in
    from training.compare.comparison import compare as run
    from training.compare.report import write

    comparison = run(versions_in(models), live, candidate, labels_beside(models, labels))
    sys.stdout.write(f"{comparison}\n")
    if output:
        write(comparison, output)
        sys.stderr.write(f"已写入 {output} (written)\n")


@app.command()
def promote(
    version: Annotated[str, typer.Argument(help="版本名")],
    models: ModelsFolder = None,
    labels: LabelsFolder = None,
    force: Annotated[bool, typer.Option(help="不论好坏都上线,须写 --note")] = False,
    note: Annotated[str, typer.Option(help="上线说明")] = "",
    by: By = None,
) -> None:
    """让一个版本上线,须不差于现在的。Make a version live if it is no worse than the present one."""
    from policy_themes.cli.folders import versions_in

    say_promotion(versions_in(models), version, labels_beside(models, labels), force=force, note=note, by=by)


@app.command()
def rollback(
    models: ModelsFolder = None,
    note: Annotated[str, typer.Option(help="退回说明")] = "",
    by: By = None,
) -> None:
    """退回上一个上线的版本。Go back to the version that was live before."""
    from policy_themes.cli.folders import versions_in

    back = versions_in(models).roll_back(_now(), by=_who(by), note=note)
    sys.stderr.write(f"已退回 {back} (rolled back)\n")


def say_promotion(
    versions: Versions, version: str, labels: Path | None, *, force: bool, note: str, by: str | None
) -> None:
    """Promote through the gate and say what came of it. Raises PromotionRefused."""
    from training.gate import promote as run

    comparison = run(versions, version, _now(), force=force, note=note, by=_who(by), labels=labels)
    if comparison:
        sys.stderr.write(f"{comparison}\n")
    sys.stderr.write(f"已上线 {version} (live)\n")


def labels_beside(models: Path | None, labels: Path | None) -> Path | None:
    """The labels folder given, else the one beside the shipped models if those are meant: other models have other labels."""
    from policy_themes.cli.folders import labels_folder

    return labels or (labels_folder(None) if models is None and labels_folder(None).is_dir() else None)


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _who(given: str | None) -> str:
    """The name given, else that of the user the system knows; empty if it knows none."""
    if given is not None:
        return given
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
