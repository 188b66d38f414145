"""1 to 512 clients at once, health checked throughout: python -m benchmarks.campaigns.load [SECONDS]

SECONDS (600) are divided among 1, 8, 64 and 512 clients, who send texts of 20 to 50,000 characters, batches and documents. Prints a row for
each; ends with status 1 if an answer is none that the service states (200, 413, 422, 429, 503), or if a connection breaks.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.campaigns.target import Target, prepared, started

__all__ = ["Step", "step"]

CLIENTS = (1, 8, 64, 512)
STATED = {200, 413, 422, 429, 503}
SENTENCES = (
    "新建公办幼儿园三所,年底前开园。",
    "每学期开展两次应急疏散演练。",
    "生均公用经费按时足额拨付到校。",
    "组织教师参加县级教研活动。",
)


@dataclass(slots=True)
class Step:
    """What came of so many clients: answers by status (0: a broken connection), times of answers and of health checks (seconds), and
    the memory of the service with its processes from second to second (MB)."""

    clients: int
    answers: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def unstated(self) -> int:
        """The number of answers that are no stated limit."""
        return sum(count for status, count in self.answers.items() if status not in STATED)

    def told(self, seconds: float) -> str:
        """A row of a table."""
        refused = sum(self.answers.values()) - self.answers[200] - self.unstated()
        cells = (
            f"{self.clients}",
            f"{len(self.times) / seconds:,.0f}",
            f"{_at(self.times, 0.5):,.0f} / {_at(self.times, 0.99):,.0f}",
            f"{_at(self.health, 0.5):.1f} / {_at(self.health, 0.99):.1f} / {_at(self.health, 1):.1f}",
            f"{refused}",
            f"{self.unstated()}",
            f"{self.memory[len(self.memory) // 5]:,.0f} / {self.memory[-1]:,.0f}",
        )
        return f"| {' | '.join(cells)} |"


def _at(times: list[float], share: float) -> float:
    """That share's milliseconds."""
    ordered = sorted(times) or [0.0]
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1e3


async def step(target: Target, clients: int, seconds: float) -> Step:
    """Load the service with so many clients for so long."""
    done, until = Step(clients), time.perf_counter() + seconds
    limits = httpx.Limits(max_connections=clients + 1)
    async with httpx.AsyncClient(base_url=target.address, timeout=60, trust_env=False, limits=limits) as client:
        work = [_client(client, done, random.Random(number), until) for number in range(clients)]
        await asyncio.gather(_health(target, done, until), _memory(target, done, until), *work)
    return done


async def _client(client: httpx.AsyncClient, done: Step, chosen: random.Random, until: float) -> None:
    while time.perf_counter() < until:
        begun = time.perf_counter()
        try:
            answer = await _sent(client, chosen)
            done.answers[answer.status_code] += 1
        except httpx.TransportError:
            done.answers[0] += 1
        done.times.append(time.perf_counter() - begun)


async def _sent(client: httpx.AsyncClient, chosen: random.Random) -> httpx.Response:
    """Nineteen texts and batches in twenty, mostly short, and a document."""
    kind, text = chosen.random(), _text(chosen, int(20 * 10 ** min(3.4, chosen.expovariate(1.5))))
    if kind < 0.8:
        return await client.post("/classify", json={"text": text})
    if kind < 0.95:
        items = [{"text": _text(chosen, 100)} for _ in range(chosen.choice((2, 10, 100)))]
        return await client.post("/classify/batch", json={"items": items})
    return await client.post("/documents", files={"file": ("文件.txt", text.encode())})


def _text(chosen: random.Random, characters: int) -> str:
    return "".join(chosen.choices(SENTENCES, k=1 + characters // 16))


async def _memory(target: Target, done: Step, until: float) -> None:
    while not done.memory or time.perf_counter() < until:
        done.memory.append(target.memory())
        await asyncio.sleep(1)


async def _health(target: Target, done: Step, until: float) -> None:
    """Ask four times a second from another process: the many clients of this one would take time from each other's clocks."""
    code = f"import benchmarks.campaigns.load as load; load.watch({target.address!r}, {until - time.perf_counter()})"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    done.health = [float(one) for one in told.split()]


def watch(address: str, seconds: float) -> None:
    """Print the seconds that each health check took."""
    until = time.perf_counter() + seconds
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        while time.perf_counter() < until:
            begun = time.perf_counter()
            client.get("/health/live").raise_for_status()
            print(time.perf_counter() - begun)
            time.sleep(0.25)


def main() -> int:
    """Print the table."""
    seconds = (float(sys.argv[1]) if len(sys.argv) > 1 else 600) / len(CLIENTS)
    failed = 0
    print(
        "| clients | answers a second | ms, median / p99 | health ms, median / p99 / worst | limits | failures | MB, early / late |"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepared(folder)
        with started(folder) as target:
            httpx.get(f"{target.address}/health/ready", timeout=60, trust_env=False).raise_for_status()
            for clients in CLIENTS:
                done = asyncio.run(step(target, clients, seconds))
                failed += done.unstated()
                print(done.told(seconds), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
