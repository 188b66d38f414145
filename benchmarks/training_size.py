"""How training grows with the number of labels: seconds and peak memory for 2,000, 10,000 and 50,000 items.

    python -m benchmarks.training_size [ITEMS ...]

The items are clauses of labels/ shuffled into new texts of the same themes: fit for timing, meaningless as text. Each size is trained
in a process of its own. Memory is that of the largest of its processes, of which three run at once. Where much else runs, which the
load tells, processor seconds say more than seconds. The table goes to results/training.md too, unless sizes are named.
"""

from __future__ import annotations

import json
import os
import platform
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from training.faults import SIMILAR
from training.labels import Labels, read_labels
from training.similarity import near_duplicates

LABELS = Path(__file__).parent.parent / "labels"
RESULT = Path(__file__).parent / "results" / "training.md"
SIZES = (2_000, 10_000, 50_000)
_CLAUSE = re.compile(r"[^,\uff0c。;\uff1b]{4,}")


def write_items(folder: Path, count: int) -> None:
    """A labels folder of `count` items, three in ten of them sections of five clauses, the others of one or two."""
    labels = read_labels(LABELS)
    for name in ("themes.yaml", "lexicon.txt"):
        (folder / name).write_bytes((LABELS / name).read_bytes())
    draw, texts, lines = random.Random(count), list[str](), list[str]()
    pool = _clauses(labels)
    for _ in range(count + count // 100 + 10):
        kind, number = ("section", 5) if len(lines) % 10 < 3 else ("clause", 2)
        parts = [draw.choice(pool) for _ in range(number)]
        # A name of its own for each text, as of a school, keeps texts of common clauses from being near-duplicates.
        name = "".join(chr(draw.randrange(0x4E00, 0x9FA5)) for _ in range(8 * number))
        text = f"{name}{','.join(clause for clause, _ in parts)}。"[: 190 if kind == "clause" else 2_000]
        themes = list(dict.fromkeys(theme for _, given in parts for theme in given))[:4]
        item = {"id": str(len(lines)), "kind": kind, "text": text, "themes": themes, "source": f"s{len(lines) // 20}"}
        lines.append(json.dumps({**item, "annotator": "made", "date": "2026-01-01"}, ensure_ascii=False))
        texts.append(text)
    near = {later for _, later, _ in near_duplicates(texts, SIMILAR)}
    lines = [line for at, line in enumerate(lines) if at not in near][:count]
    (folder / "made.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _clauses(labels: Labels) -> list[tuple[str, tuple[str, ...]]]:
    """Clauses, each with the themes of its item if that has no more than two."""
    return [
        (clause, item.themes) for item in labels.items if len(item.themes) < 3 for clause in _CLAUSE.findall(item.text)
    ]


@dataclass(frozen=True, slots=True)
class Run:
    """A training on `items`: seconds, processor seconds of all its processes, megabytes of the largest, the machine's load at its
    end, and when each step was reported."""

    items: int
    seconds: float
    processor: float
    megabytes: float
    load: float
    steps: list[tuple[float, str]]

    def row(self) -> str:
        """Its line of the table."""
        each = self.seconds / self.items * 1000
        return f"| {self.items:,} | {self.seconds:.1f} | {each:.2f} | {self.processor:.1f} | {self.megabytes:.0f} | {self.load:.1f} |"


def measured(count: int) -> Run:
    """Train on `count` items."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "labels").mkdir()
        write_items(folder / "labels", count)
        call = [sys.executable, "-m", "benchmarks.training_size", "--one", str(folder)]
        begun = time.perf_counter()
        with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            steps = [(time.perf_counter() - begun, line.strip()) for line in child.stdout]
        if child.returncode:
            raise SystemExit(f"training on {count} items failed")
        seconds = time.perf_counter() - begun
    processor, megabytes = map(float, steps.pop()[1].split())
    return Run(count, seconds, processor, megabytes, os.getloadavg()[0], steps)


def train_one(folder: Path) -> None:
    """Train on `folder`/labels; prints its steps and, last, processor seconds and the megabytes of its largest process."""
    from policy_themes.versions import Versions
    from training.run import train

    train(folder / "labels", Versions(folder / "models"), "20200101", report=lambda line: print(line, flush=True))
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(one.ru_utime + one.ru_stime for one in used)
    print(seconds, max(one.ru_maxrss for one in used) / 1024, flush=True)


def main(words: Sequence[str]) -> None:
    """Measure, print the table, and keep it if it is of the usual sizes."""
    if words[:1] == ["--one"]:
        train_one(Path(words[1]))
        return
    lines = [
        "| 条 items | 秒 seconds | 每千条秒 seconds per 1,000 | 处理器秒 processor seconds | 最大进程 MB, largest process | 负载 load |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    print("\n".join(lines))
    for count in [int(word) for word in words] or SIZES:
        run = measured(count)
        lines.append(run.row())
        print(lines[-1], flush=True)
        for at, line in run.steps:
            print(f"    {at:7.1f} s  {line}", file=sys.stderr, flush=True)
    if not words:
        RESULT.write_text(_page(lines), encoding="utf-8")


def _page(table: Sequence[str]) -> str:
    told = f"{os.cpu_count()} 核 cores, Python {platform.python_version()}, scikit-learn {version('scikit-learn')}"
    head = "# 训练用时随标注数的增长 / How training grows with the number of labels"
    return f"{head}\n\n`python -m benchmarks.training_size`: {told}.\n\n" + "\n".join(table) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
