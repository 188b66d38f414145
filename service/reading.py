"""Processes that read and tag the documents people send: what a document does to its reader never reaches the service."""

from __future__ import annotations

import queue
from pathlib import Path

import anyio
from anyio import to_thread

from policy_themes.batch.result import Outcome
from policy_themes.batch.work import Upload
from policy_themes.batch.worker import Task, Worker
from policy_themes.tagging.tagger import Options

__all__ = ["Readers"]


class Readers:
    """Up to `count` workers, each started when it is first needed. `seconds` bounds the time of one document."""

    def __init__(self, model: Path, count: int, seconds: float) -> None:
        self._model, self._seconds = model, seconds
        # Last in, first out: a worker that runs already is taken before another is started.
        self._idle: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        self._workers: list[Worker] = []
        self._retired = False
        self._limiter = anyio.CapacityLimiter(count)
        for _ in range(count):
            self._idle.put(None)

    async def outcome(self, upload: Upload, options: Options) -> Outcome:
        """Read and tag one document; waits for its turn."""
        return await to_thread.run_sync(self._outcome, Task(0, upload, options), limiter=self._limiter)

    def stop(self) -> None:
        """End the workers."""
        for worker in self._workers:
            worker.stop()

    def retire(self) -> None:
        """End the workers, each as soon as it has no document: another model's readers have taken over."""
        self._retired = True
        while True:
            try:
                worker = self._idle.get_nowait()
            except queue.Empty:
                return
            if worker is not None:
                worker.stop()

    def _outcome(self, task: Task) -> Outcome:
        try:
            worker = self._idle.get_nowait()
        except queue.Empty:  # retired meanwhile
            worker = None
        try:
            if worker is None:
                worker = Worker(self._model, self._seconds)
                self._workers.append(worker)
            return worker.call(task)
        finally:
            self._idle.put(worker)
            if self._retired:
                self.retire()
