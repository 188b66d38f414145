"""One fault: people at work before, during and after it, and what came of it."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks import postgres
from benchmarks.campaigns.faults.fault import Fault
from benchmarks.campaigns.faults.place import PATIENCE, Place
from benchmarks.campaigns.kills.ledger import Ledger
from benchmarks.campaigns.kills.work import Work
from benchmarks.campaigns.target import KEY, started
from policy_themes.versions import Versions

__all__ = ["Trial"]

BEFORE = 2.0  # seconds of work before the fault
STATED = {200, 201, 202, 409, 429, 503}
_CLOCK = Path(__file__).parent / "clock"
_NOTICE = re.compile(r'class="notice bad"[^>]*>(.*?)</div>', re.DOTALL)


@dataclass(slots=True)
class Trial:
    """What came of a fault: answers by path and status (0: the connection broke), what the page said, how long it took to recover
    (seconds), and what was promised and broken, in words."""

    fault: Fault
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    said: set[str] = field(default_factory=set)
    recovery: float = 0.0
    ledger: Ledger = field(default_factory=Ledger)
    faults: list[str] = field(default_factory=list)

    def run(self, folder: Path, server: postgres.Server | None, seconds: float) -> None:
        """Inflict it on a service over `folder`/labels and `folder`/models; on a database of `server`, or else on SQLite."""
        clock = folder / "clock"
        clock.write_text("0")
        store = server.create(f"faults_{time.time_ns()}") if server else f"sqlite:///{folder / 'store.db'}"
        around = {"PYTHONPATH": str(_CLOCK), "CLOCK": str(clock)} if self.fault.jumps else {}
        with started(folder, "--workers", "2", store=store, around=around) as target:
            place = Place(target, folder, server, clock)
            httpx.get(f"{target.address}/health/ready", timeout=60, trust_env=False).raise_for_status()
            versions = Versions(folder / "models").names()
            work = Work(target.address, KEY, self.ledger, versions, self.fault.people)
            try:
                self._inflicted(place, work, seconds)
            finally:
                work.stop()
                self.answers = work.answers
            until = time.monotonic() + PATIENCE
            while (left := self.ledger.unfinished(store)) and time.monotonic() < until:
                time.sleep(0.5)
        self.faults += left + self.ledger.faults(store, folder / "models") + self._unstated()

    def _inflicted(self, place: Place, work: Work, seconds: float) -> None:
        time.sleep(BEFORE)
        over = threading.Event()
        looking = threading.Thread(target=self._look, args=(place, over))
        looking.start()
        self.fault.inflict(place, seconds)
        over.set()
        looking.join()
        begun, done = time.monotonic(), (len(self.ledger.recorded), work.answers["/classify", 200])
        while not (len(self.ledger.recorded) > done[0] and work.answers["/classify", 200] > done[1]):
            if time.monotonic() - begun > PATIENCE:
                self.faults.append("does not recover")
                return
            time.sleep(0.05)
        self.recovery = time.monotonic() - begun
        if not place.told.is_set():
            self.faults.append(f"the page does not say {self.fault.says}")

    def _look(self, place: Place, over: threading.Event) -> None:
        """At the page 运行, five times a second."""
        with httpx.Client(base_url=place.target.address, timeout=60, trust_env=False) as client:
            while not over.wait(0.2):
                with contextlib.suppress(httpx.TransportError):
                    answer = client.get("/desk/operations", headers={"accept": "text/html"})
                    self.answers["/desk/operations", answer.status_code] += 1
                    self.said.update(re.sub(r"<[^>]*>|\s+", "", one) for one in _NOTICE.findall(answer.text))
                if any(self.fault.says in one for one in self.said) or not self.fault.says:
                    place.told.set()

    def _unstated(self) -> list[str]:
        """Answers that are none that the service states, refusals to tag, and broken connections where nothing broke them."""
        return [
            f"{path}: {status} ({count} times)"
            for (path, status), count in self.answers.items()
            if status not in STATED | ({0} if self.fault.breaks else set())
            or (path == "/classify" and status not in {200, 0})
        ]

    def told(self) -> str:
        """A row of a table."""
        answered = sum(count for (_, status), count in self.answers.items() if 200 <= status < 300)
        refused = sum(count for (_, status), count in self.answers.items() if status in {409, 429, 503})
        broken = sum(count for (_, status), count in self.answers.items() if not status)
        kept = ", ".join(f"{name} {count}" for name, count in self.ledger.kept().items())
        cells = (
            self.fault.name,
            f"{answered:,}",
            f"{refused:,}",
            f"{broken:,}",
            f"{self.recovery:.1f}",
            kept,
            "; ".join(self.faults) or "–",
        )
        return f"| {' | '.join(cells)} |"
