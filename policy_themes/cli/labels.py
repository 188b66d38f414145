"""policy-themes labels: the labelled text."""

from __future__ import annotations

import sys

import typer

from policy_themes.cli import exchange
from policy_themes.cli.folders import LabelsFolder

app = typer.Typer(help="标注文本。The labelled text.", no_args_is_help=True)
app.command("import")(exchange.import_)
app.command("export")(exchange.export)


@app.command()
def check(labels: LabelsFolder = None) -> None:
    """逐行检查标注:格式、主题、长度、重复与矛盾。Name file and line of every fault in the labels."""
    from policy_themes.cli.folders import labels_folder
    from training.faults import faults
    from training.labels import read_labels

    folder = labels_folder(labels)
    read = read_labels(folder)
    found = faults(read)
    for fault in found:
        sys.stdout.write(f"{fault}\n")
    sections = sum(item.kind == "section" for item in read.items)
    none = sum(not item.themes for item in read.items)
    sys.stdout.write(
        f"{folder}: {sections} 段、{len(read.items) - sections} 句,{none} 条不带主题,{len(found)} 处错误 "
        f"({sections} sections, {len(read.items) - sections} clauses, {none} with no theme, {len(found)} faults)\n"
    )
    if found:
        raise typer.Exit(1)
