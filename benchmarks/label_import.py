"""100,000 labels into the label store of a running service, and how it answers meanwhile.

    python -m benchmarks.label_import [URL] [ITEMS]

URL is that of an empty database (postgresql://...); by default a new SQLite file. While the file is imported, /classify, /labels/queue
and a search page are asked for in turn, thirty answers a second.
"""

from __future__ import annotations

import csv
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import httpx

from benchmarks.training_size import LABELS, write_items

PAUSE = 0.1  # seconds between two rounds of questions
KEY = "key-of-the-benchmark"
ITEMS = 100_000
PROBES = {
    "POST /classify": ("POST", "/classify", {"json": {"text": "新建公办幼儿园3所,新增学位900个。"}}),
    "GET /labels?words=": ("GET", "/labels", {"params": {"words": "幼儿园 学位"}}),
    "GET /labels/queue": ("GET", "/labels/queue", {}),
}


def table(count: int) -> bytes:
    """A CSV file of `count` labelled texts."""
    with tempfile.TemporaryDirectory() as name:
        write_items(Path(name), count)
        lines = (Path(name) / "made.jsonl").read_text("utf-8").splitlines()
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["kind", "text", "themes", "source"])
    for item in map(json.loads, lines):
        writer.writerow([item["kind"], item["text"], "、".join(item["themes"]), item["source"]])
    return out.getvalue().encode()


def watched(client: httpx.Client, job: str) -> tuple[dict[str, object], dict[str, list[float]]]:
    """The import when it has ended, and the seconds of each answer meanwhile."""
    times: dict[str, list[float]] = defaultdict(list)
    message = ""
    while True:
        for name, (method, path, given) in PROBES.items():
            begun = time.perf_counter()
            client.request(method, path, **given).raise_for_status()  # type: ignore[arg-type]
            times[name].append(time.perf_counter() - begun)
        told = client.get(f"/labels/imports/{job}").raise_for_status().json()
        if told["message"] != message:
            message = told["message"]
            print(f"  {time.strftime('%X')} {message}", file=sys.stderr, flush=True)
        if told["state"] not in ("waiting", "running"):
            return told, times
        time.sleep(PAUSE)


def main(words: Sequence[str]) -> None:
    """Measure, and print what was found."""
    url, count = words[0] if words else "", int(words[1]) if len(words) > 1 else ITEMS
    content = table(count)
    with tempfile.TemporaryDirectory() as name:
        labels = Path(name)
        (labels / "themes.yaml").write_bytes((LABELS / "themes.yaml").read_bytes())
        environment = {"LABELS": str(labels), "DATABASE": url, "LOCAL_KEY": KEY}
        named = {f"POLICY_THEMES_{key}": value for key, value in environment.items()}
        call = [str(Path(sys.executable).with_name("policy-themes")), "serve", "--port", "0"]
        with subprocess.Popen(call, stderr=subprocess.PIPE, text=True, env={**os.environ, **named}) as server:
            assert server.stderr is not None
            address = server.stderr.readline().split()[1]
            with httpx.Client(base_url=address, timeout=120, headers={"authorization": f"Bearer {KEY}"}) as client:
                begun = time.perf_counter()
                file = {"file": ("labels.csv", content)}
                job = client.post("/labels/imports", files=file).raise_for_status().json()["id"]
                told, times = watched(client, job)
                print(
                    f"{count:,} labels ({len(content) / 1e6:.0f} MB) in {time.perf_counter() - begun:.1f} s: {told['message']}"
                )
                for probe, seconds in times.items():
                    low, high = statistics.median(seconds), sorted(seconds)[int(len(seconds) * 0.99)]
                    print(f"  {probe}: {len(seconds)} answers, median {low * 1000:.0f} ms, 99 % {high * 1000:.0f} ms")
            server.terminate()


if __name__ == "__main__":
    main(sys.argv[1:])
