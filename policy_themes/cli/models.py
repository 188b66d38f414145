"""policy-themes models: the versions there are, and which one is live."""

from __future__ import annotations

import datetime
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from policy_themes.cli.folders import ModelsFolder

if TYPE_CHECKING:
    from policy_themes.versions import Versions

app = typer.Typer(help="模型版本:列出、上线、退回。List, promote and roll back versions.", no_args_is_help=True)


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
def promote(
    version: Annotated[str, typer.Argument(help="版本名")],
    models: ModelsFolder = None,
    force: Annotated[bool, typer.Option(help="不论好坏都上线,须写 --note")] = False,
    note: Annotated[str, typer.Option(help="上线说明")] = "",
) -> None:
    """让一个版本上线,须不差于现在的。Make a version live if it is no worse than the present one."""
    from policy_themes.cli.folders import versions_in

    say_promotion(versions_in(models), version, force=force, note=note)


@app.command()
def rollback(models: ModelsFolder = None, note: Annotated[str, typer.Option(help="退回说明")] = "") -> None:
    """退回上一个上线的版本。Go back to the version that was live before."""
    from policy_themes.cli.folders import versions_in
    from policy_themes.versions import Promotion

    versions = versions_in(models)
    back = versions.before()
    versions.go_live(Promotion(back, _now(), "rollback", note))
    sys.stderr.write(f"已退回 {back} (rolled back)\n")


def say_promotion(versions: Versions, version: str, *, force: bool, note: str) -> None:
    """Promote through the gate and say what came of it. Raises PromotionRefused."""
    from policy_themes.errors import InputError
    from training.gate import promote as run

    if force and not note:
        raise InputError("强制上线须用 --note 写明原因", "--force needs a --note that says why")
    comparison = run(versions, version, _now(), force=force, note=note)
    if comparison:
        sys.stderr.write(f"{comparison}\n")
    sys.stderr.write(f"已上线 {version} (live)\n")


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
