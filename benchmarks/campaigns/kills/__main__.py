"""kill -9 of the service, of a training child and of PostgreSQL at random moments: python -m benchmarks.campaigns.kills [KILLS] [SEED]

KILLS (200) times, while people label, import, train and promote, one of the three is killed and brought back. After each: every
acknowledged label and promotion is there, every batch and import is there whole or not at all, and the live model loads. At the end
every import that was accepted has been done, and every training run has told how it ended. Ends with status 1 if not.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks import postgres
from benchmarks.campaigns.kills.ledger import Ledger
from benchmarks.campaigns.kills.small import small_home
from benchmarks.campaigns.kills.work import Work
from benchmarks.campaigns.target import KEY, Target, started
from policy_themes.versions import Versions

__all__ = ["Kills"]

A_HOME = 20  # kills of one home: labels pile up, and training is to stay short
PATIENCE = 120.0  # seconds for what was accepted to come to its end


class Kills:
    """The campaign over `folder`/labels and `folder`/models, whose versions are promoted in turn, and a database of its own."""

    def __init__(self, folder: Path, server: postgres.Server, seed: int) -> None:
        self.folder, self.server = folder, server
        self.versions = Versions(folder / "models").names()
        self.store = server.create(f"kills_{seed}")
        self.chance, self.ledger, self.killed = random.Random(seed), Ledger(), Counter[str]()
        self.faults: list[str] = []

    def run(self, kills: int) -> None:
        """Kill so many times, then wait for what was accepted to end."""
        while self.killed.total() < kills and not self.faults:
            with started(self.folder, store=self.store) as target:
                self._until_the_service_is_killed(target, kills)
        with started(self.folder, store=self.store):
            until = time.monotonic() + PATIENCE
            while (left := self.ledger.unfinished(self.store)) and time.monotonic() < until:
                time.sleep(0.5)
        self.faults += left + self.ledger.faults(self.store, self.folder / "models")

    def _until_the_service_is_killed(self, target: Target, kills: int) -> None:
        victim = ""
        while victim != "service" and self.killed.total() < kills and not self.faults:
            work = Work(target.address, KEY, self.ledger, self.versions)
            time.sleep(self.chance.uniform(0.1, 4))
            victim = self.chance.choice(("service", "child", "postgresql"))
            self._kill(victim, target)
            work.stop()
            self.killed[victim] += 1
            self.faults += self.ledger.faults(self.store, self.folder / "models")
            print(f"{self.killed.total()} {victim}: {'; '.join(self.faults) or 'all kept'}", flush=True)

    def _kill(self, victim: str, target: Target) -> None:
        if victim == "postgresql":
            self.server.kill()
            time.sleep(self.chance.uniform(0, 1))
            self.server.start()
            return
        for process in [target.process] if victim == "service" else target.children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def main() -> int:
    """Print what was killed, and what was lost by it."""
    kills, seed = (int(given) for given in [*sys.argv[1:], *("200", "1")[len(sys.argv) - 1 :]])
    with tempfile.TemporaryDirectory() as name, postgres.running() as server:
        small_home(Path(name) / "small")
        kept, killed, faults = Counter[str](), Counter[str](), list[str]()
        while killed.total() < kills and not faults:
            home = shutil.copytree(Path(name) / "small", Path(name) / f"home-{killed.total()}")
            campaign = Kills(home, server, seed + killed.total())
            campaign.run(min(A_HOME, kills - killed.total()))
            kept, killed, faults = kept + campaign.ledger.kept(), killed + campaign.killed, campaign.faults
    print(f"killed: {dict(killed)}; kept: {dict(kept)}; lost: {'; '.join(faults) or 'nothing'}")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
