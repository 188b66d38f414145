"""python -m benchmarks.tagging: tagging against segmenting alone, scikit-learn and the usual tutorial, on the written sections.

Seconds vary with the machine and with what else it does, so what counts is a ratio: in every round all kinds of work take turns, and a
ratio is the median of the rounds'. Seconds are the processor's. Peak memory is that of a process that does
one kind only.
"""

from __future__ import annotations

import functools
import multiprocessing
import platform
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path

from benchmarks.machine import one_core, processor
from benchmarks.peers.speed import NAMES, Peer, peers
from policy_themes.tagging.tagger import Options, Tagger
from training.labels import read_labels

ROUNDS = 7
SECTIONS = 2000
BATCH = 256
RESULT = Path("benchmarks/results/tagging.md")

Texts = Sequence[str]
Work = Callable[[Texts, int], object]  # what is done with the batch that begins at a place of the texts


def main() -> None:
    """Print the table and save it."""
    with one_core():
        texts = _texts()
        work = {name: make(texts) for name, make in KINDS.items()}
        with peers(texts) as others:
            rounds = [_round(work, texts, others) for _ in range(ROUNDS + 1)][1:]  # the first one warms up
            memory = {name: peer.memory for name, peer in others.items()}
    seconds = {name: [one[name] for one in rounds] for name in rounds[0]}
    memory |= {name: _in_a_process_of_its_own(name) for name in KINDS}
    absent = [f"| {name} | 未安装 not installed: make peers |" for name in NAMES if name not in others]
    rows = _rows(seconds, memory, sum(map(len, texts)), len(texts))
    table = "\n".join([_head(texts), "", *rows, *absent]) + "\n"
    print(table, end="")
    RESULT.write_text(table, "utf-8")


def _texts() -> list[str]:
    return [item.text for item in read_labels(Path("labels")).items if item.kind == "section"][:SECTIONS]


def _words(_: Texts) -> Work:
    import rjieba

    jieba = rjieba.Jieba()
    return lambda texts, at: [jieba.cut(text, False) for text in texts[at : at + BATCH]]


@functools.cache
def _tagger() -> Tagger:
    return Tagger.load()


def _batches(options: Options) -> Callable[[Texts], Work]:
    def make(_: Texts) -> Work:
        tagger = _tagger()
        return lambda texts, at: tagger.tag_batch(texts[at : at + BATCH], options)

    return make


def _one_by_one(options: Options) -> Callable[[Texts], Work]:
    def make(_: Texts) -> Work:
        tagger = _tagger()
        return lambda texts, at: [tagger.tag(text, options) for text in texts[at : at + BATCH]]

    return make


def _scikit_learn(texts: Texts) -> Work:
    """The model's own pipeline on what we score: each text, its sentences and its clauses, their features cut beforehand."""
    import joblib

    from policy_themes.store import load_model
    from policy_themes.tagging.features import clauses
    from policy_themes.tagging.segment import Segmenter
    from policy_themes.versions import Versions

    folder = Versions.shipped().live_folder()
    pipeline = joblib.load(folder / "pipeline.joblib")
    segmenter = Segmenter(load_model(folder).lexicon)
    units: list[list[str]] = []
    for text in texts:
        found = clauses(text, segmenter)
        sentences: dict[int, list[str]] = {}
        for clause in found:
            sentences.setdefault(clause.sentence, []).extend(clause.features)
        parts = [*sentences.values(), *(clause.features for clause in found)]
        units.append([" ".join(feature for clause in found for feature in clause.features), *map(" ".join, parts)])
    return lambda _, at: pipeline.decision_function([unit for text in units[at : at + BATCH] for unit in text])


def _tutorial(_: Texts) -> Work:
    import jieba

    jieba.setLogLevel(60)
    from benchmarks.peers.tutorial_service import pipeline

    return lambda texts, at: pipeline.predict_proba(texts[at : at + BATCH])


PLAIN = Options(evidence=False)
SEGMENTING = "分词 rjieba alone"
OURS = "批量打标 policy-themes, batches"
KINDS: dict[str, Callable[[Texts], Work]] = {
    SEGMENTING: _words,
    OURS: _batches(PLAIN),
    "批量打标带依据 with evidence": _batches(Options()),
    "逐段打标 one by one": _one_by_one(PLAIN),
    "逐段打标带依据 one by one, with evidence": _one_by_one(Options()),
    "scikit-learn, decision_function 不含分词 without segmenting": _scikit_learn,
    "教程 jieba + TfidfVectorizer + OneVsRestClassifier": _tutorial,
}


def _rows(seconds: dict[str, list[float]], memory: dict[str, float], characters: int, sections: int) -> Iterator[str]:
    yield "| 工作 work | 段/秒 sections/s | 百万字/秒 Mchar/s | 耗时 / 分词 time / rjieba | 耗时 / 本程序 time / ours | 峰值内存 peak MB |"
    yield "| --- " * 6 + "|"
    for name, runs in seconds.items():
        median = statistics.median(runs)
        ratios = [
            statistics.median(one / other for one, other in zip(runs, seconds[base], strict=True))
            for base in (SEGMENTING, OURS)
        ]
        yield (
            f"| {name} | {sections / median:,.0f} | {characters / median / 1e6:.2f} | {ratios[0]:.2f} | {ratios[1]:.2f} |"
            f" {memory[name]:.0f} |"
        )


def _head(texts: Texts) -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("rjieba", "numpy", "scikit-learn", "jieba"))
    return (
        f"{len(texts)} 段 sections, {sum(map(len, texts))} 字 characters, 一核 one core, {ROUNDS} 轮中位数 medians of"
        f" {ROUNDS} rounds; {processor()}, Python {platform.python_version()}, {libraries}."
    )


def _round(work: Mapping[str, Work], texts: Texts, others: Mapping[str, Peer]) -> dict[str, float]:
    """Processor seconds of each kind of work, and of the peers."""
    seconds = {name: peer.tagged() for name, peer in others.items()}
    for name, run in work.items():
        fresh = [
            str(text.encode(), "utf-8") for text in texts
        ]  # as read from a file: Python keeps a string's UTF-8 once made
        start = time.process_time()
        for at in range(0, len(texts), BATCH):
            run(fresh, at)
        seconds[name] = time.process_time() - start
    return seconds


def _in_a_process_of_its_own(name: str) -> float:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_peak, name).result()


def _peak(name: str) -> float:
    """Peak resident memory (MB) of this process after it has done one kind of work."""
    texts = _texts()
    _round({name: KINDS[name](texts)}, texts, {})
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would give the peak of the process that started this one
        return float(status.read_text("utf-8").split("VmHWM:")[1].split()[0]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    main()
