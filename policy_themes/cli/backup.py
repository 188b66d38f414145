"""policy-themes backup and restore: label store, labels and models in one file, and back."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policy_themes.cli.folders import LabelsFolder, ModelsFolder

if TYPE_CHECKING:
    from service.archive import Manifest

DatabaseUrl = Annotated[
    str, typer.Option("--database", envvar="POLICY_THEMES_DATABASE", help="标注库地址,默认为标注文件夹旁的 store.db")
]


def backup(
    file: Annotated[Path, typer.Argument(help="写到哪个 .zip;已存在则不写")],
    labels: LabelsFolder = None,
    models: ModelsFolder = None,
    database: DatabaseUrl = "",
) -> None:
    """备份标注库、标注与各模型版本;服务可照常运行。Back up label store, labels and models, while the service runs."""
    from policy_themes.cli.folders import labels_folder, versions_in
    from service.backup import write_backup
    from service.store import address

    folder = labels_folder(labels)
    at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    _say(
        "已写入 (written)", file, write_backup(file, folder, versions_in(models).folder, address(database, folder), at)
    )


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="backup 写的 .zip", exists=True, dir_okay=False)],
    home: Annotated[Path | None, typer.Option(help="恢复到哪个工作文件夹,须是新的或空的")] = None,
    database: Annotated[
        str,
        typer.Option(
            envvar="POLICY_THEMES_DATABASE", help="恢复到哪个标注库,SQLite 与 PostgreSQL 可互换;默认在工作文件夹中"
        ),
    ] = "",
    force: Annotated[bool, typer.Option(help="已有内容也恢复:文件夹另存为 replaced-*,数据库中的内容删除")] = False,
    check: Annotated[bool, typer.Option("--check", help="只核对备份是否完好,不写任何东西")] = False,
) -> None:
    """从备份恢复;先停止服务。Restore a backup; stop the service first."""
    from policy_themes.errors import InputError
    from service.archive import opened
    from service.restore import restore as run

    if check:
        with opened(file) as archive:
            archive.check()
            _say("备份完好 (sound)", file, archive.manifest)
        return
    folder = home or context.obj
    if folder is None:
        raise InputError("请用 --home 指明恢复到哪个文件夹", "name the folder to restore to with --home")
    _say(f"已恢复到 {folder} (restored)", file, run(file, folder, database, force=force))


def _say(done: str, file: Path, manifest: Manifest) -> None:
    rows = manifest.rows
    store = f"标注库 {rows.get('texts', 0)} 段、{rows.get('labels', 0)} 次标注" if manifest.revision else "没有标注库"
    versions = {name.split("/")[1] for name in manifest.members if name.startswith("models/") and name.count("/") > 1}
    sys.stderr.write(
        f"{done}: {file};{manifest.made_at[:19]} 由 {manifest.program} 版备份,{store},"
        f"模型 {len(versions)} 版,文件 {len(manifest.members)} 个"
        f" ({rows.get('texts', 0)} texts, {rows.get('labels', 0)} labels, {len(versions)} model versions)\n"
    )
