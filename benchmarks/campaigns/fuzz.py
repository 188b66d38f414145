"""Coverage-guided fuzzing of cleaning, splitting, reading and request decoding: python -m benchmarks.campaigns.fuzz [SECONDS] [TARGET ...]

Needs atheris, which is no part of the extras: pip install atheris==3.0.0. Each target of cases.py gets SECONDS (300, so 20 minutes in all)
in a process of its own. A case that raises anything but an error of ours, takes more than a second or 2.5 GB ends the target; its bytes are
then kept in tests/crashes/TARGET/, where tests/test_fuzz.py runs them from then on. Ends with status 1 if there was such a case.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.campaigns.cases import TARGETS

__all__ = ["seeds"]

_ROOT = Path(__file__).parents[2]
CRASHES = _ROOT / "tests" / "crashes"
FILES = _ROOT / "tests" / "documents" / "files"
TEXT = (
    "关于做好校园安全工作的通知\n一、总体要求\n(一)排查校园消防隐患。\n1. 每月开展一次演练;\n附件:名单\n2026年1月5日\n"
)
BODIES = (
    '\0{"text": "新建公办幼儿园", "top": 3, "scores": true}',
    '\1{"items": [{"id": 1, "text": "落实经费"}, {"text": ""}]}',
)


def seeds(target: str) -> list[bytes]:
    """What mutation begins from."""
    from policy_themes.documents.read import SUFFIXES

    if target == "requests":
        return [body.encode() for body in BODIES]
    if target == "reading":
        files = [file for file in sorted(FILES.rglob("*")) if file.suffix in SUFFIXES and file.stat().st_size < 100_000]
        return [bytes([SUFFIXES.index(file.suffix)]) + file.read_bytes() for file in files]
    return [TEXT.encode(), TEXT.replace("\n", "\r\n\r\n ").encode()]


def fuzz(target: str, seconds: int) -> tuple[bool, str]:
    """Whether a target held out, and a line about it."""
    (CRASHES / target).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        for at, seed in enumerate(seeds(target)):
            (Path(corpus) / str(at)).write_bytes(seed)
        limits = [
            f"-max_total_time={seconds}",
            "-timeout=1",
            "-rss_limit_mb=2500",
            "-print_final_stats=1",
            "-max_len=20000",
        ]
        call = [sys.executable, "-m", "benchmarks.campaigns.instrumented", target, corpus, *limits]
        call.append(f"-artifact_prefix={CRASHES / target}/")
        done = subprocess.run(
            call,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            cwd=_ROOT,
            env={
                **os.environ,
                "PATH": "",
            },  # LibreOffice, which converts old formats, is another program with a time limit of its own
        )
    for folder in (CRASHES / target, CRASHES):
        if not any(folder.iterdir()):
            folder.rmdir()
    cases = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    covered = re.findall(r"cov: (\d+)", done.stderr)
    said = f"{target}: {cases[1] if cases else '?'} cases, {covered[-1] if covered else '?'} places covered"
    return done.returncode == 0, said if done.returncode == 0 else f"{said}\n{done.stderr[-3000:]}"


def main() -> int:
    """Fuzz and print a line a target."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    results = []
    for target in sys.argv[2:] or TARGETS:
        held, said = fuzz(target, seconds)
        results.append(held)
        print(said, flush=True)
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
