"""python -m benchmarks.folders [FILES] [--ray]: a folder of mixed files through `policy-themes tag`.

Makes FILES documents (default 5,000; txt and md in four encodings, html, docx, csv, zip, every twentieth a copy of a binary fixture
of the tests), then tags them with one and with two workers (time ratio, peak memory), kills the run at three random moments and
resumes it, and with --ray does the same over Ray with a worker killed. Outputs must be the same byte for byte.
"""

from __future__ import annotations

import html
import io
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

from policy_themes.batch.journal import journal_path
from training.labels import read_labels

COMMAND = Path(sys.executable).with_name("policy-themes")
PAIRS = 5  # runs with one worker and with two, in turn; figures are medians
FIXTURES = Path("tests/documents/files")


def main() -> None:
    """Print the table; exit with 1 if an output differs."""
    count = next((int(word) for word in sys.argv[1:] if word.isdigit()), 5000)
    with tempfile.TemporaryDirectory(prefix="folders") as name:
        top, work = Path(name) / "文件", Path(name)
        make(top, count)
        pairs = [
            [timed(top, work / f"{workers}.jsonl", "--workers", workers) for workers in ("1", "2")]
            for _ in range(PAIRS)
        ]
        whole = (work / "2.jsonl").read_bytes()
        sections = whole.count(b"\n")
        same = {"一进程与两进程 one, two workers": (work / "1.jsonl").read_bytes() == whole}
        same["三次 kill -9 后续做 killed three times"] = killed(top, work / "killed.jsonl", count) == whole
        if "--ray" in sys.argv:
            same["Ray,杀掉一个进程 a Ray worker killed"] = on_ray(top, work / "ray.jsonl") == whole
    print(f"{count} 个文件 files, {sections} 段 sections, {os.cpu_count()} 核 cores\n")
    print("| | 秒 seconds | 文件/秒 files/s | 内存峰值 peak memory, MB |\n| --- | --- | --- | --- |")
    for name, runs in zip(("一进程 one worker", "两进程 two workers"), zip(*pairs, strict=True), strict=True):
        seconds, memory = (statistics.median(figures) for figures in zip(*runs, strict=True))
        print(f"| {name} | {seconds:.1f} | {count / seconds:.0f} | {memory / 1e6:.0f} |")
    ratios = [one / two for (one, _), (two, _) in pairs]
    print(f"| 比 ratio | {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) | | |\n")
    for what, alike in same.items():
        print(f"- {what}: {'逐字节相同 the same bytes' if alike else '不同 DIFFERENT'}")
    sys.exit(not all(same.values()))


def make(top: Path, count: int) -> None:
    """Fill `top` with documents of the written labels' text, each different."""
    texts = [item.text for item in read_labels(Path("labels")).items if item.kind == "section"]
    fixtures = sorted(path for path in FIXTURES.glob("*") if path.suffix in (".pdf", ".ofd", ".docx", ".xlsx"))
    chance = random.Random(7)
    for at in range(count):
        folder = top / f"县{at % 50:02d}"
        folder.mkdir(parents=True, exist_ok=True)
        parts = [f"{number}.{text}" for number, text in enumerate(chance.sample(texts, chance.randint(5, 25)), 1)]
        lines = [f"某县教育局{2005 + at % 20}年工作要点(第{at}号)", *parts]
        if fixtures and at % 20 == 19:
            fixture = fixtures[at // 20 % len(fixtures)]
            shutil.copyfile(fixture, folder / f"{at:05d}{fixture.suffix}")
        else:
            write(folder / f"{at:05d}", lines, at)


def write(stem: Path, lines: Sequence[str], at: int) -> None:
    """One document, of the kind that `at` falls on."""
    text = "\n".join(lines) + "\n"
    page = f"<html><body>{''.join(f'<p>{html.escape(line)}</p>' for line in lines)}</body></html>"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("要点.txt", text)
    suffix, data = (
        (".txt", text.encode()),
        (".txt", text.encode("gb18030")),
        (".txt", text.encode("utf-16")),
        (".md", text.encode("utf-8-sig")),
        (".html", page.encode()),
        (".zip", packed.getvalue()),
        (".docx", docx(lines)),
        (".csv", text.replace(",", "，").encode("gb18030")),
    )[at % 8]
    stem.with_suffix(suffix).write_bytes(data)


def docx(lines: Sequence[str]) -> bytes:
    """A Word file with a paragraph a line."""
    from docx import Document

    document, packed = Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.save(packed)
    return packed.getvalue()


def timed(top: Path, out: Path, *words: str) -> tuple[float, float]:
    """Seconds of a run, and the peak memory of all its processes together (bytes)."""
    start = time.perf_counter()
    process = subprocess.Popen([COMMAND, "tag", top, "-o", out, *words], stderr=subprocess.DEVNULL)
    peak, pause = 0, threading.Event()
    while process.poll() is None:
        peak = max(peak, sum(map(_resident, [process.pid, *_children(process.pid)])))
        pause.wait(0.1)
    return time.perf_counter() - start, peak


def killed(top: Path, out: Path, count: int) -> bytes:
    """The output of a run that is killed three times and resumed."""
    chance, pause = random.Random(), threading.Event()
    goals = sorted(chance.randint(1, count * 9 // 10) for _ in range(3))
    for goal in goals:
        process = _started(top, out, "--resume")
        while process.poll() is None and _done(out) < goal:
            pause.wait(0.05)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    _started(top, out, "--resume").wait()
    return out.read_bytes()


def on_ray(top: Path, out: Path) -> bytes:
    """The output of a run over Ray, one of whose workers is killed."""
    process, pause = _started(top, out, "--engine", "ray"), threading.Event()
    victims: list[int] = []
    while process.poll() is None and not victims:
        victims = [
            pid for pid in _session(process.pid) if b"MapWorker" in _title(pid) and b"__init__" not in _title(pid)
        ]
        pause.wait(0.02)
    if victims:
        os.kill(victims[0], signal.SIGKILL)
    process.wait()
    return out.read_bytes()


def _started(top: Path, out: Path, *words: str) -> subprocess.Popen[bytes]:
    call: list[str | Path] = [COMMAND, "tag", top, "-o", out, *words]
    return subprocess.Popen(call, stderr=subprocess.DEVNULL, start_new_session=True)


def _done(out: Path) -> int:
    journal = journal_path(out)
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def _children(parent: int) -> list[int]:
    try:
        return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except OSError:
        return []


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def _session(leader: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rpartition(")")[2].split()[3]) == leader:
                found.append(int(entry.name))
        except (OSError, ValueError, IndexError):
            continue
    return found


def _title(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


if __name__ == "__main__":
    main()
