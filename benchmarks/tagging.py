"""python -m benchmarks.tagging: tagging against segmenting alone, on the written sections.

Timings vary with the machine, so what counts is the ratio: medians of paired runs, one after the other in the same process.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from policy_themes.tagging.segment import Segmenter
from policy_themes.tagging.tagger import Options, Tagger
from training.labels import read_labels

RUNS = 5


def main() -> None:
    """Print the table."""
    items = read_labels(Path("labels")).items
    texts = [item.text for item in items if item.kind == "section"]
    characters = sum(map(len, texts))
    tagger, segmenter = Tagger.load(), Segmenter()
    plain, full = Options(evidence=False), Options()
    work: dict[str, Callable[[], object]] = {
        "分词 segmenting alone (rjieba)": lambda: [segmenter.words(text) for text in texts],
        "批量打标 tagging, batches of 256": lambda: _in_batches(tagger, texts, plain),
        "批量打标带依据 with evidence": lambda: _in_batches(tagger, texts, full),
        "逐段打标 one at a time": lambda: [tagger.tag(text, plain) for text in texts],
    }
    seconds = {name: [] for name in work}  # type: dict[str, list[float]]
    for _ in range(RUNS + 1):
        for name, run in work.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    base = statistics.median(next(iter(seconds.values()))[1:])
    print(
        f"{len(texts)} 段 sections, {characters} 字 characters, 模型 model {tagger.version}, 中位数 medians of {RUNS}"
    )
    print("| 工作 work | 段/秒 sections/s | 百万字/秒 Mchar/s | 耗时比 time ratio |\n| --- | --- | --- | --- |")
    for name, runs in seconds.items():
        median = statistics.median(runs[1:])
        print(f"| {name} | {len(texts) / median:,.0f} | {characters / median / 1e6:.2f} | {median / base:.1f} |")


def _in_batches(tagger: Tagger, texts: list[str], options: Options) -> None:
    for first in range(0, len(texts), 256):
        tagger.tag_batch(texts[first : first + 256], options)


if __name__ == "__main__":
    main()
