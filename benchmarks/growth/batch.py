"""`policy-themes tag` over ever more sections, one worker: processor time and peak memory of its process."""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Run", "grown"]

FEW, ROUNDS = 10_000, 5  # runs of up to so many sections are short, and repeated so often
LOOK = 0.01  # seconds between two looks at the peak: it only rises, so the last look lacks no more than the last moment


@dataclass(frozen=True, slots=True)
class Run:
    """A run: sections, processor seconds of it less those of a run of one section, and the peak of resident memory in MB."""

    sections: int
    seconds: float
    memory: float

    @property
    def microseconds(self) -> float:
        """A section."""
        return self.seconds / self.sections * 1e6


def grown(texts: Sequence[str], most: int) -> Iterator[Run]:
    """100 sections, ten times as many, and so on up to `most`; for short runs the medians of five."""
    with tempfile.TemporaryDirectory() as folder:
        start = _medians(texts, 1, Path(folder))[0]
        sections = 100
        while sections <= most:
            seconds, memory = _medians(texts, sections, Path(folder))
            yield Run(sections, seconds - start, memory)
            sections *= 10


def _medians(texts: Sequence[str], sections: int, folder: Path) -> tuple[float, float]:
    source, output = folder / "sections.jsonl", folder / "tagged.jsonl"
    _write(source, texts, sections)
    runs = []
    for _ in range(ROUNDS if sections <= FEW else 1):
        runs.append(_tagged(source, output))
        _checked(output, sections)
        output.unlink()
    source.unlink()
    return statistics.median(one[0] for one in runs), statistics.median(one[1] for one in runs)


def _write(path: Path, texts: Sequence[str], sections: int) -> None:
    """Sections drawn from `texts`, each with an id of its own, written one by one."""
    drawn = random.Random(sections)
    with path.open("w", encoding="utf-8") as file:
        for number in range(sections):
            line = {"id": f"s-{number:07}", "text": drawn.choice(texts)}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _tagged(source: Path, output: Path) -> tuple[float, float]:
    """Processor seconds and peak memory (MB) of one run. Raises RuntimeError if it fails."""
    command = [str(Path(sys.executable).with_name("policy-themes")), "tag", str(source), "-o", str(output)]
    process = subprocess.Popen([*command, "--workers", "1"], stderr=subprocess.DEVNULL)
    peak = 0.0
    while True:
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        peak = max(peak, _peak(process.pid))
        time.sleep(LOOK)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"policy-themes tag ended with {process.returncode}")
    return used.ru_utime + used.ru_stime, peak or _maximum(used)


def _peak(pid: int) -> float:
    """The system's count after the end would hold the peak of the process that started it; this does not. 0 where there is none."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return 0.0
    return float(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6 if "VmHWM:" in status else 0.0


def _maximum(used: resource.struct_rusage) -> float:
    return used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


def _checked(output: Path, sections: int) -> None:
    with output.open("rb") as file:
        lines = sum(1 for _ in file)
    if lines != sections:
        raise RuntimeError(f"{sections} sections went in and {lines} came out")
