"""policy-themes labels: the labelled text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policy_themes.cli import exchange
from policy_themes.cli.folders import LabelsFolder

if TYPE_CHECKING:
    from training.checks import Annotation, Checks
    from training.checks.tables import Table
    from training.labels import Labels

app = typer.Typer(help="标注文本。The labelled text.", no_args_is_help=True)
app.command("import")(exchange.import_)
app.command("export")(exchange.export)

SHOWN = 20  # findings of one kind told on the terminal; a file has them all


@app.command()
def check(
    labels: LabelsFolder = None,
    quality: Annotated[
        bool, typer.Option("--quality", help="另查标注质量:可疑、矛盾与过少的标注,标注者的一致性;需训练,约半分钟")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="将 --quality 的全部结果写到 .xlsx、.html 或 .json")
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(help="--quality 时:另一位标注者对同样文字的标注(格式同 import),可给多次"),
    ] = None,
) -> None:
    """逐行检查标注:格式、主题、长度、重复与矛盾。Name file and line of every fault in the labels."""
    from policy_themes.cli.folders import labels_folder
    from training.faults import faults
    from training.labels import read_labels

    _refuse_without(quality, output, against)
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
    if quality:
        sys.stdout.flush()
        _tell_quality(read, against or [], output)
    if found:
        raise typer.Exit(1)


def _refuse_without(quality: bool, output: Path | None, against: list[Path] | None) -> None:
    """Raise InputError for a call that asks for nothing, before any work is done."""
    from policy_themes.errors import InputError

    if (output or against) and not quality:
        raise InputError("-o 与 --against 须与 --quality 同用", "-o and --against need --quality")
    if output:
        from training.checks.output import checked_output

        checked_output(output)


def _tell_quality(read: Labels, against: list[Path], output: Path | None) -> None:
    from training.checks import annotations_of, check
    from training.checks.output import write
    from training.checks.tables import tables_of

    annotations = [*annotations_of(read.items), *(one for path in against for one in _annotations(path, read))]
    checks = check(read.items, annotations, read.codebook, suspicious=True, lexicon=read.lexicon, report=_say)
    if output:
        write(output, checks)
    for table in tables_of(checks):
        _print(table)
    _summarise(checks, output)


def _annotations(path: Path, read: Labels) -> list[Annotation]:
    """What the file says of texts, by the file's name where it does not say by whom. Raises LabelError for its first fault."""
    from policy_themes.errors import LabelError
    from training.checks import Annotation, text_digest
    from training.exchange import read_file
    from training.exchange.names import resolved
    from training.labels import Fault

    found = []
    for one in read_file(path, read.codebook):
        themes, faults = ((), [one]) if isinstance(one, Fault) else resolved(one.themes, read.codebook, one.where)
        if isinstance(one, Fault) or faults:
            raise LabelError(faults[0].zh, faults[0].en, where=faults[0].where)
        found.append(Annotation(text_digest(one.text), one.annotator or path.stem, themes, one.date))
    return found


def _print(table: Table) -> None:
    """A table of findings as lines that name the place; one of figures in columns."""
    sys.stdout.write(f"\n{table.title}({len(table.rows)})\n")
    if table.columns[0] != "位置":
        _print_figures(table)
        return
    for row in table.rows[:SHOWN]:
        sys.stdout.write(
            f"  {row[0]}: {row[2]}\n    {str(row[-1]).splitlines()[0][:60] if row[-1] else ''}".rstrip() + "\n"
        )
    if len(table.rows) > SHOWN:
        sys.stdout.write(f"  ……另有 {len(table.rows) - SHOWN} 处,用 -o 写出全部\n")


def _print_figures(table: Table) -> None:
    from rich.cells import cell_len, set_cell_size

    rows = [
        table.columns,
        *(
            [f"{cell:.3f}" if isinstance(cell, float) else ("—" if cell is None else str(cell)) for cell in row]
            for row in table.rows
        ),
    ]
    widths = [max(cell_len(row[at]) for row in rows) for at in range(len(table.columns))]
    for row in rows:
        line = "  ".join(set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write(f"  {line.rstrip()}\n")


def _summarise(checks: Checks, output: Path | None) -> None:
    from training.checks import KINDS

    counts = ",".join(f"{title} {len(checks.of(kind))}" for kind, title in KINDS.items() if checks.of(kind))
    written = f"已写入 {output} (written)" if output else "用 -o 写出全部 (-o FILE writes them all)"
    sys.stdout.write(f"\n质量检查 (quality): {counts or '没有发现 (nothing found)'};{written}\n")
    if not checks.agreement.texts:
        sys.stdout.write("没有两人标过的文字,未算一致性 (no text has two annotators; give --against FILE)\n")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
