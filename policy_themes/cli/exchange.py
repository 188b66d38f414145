"""policy-themes labels import, labels export: labelled text from and for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policy_themes.cli.folders import LabelsFolder

if TYPE_CHECKING:
    from training.exchange.plan import Plan
    from training.labels import Item

__all__ = ["export", "import_"]

Format = Annotated[
    str, typer.Option("--format", help="csv、xlsx、jsonl、label-studio、doccano、fasttext,默认按扩展名与内容判断")
]


def import_(
    files: Annotated[list[Path], typer.Argument(help="csv、xlsx、jsonl、Label Studio、doccano、fastText 文件")],
    labels: LabelsFolder = None,
    to: Annotated[str, typer.Option(help="写入标注文件夹中的 NAME.jsonl,默认 import-YYYYMMDD")] = "",
    named: Format = "",
    kind: Annotated[str, typer.Option(help="文件未写明时:section 或 clause")] = "section",
    source: Annotated[str, typer.Option(help="文件未写明时的来源,默认文件名")] = "",
    annotator: Annotated[str, typer.Option(help="文件未写明时的标注者")] = "import",
    replace: Annotated[bool, typer.Option("--replace", help="文字相同而主题不同时,以导入的主题为准")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="只显示会做什么,不写入")] = False,
) -> None:
    """导入标注,全部合格才写入。Import labelled text: all of it or, if anything is wrong, none."""
    import datetime

    from policy_themes.cli.folders import labels_folder
    from training.exchange import read_file
    from training.exchange.apply import apply, labels_in
    from training.exchange.complete import Defaults
    from training.exchange.detect import checked_format
    from training.exchange.plan import planned

    folder, today = labels_folder(labels), datetime.datetime.now().astimezone().date()
    name = _name(to or f"import-{today:%Y%m%d}")
    checked_format(named)
    there = labels_in(folder)
    found = (one for file in files for one in read_file(file, there.codebook, named))
    plan = planned(there, found, Defaults(name, kind, source, annotator, today.isoformat()), replacing=replace)
    _tell(plan)
    if not plan.faults and not preview:
        apply(folder, plan, name)
    sys.stdout.write(_outcome(plan, folder / f"{name}.jsonl", preview=preview))
    if plan.faults:
        raise typer.Exit(2)


def export(
    output: Annotated[Path, typer.Argument(help="写到:.csv .xlsx .jsonl .json(Label Studio).txt(fastText)")],
    labels: LabelsFolder = None,
    named: Format = "",
    marks: Annotated[bool, typer.Option("--marks", help="表格中每个主题一列,以 1 标记")] = False,
) -> None:
    """导出标注,供表格与标注软件使用。Export the labelled text for spreadsheets and annotation programs."""
    from policy_themes.cli.folders import labels_folder
    from policy_themes.errors import InputError
    from training.exchange import Labelled, write_file
    from training.labels import read_labels

    folder = labels_folder(labels)
    if output.resolve().parent == folder.resolve():
        raise InputError(
            "输出不能放在标注文件夹里,否则会被当作标注读入",
            "lies in the labels folder, where it would be read as labels; write elsewhere",
            where=str(output),
        )
    read = read_labels(folder)
    columns = [theme.name for theme in read.codebook.active] if marks else []
    write_file(output, [Labelled.of(item) for item in read.items], named, columns)
    for fault in read.faults:
        sys.stderr.write(f"{fault}\n")
    sys.stdout.write(
        f"{output}: 写出 {len(read.items)} 条,{len(read.faults)} 行有错未写 "
        f"({len(read.items)} items written, {len(read.faults)} faulty lines left out)\n"
    )
    if read.faults:
        raise typer.Exit(1)


def _name(given: str) -> str:
    """The name of the file to write, without its suffix."""
    import re

    from policy_themes.errors import InputError
    from training.labels import REAL

    name = given.removesuffix(".jsonl")
    if not re.fullmatch(r"\w[\w.-]{0,99}", name) or f"{name}.jsonl" == REAL:
        raise InputError(
            f"--to 应为文件名(字母、汉字、数字、- 和 .),且不能是 {REAL}",
            f"--to must be a file name of letters, digits, - and . and not {REAL}",
            where=given[:100],
        )
    return name


def _tell(plan: Plan) -> None:
    """A line for each fault and each entry left out."""
    for fault in plan.faults:
        sys.stdout.write(f"{fault}\n")
    for warning in plan.near:
        sys.stdout.write(f"警告 warning: {warning}\n")


def _outcome(plan: Plan, target: Path, *, preview: bool) -> str:
    """What was done or would be, with the count of each theme among the items that change."""
    if plan.faults:
        done = f"有 {len(plan.faults)} 处错误,未写入 (faults: {len(plan.faults)}, nothing written)"
    elif preview:
        done = "预览,未写入 (preview, nothing written)"
    elif plan.new or plan.replaced:
        done = "已写入 (written)"
    else:
        done = "没有新内容,未写入 (nothing new, nothing written)"
    counts = (len(plan.new), plan.same, len(plan.replaced), plan.conflicts, len(plan.near))
    zh = "新增 {} 条,相同 {} 条,替换 {} 条,冲突 {} 条,近似重复 {} 条".format(*counts)
    en = "{} new, {} the same, {} replaced, {} in conflict, {} near-duplicates left out".format(*counts)
    themes = _themes([*plan.new, *(item for _, item in plan.replaced)])
    return f"{themes}{target}: {zh} ({en}); {done}\n"


def _themes(items: list[Item]) -> str:
    """A line of how many items carry each theme, the most frequent first."""
    from collections import Counter

    count = Counter(theme for item in items for theme in item.themes or ("不带主题 none",))
    shown = "、".join(f"{theme} {number}" for theme, number in count.most_common())
    return f"按主题 by theme: {shown}\n" if shown else ""
