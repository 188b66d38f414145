"""Processes that read and tag the documents people send: what a document does to its reader never reaches the service."""

from __future__ import annotations

import dataclasses
import queue
from pathlib import Path

import anyio
from anyio import to_thread

from policy_themes.batch.result import Outcome
from policy_themes.batch.units import Upload
from policy_themes.batch.worker import Task, Worker
from policy_themes.documents.limits import Limits
from policy_themes.tagging.tagger import Options
from service.refusals import Busy
from service.settings import Settings

__all__ = ["Readers"]


class Readers:
    """Up to `document_workers` workers, each started when it is first needed, and a bounded number of documents that wait for one."""

    def __init__(self, model: Path, settings: Settings) -> None:
        self._model, self._settings = model, settings
        self._limits = Limits(settings.max_files, settings.max_pages)
        # Last in, first out: a worker that runs already is taken before another is started.
        self._idle: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        self._workers: list[Worker] = []
        self._retired = False
        self._turns = anyio.Semaphore(settings.document_workers)
        self._threads = anyio.CapacityLimiter(settings.document_workers)
        self._waiting = self._waiting_bytes = 0
        for _ in range(settings.document_workers):
            self._idle.put(None)

    async def outcome(self, upload: Upload, options: Options) -> Outcome:
        """Read and tag one document; waits for its turn. Raises Busy if too many wait already, or if its turn does not come."""
        await self._turn(len(upload.data))
        try:
            task = Task(0, dataclasses.replace(upload, limits=self._limits), options)
            return await to_thread.run_sync(self._outcome, task, limiter=self._threads)
        finally:
            self._turns.release()

    def stop(self) -> None:
        """End the workers."""
        self._retired = True
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

    async def _turn(self, size: int) -> None:
        """Wait for a turn of the semaphore."""
        try:
            self._turns.acquire_nowait()
            return
        except anyio.WouldBlock:
            pass
        settings = self._settings
        room = settings.max_waiting_megabytes * 1_000_000
        if self._waiting >= settings.max_waiting or (self._waiting and self._waiting_bytes + size > room):
            raise _busy("queue-full", "排队的文件已达上限", "as many documents wait as may")
        self._waiting, self._waiting_bytes = self._waiting + 1, self._waiting_bytes + size
        try:
            with anyio.fail_after(settings.wait_seconds):
                await self._turns.acquire()
        except TimeoutError:
            seconds = f"{settings.wait_seconds:g}"
            raise _busy("waited", f"排队超过 {seconds} 秒", f"its turn did not come within {seconds} s") from None
        finally:
            self._waiting, self._waiting_bytes = self._waiting - 1, self._waiting_bytes - size

    def _outcome(self, task: Task) -> Outcome:
        try:
            worker = self._idle.get_nowait()
        except queue.Empty:  # retired meanwhile
            worker = None
        try:
            if worker is None:
                worker = Worker(self._model, self._settings.document_seconds)
                self._workers.append(worker)
            return worker.call(task)
        finally:
            self._idle.put(worker)
            if self._retired:
                self.retire()


def _busy(code: str, zh: str, en: str) -> Busy:
    return Busy(f"{zh};请稍后重试,或由管理员增加读文件进程", f"{en}; try again later", code=code)
