"""Where a fault is inflicted."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from benchmarks import postgres
from benchmarks.campaigns.target import Target

__all__ = ["PATIENCE", "Place"]

PATIENCE = 90.0  # seconds, for what may take long on a busy machine
NEAR = 60.0  # seconds by which the service's clock may differ from what it was set to


@dataclass(frozen=True, slots=True)
class Place:
    """The service, with its folder (labels/, models/, and the store if that is SQLite), the server of its database if it has one,
    the file that says how far its clock is off, and whether the page has told of the fault."""

    target: Target
    folder: Path
    server: postgres.Server | None
    clock: Path
    told: threading.Event = field(default_factory=threading.Event)

    def hold(self, seconds: float) -> None:
        """Leave the fault as it is for so long, and until the page has told of it."""
        time.sleep(seconds)
        self.told.wait(PATIENCE)

    def set_clock(self, off: float) -> None:
        """Put the service's clock `off` seconds ahead; returns when its answers show it. Raises TimeoutError."""
        self.clock.write_text(str(off))
        until = time.monotonic() + PATIENCE
        while abs(self._shown() - time.time() - off) > NEAR:
            if time.monotonic() > until:
                raise TimeoutError(f"the service's clock does not follow by {off} s")
            time.sleep(0.05)

    def _shown(self) -> float:
        answer = httpx.get(f"{self.target.address}/health/live", timeout=PATIENCE, trust_env=False)
        return parsedate_to_datetime(answer.headers["date"]).timestamp()
