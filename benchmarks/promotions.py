"""Promotions and rollbacks under load: `python -m benchmarks.promotions [REQUESTS_A_SECOND]`.

Two workers serve a steady load while two versions take turns as the live one. Counted: requests that fail, the seconds until no worker
answers with the version before, and answers by a version that was not live at any moment of the two seconds before them.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.campaigns.target import address_of
from policy_themes.versions import Promotion, Versions

__all__ = ["BACK", "Load", "served", "two_versions", "under_load"]

BACK = ""  # in place of a version's name: go back to the one before
PATIENCE = 2.0  # seconds within which every worker serves what was promoted
TEXT = {"text": "全面排查校园消防安全隐患,足额拨付生均公用经费。", "evidence": False}


@dataclass(slots=True)
class Load:
    """What came of a load: requests that `failed`, and in seconds the (sent, received, version) of each answer and the
    (begun, done, version) of each promotion."""

    failed: list[str] = field(default_factory=list)
    answers: list[tuple[float, float, str]] = field(default_factory=list)
    promoted: list[tuple[float, float, str]] = field(default_factory=list)

    def astray(self) -> list[tuple[float, float, str]]:
        """Answers by a version that was not live at any moment from PATIENCE before the request to the answer."""
        ends = [*(done for _, done, _ in self.promoted[1:]), float("inf")]
        spans = [(begun, end, version) for (begun, _, version), end in zip(self.promoted, ends, strict=True)]
        return [
            (sent, got, version)
            for sent, got, version in self.answers
            if not any(name == version and begin <= got and end + PATIENCE >= sent for begin, end, name in spans)
        ]

    def slowest(self) -> float:
        """The most seconds from a promotion to the last request, before the next, that the version before still answered."""
        late = [0.0]
        for at in range(1, len(self.promoted)):
            before, (_, done, now) = self.promoted[at - 1][2], self.promoted[at]
            end = self.promoted[at + 1][0] if at + 1 < len(self.promoted) else float("inf")
            late += [
                sent - done
                for sent, got, version in self.answers
                if version == before != now and done <= sent and got < end
            ]
        return max(late)


@contextlib.contextmanager
def served(models: Path, *words: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A running service and its address."""
    command = Path(sys.executable).with_name("policy-themes")
    call = [str(command), "serve", "--port", "0", "--models", str(models), *words]
    with tempfile.NamedTemporaryFile() as said:
        server = subprocess.Popen(call, stderr=said.fileno())
        try:
            yield server, address_of(Path(said.name), server)
        finally:
            server.terminate()
            server.wait(30)


async def under_load(address: str, models: Path, names: list[str], rate: int, every: float) -> Load:
    """Promote the versions in `names` in turn, or go back where a name is BACK, one in `every` seconds, under `rate` requests a second."""
    load = Load()
    versions = Versions(models)
    load.promoted.append((time.monotonic(), time.monotonic(), str(versions.live())))
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    async with httpx.AsyncClient(base_url=address, timeout=30, limits=limits, trust_env=False) as client:
        sending = asyncio.create_task(_send(client, rate, load))
        for name in names:
            await asyncio.sleep(every)
            begun = time.monotonic()
            live = await asyncio.to_thread(_step, versions, name)
            load.promoted.append((begun, time.monotonic(), live))
        await asyncio.sleep(every)
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sending
    return load


def _step(versions: Versions, name: str) -> str:
    """Promote the version, or go back; gives what is live then."""
    if name == BACK:
        return versions.roll_back("2026-01-01")
    versions.go_live(Promotion(name, "2026-01-01", "promote"))
    return name


async def _send(client: httpx.AsyncClient, rate: int, load: Load) -> None:
    """Requests at a steady rate, whether or not those before have been answered."""
    under_way: set[asyncio.Task[None]] = set()
    begin, number = time.monotonic(), 0
    try:
        while True:
            await asyncio.sleep(max(0, begin + number / rate - time.monotonic()))
            number += 1
            task = asyncio.create_task(_ask(client, load))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
    finally:
        await asyncio.gather(*under_way)


async def _ask(client: httpx.AsyncClient, load: Load) -> None:
    sent = time.monotonic()
    try:
        answer = await client.post("/classify", json=TEXT)
    except httpx.HTTPError as error:
        load.failed.append(repr(error))
        return
    if answer.status_code == 200:
        load.answers.append((sent, time.monotonic(), answer.json()["model"]))
    else:
        load.failed.append(answer.text)


def main() -> None:
    """Print the figures of ten promotions, each followed by a rollback, of two copies of the shipped model."""
    rate = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        models = Path(folder) / "models"
        shutil.copytree(Versions.shipped().folder, models)
        names = two_versions(models)
        with served(models, "--workers", "2") as (_, address):
            httpx.get(f"{address}/health/ready", timeout=30, trust_env=False)
            load = asyncio.run(under_load(address, models, [names[0], BACK] * 10, rate, 3.0))
    print(
        f"requests answered {len(load.answers)}, failed {len(load.failed)}, by a version not live {len(load.astray())}"
    )
    print(f"promotions and rollbacks {len(load.promoted) - 1}, slowest to reach every worker {load.slowest():.2f} s")
    sys.exit(bool(load.failed or load.astray()))


def two_versions(models: Path) -> list[str]:
    """The live version's name, and that of a copy of it under another name."""
    from policy_themes.store import load_manifest, load_model, save_model

    live = str(Versions(models).live())
    other = f"{live}-copy"
    model = load_model(models / live)
    facts = {key: value for key, value in load_manifest(models / live).items() if key in ("labels", "metrics")}
    renamed = type(model)(other, model.themes, model.vocabulary, model.lexicon, model.weights)
    save_model(models / other, renamed, facts, {})
    return [other, live]


if __name__ == "__main__":
    main()
