"""policy-themes tag: documents, folders and tables in, tagged rows out."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policy_themes.cli.outputs import STREAM, output_of, sections_only
from policy_themes.cli.progress import Faults, progress

if TYPE_CHECKING:
    from policy_themes.batch.run import Engine
    from policy_themes.batch.units import Written
    from policy_themes.tagging.tagger import Options

SMALL = 5_000_000  # bytes of tables that one process tags sooner than several have started


class EngineName(StrEnum):
    """What does the work."""

    local = "local"
    ray = "ray"


def tag(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="文件夹、文档(txt、md、html、docx、pdf、ofd、doc、wps、rtf、zip)或有正文列的表格(jsonl、csv、xlsx、parquet);- 为标准输入",
        ),
    ],
    output: Annotated[
        str, typer.Option("--output", "-o", help="结果文件(.xlsx、.csv、.jsonl、.parquet、.html);- 为标准输出的 JSONL")
    ],
    model: Annotated[Path | None, typer.Option(help="模型文件夹,默认用上线的版本")] = None,
    text_column: Annotated[str | None, typer.Option(help="正文所在的列,默认 text、正文、文本或内容")] = None,
    top: Annotated[int | None, typer.Option(min=1, help="每段最多给几个主题")] = None,
    threshold: Annotated[float | None, typer.Option(min=0, max=1, help="用这个概率代替模型的阈值")] = None,
    scores: Annotated[bool, typer.Option(help="JSONL 中附上全部主题的概率")] = False,
    evidence: Annotated[bool | None, typer.Option(help="附上每个主题的依据句;文档默认附上,表格默认不附")] = None,
    boilerplate: Annotated[bool, typer.Option(help="连同标题、版头、落款等不打标的行一起写出")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="进程数,默认为处理器核数")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="接着上次中断的运行做")] = False,
    engine: Annotated[EngineName, typer.Option(help="local:本机多进程;ray:Ray 集群")] = EngineName.local,
    ray_address: Annotated[str | None, typer.Option(help="Ray 集群地址,默认在本机启动一个")] = None,
) -> None:
    """给文件夹、文档或表格逐段打标。Tag folders, documents (one row a section) and tables (a text column)."""
    from policy_themes.batch.inputs import LINES, is_table, units_of
    from policy_themes.batch.run import in_process, run
    from policy_themes.tagging.tagger import Options

    tables = all(is_table(one) for one in inputs)
    options = Options(top, threshold, evidence if evidence is not None else not tables, scores)
    folder = _model_folder(model)
    with output_of(output, folder, options, resume=resume) as (journal, write, own):
        written: Written = None
        if output == STREAM or Path(output).suffix.lower() == LINES:
            written = "all" if boilerplate else "sections"
        units = units_of(inputs, text_column, sys.stdin.buffer, skip=own, written=written)
        done: Engine
        if engine is EngineName.ray:
            from policy_themes.batch.ray import on_ray

            done = on_ray(folder, options, workers, ray_address)
        elif tables and (workers == 1 or _small(inputs)):
            done = in_process(folder, options)
        else:
            done = _local(folder, options, workers or os.cpu_count() or 1)
        faults = Faults(refuse_whole=len(inputs) == 1 and not Path(inputs[0]).is_dir())
        kept = write if boilerplate else sections_only(write)
        with progress() as counted:
            run(counted.units(units), counted.outcomes(done), journal, faults.noting(kept))
    faults.tell()


def _model_folder(model: Path | None) -> Path:
    from policy_themes.versions import Versions

    return model or Versions.shipped().live_folder()


def _small(inputs: list[str]) -> bool:
    return STREAM in inputs or sum(Path(one).stat().st_size for one in inputs if Path(one).exists()) < SMALL


def _local(folder: Path, options: Options, workers: int) -> Engine:
    from policy_themes.batch.pool import pooled

    return lambda units: pooled(units, folder, options, workers)
