"""policy-themes tag: tables and plain documents in, tagged rows out."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from policy_themes.batch.result import Result, Writer
    from policy_themes.documents.tables import Row

STREAM = "-"


def tag(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT...", help="表格(jsonl、csv、xlsx)或纯文本文档(txt、md);- 为标准输入的 JSONL"),
    ],
    output: Annotated[str, typer.Option("--output", "-o", help="结果文件(.jsonl、.csv、.xlsx);- 为标准输出的 JSONL")],
    model: Annotated[Path | None, typer.Option(help="模型文件夹,默认用上线的版本")] = None,
    text_column: Annotated[str | None, typer.Option(help="正文所在的列,默认 text、正文、文本或内容")] = None,
    top: Annotated[int | None, typer.Option(min=1, help="每段最多给几个主题")] = None,
    threshold: Annotated[float | None, typer.Option(min=0, max=1, help="用这个概率代替模型的阈值")] = None,
    scores: Annotated[bool, typer.Option(help="JSONL 中附上全部主题的概率")] = False,
    evidence: Annotated[bool, typer.Option(help="附上每个主题的依据句")] = False,
) -> None:
    """给表格或文档逐段打标。Tag tables (a text column) and plain documents (one row a section)."""
    from policy_themes.batch.run import tagged
    from policy_themes.tagging.tagger import Options, Tagger

    options = Options(top=top, threshold=threshold, evidence=evidence, scores=scores)
    failed: list[Result] = []
    # The output is named in an error before any work is done.
    with _writer(output) as write:
        tagger = Tagger.load(model)
        for result in _progress(tagged(_rows(inputs, text_column), tagger, options)):
            write(result)
            if result.error:
                failed.append(result)
    _report(failed)


def _rows(inputs: list[str], text_column: str | None) -> Iterator[Row]:
    from policy_themes.batch.run import rows_of
    from policy_themes.documents.tables import read_jsonl

    for one in inputs:
        if one == STREAM:
            yield from read_jsonl(sys.stdin.buffer, "<stdin>", text_column)
        else:
            yield from rows_of(Path(one), text_column)


@contextlib.contextmanager
def _writer(output: str) -> Iterator[Writer]:
    from policy_themes.batch.writers import writer_for
    from policy_themes.batch.writers.jsonl import to_stream
    from policy_themes.errors import InputError
    from policy_themes.files import written_whole

    if output == STREAM:
        # JSON may hold any character, whatever the terminal's encoding.
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        yield to_stream(sys.stdout)
        return
    path = Path(output)
    if not path.parent.is_dir():
        raise InputError(
            "输出文件夹不存在,请先建立", "the output's folder does not exist; make it first", where=str(path.parent)
        )
    with written_whole(path) as temporary, writer_for(temporary, path.suffix.lower()) as write:
        yield write


def _progress(results: Iterable[Result]) -> Iterator[Result]:
    """The results again, counted on a terminal's bar."""
    if not sys.stderr.isatty():
        yield from results
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("打标"), MofNCompleteColumn(), TextColumn("段"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None)
        for result in results:
            yield result
            bar.advance(task)


def _report(failed: list[Result]) -> None:
    if failed:
        for result in failed[:20]:
            sys.stderr.write(f"{result.where}: {result.error}\n")
        sys.stderr.write(
            f"{len(failed)} 行未能打标,其余已写出 ({len(failed)} rows could not be tagged, the rest is written)\n"
        )
        raise typer.Exit(1)
