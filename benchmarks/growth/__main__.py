"""python -m benchmarks.growth [SECTIONS]: cost and memory from 100 sections to SECTIONS (default a million), from 10 characters a section
to 100,000, from 1 client to 64. Saves benchmarks/results/growth.md and growth.svg."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.growth.batch import Run, grown
from benchmarks.growth.chart import Chart, Line, picture
from benchmarks.growth.clients import Crowd, by_clients
from benchmarks.growth.lengths import Length, by_length
from training.labels import read_labels

RESULTS = Path(__file__).parents[1] / "results"
MOST = 1_000_000


def main() -> None:
    """Measure, print the tables, save them and the picture."""
    texts = [item.text for item in read_labels(Path("labels")).items if item.kind == "section"]
    lengths = list(by_length(texts))
    runs = list(grown(texts, int(sys.argv[1]) if len(sys.argv) > 1 else MOST))
    crowds = list(by_clients(texts))  # last: it keeps this process to one core
    saved(runs, lengths, crowds)


def saved(runs: Sequence[Run], lengths: Sequence[Length], crowds: Sequence[Crowd]) -> None:
    """Print the tables; save them and the picture."""
    table = "\n".join([_machine(), "", *_batch(runs), "", *_length(lengths), "", *_clients(crowds)])
    text = f"# 工作变大时的代价 Cost as the work grows\n\n{table}\n\n![growth](growth.svg)\n"
    print(text, end="")
    (RESULTS / "growth.md").write_text(text, "utf-8")
    (RESULTS / "growth.svg").write_text(picture(_charts(runs, lengths, crowds)), "utf-8")


def _batch(runs: Sequence[Run]) -> list[str]:
    rows = [f"| {run.sections:,} | {run.microseconds:.0f} | {run.memory:.0f} |" for run in runs]
    peaks = {run.sections: run.memory for run in runs}
    last = runs[-1].sections
    flat = f"内存 memory, {last:,} / 10,000: {peaks[last] / peaks[10_000]:.2f}" if 10_000 in peaks else ""
    return [
        "`policy-themes tag` (JSONL, `--workers 1`), 启动不计 start-up taken off; 处理器时间 processor time.",
        "",
        "| 段 sections | 微秒/段 µs a section | 峰值内存 peak MB |",
        "| --- | --- | --- |",
        *rows,
        *(["", flat] if flat else []),
    ]


def _length(lengths: Sequence[Length]) -> list[str]:
    return [
        "| 每段字数 characters a section | 微秒/字 µs a character | 带依据 with evidence |",
        "| --- | --- | --- |",
        *(f"| {one.characters:,} | {one.plain:.3f} | {one.evidence:.3f} |" for one in lengths),
    ]


def _clients(crowds: Sequence[Crowd]) -> list[str]:
    return [
        "POST /classify, 220 字 characters, 不带依据 evidence off; 空接口 the empty endpoint in the same rounds.",
        "",
        "| 客户端 clients | 请求/秒 req/s: ours | empty | ours / empty | p50 ms: ours, empty | p99 ms: ours, empty | p99 ours / empty |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(
            f"| {one.clients} | {one.ours.rate:,.0f} | {one.empty.rate:,.0f} | {one.rate:.2f} | {one.ours.p50:.2f}, {one.empty.p50:.2f} |"
            f" {one.ours.p99:.2f}, {one.empty.p99:.2f} | {one.p99:.2f} |"
            for one in crowds
        ),
    ]


def _charts(runs: Sequence[Run], lengths: Sequence[Length], crowds: Sequence[Crowd]) -> list[Chart]:
    sections, clients = "段数 sections", "客户端 clients"
    return [
        Chart("微秒/段 µs a section", sections, [Line("", [(one.sections, one.microseconds) for one in runs])]),
        Chart("峰值内存 peak memory, MB", sections, [Line("", [(one.sections, one.memory) for one in runs])]),
        Chart(
            "微秒/字 µs a character",
            "每段字数 characters a section",
            [
                Line("不带依据 plain", [(one.characters, one.plain) for one in lengths]),
                Line("带依据 with evidence", [(one.characters, one.evidence) for one in lengths]),
            ],
        ),
        Chart(
            "请求/秒 requests a second",
            clients,
            [
                Line("本程序 ours", [(one.clients, one.ours.rate) for one in crowds]),
                Line("空接口 empty", [(one.clients, one.empty.rate) for one in crowds]),
            ],
        ),
    ]


def _machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} 核 cores, Python {platform.python_version()}."


if __name__ == "__main__":
    main()
