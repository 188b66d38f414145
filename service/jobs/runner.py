"""The threads of a service process that work on jobs: one for each kind, so that none waits for another."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from policy_themes.errors import PolicyThemesError
from service.jobs.identity import identity
from service.store import LabelStore

if TYPE_CHECKING:
    from service.jobs.job import Job

__all__ = ["KINDS", "Runner"]

KINDS = ("import", "training", "check")
FIRST = 1.0  # seconds until the first look: the service is ready before it, as what works on jobs is much to load
POLL = 5.0  # seconds between looks for what other processes left behind
_log = logging.getLogger("policy_themes")


class Runner:
    """Takes up jobs from `start` to `stop`. A store that does not exist yet is not opened until `wake` says that there is a job."""

    def __init__(self, store: LabelStore) -> None:
        self._store = store
        self._stopped = threading.Event()
        self._woken = {kind: threading.Event() for kind in KINDS}
        self._threads = [threading.Thread(target=self._run, args=(kind,), name=kind, daemon=True) for kind in KINDS]

    @property
    def name(self) -> str:
        """Under which jobs are this process's."""
        return identity()

    def start(self) -> None:
        """Begin, with what a process that died left undone."""
        for thread in self._threads:
            thread.start()

    def wake(self, kind: str) -> None:
        """There is a new job of this kind, or one was cancelled."""
        self._woken[kind].set()

    def stop(self) -> None:
        """End, and the processes of the jobs with it: an import waits for the next start, a training run has failed."""
        self._stopped.set()
        for event in self._woken.values():
            event.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def _run(self, kind: str) -> None:
        self._woken[kind].wait(FIRST)
        from service.jobs.orphans import Orphans
        from service.jobs.work import work

        orphans, woken = Orphans(kind), self._woken[kind]
        while not self._stopped.is_set():
            try:
                job = self._next(kind, orphans.release) if self._store.exists or woken.is_set() else None
                woken.clear()
                if job is not None:
                    work(job, self._store, self._stopped, woken)
                    continue
            except Exception:  # whatever it is: jobs of this kind would wait for ever; one under way is begun anew
                _log.exception("处理任务时出错,稍后再试 (%s: working on jobs failed; tried again)", kind)
            if not self._stopped.is_set():
                woken.wait(POLL)

    def _next(self, kind: str, release: Callable[..., list[str]]) -> Job | None:
        from service.jobs.leftovers import remove
        from service.jobs.queue import claim

        try:
            with self._store.open().write() as connection:
                for gone in release(connection):
                    remove(self._store.models, gone)
                return claim(connection, kind, self.name)
        except PolicyThemesError:
            return None  # the store is away: requests say so, and here the next look may find it back
