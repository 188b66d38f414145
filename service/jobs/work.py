"""One job from claim to end: its process started, its progress written down, its end recorded whatever it was."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any

from service.jobs.job import Job
from service.jobs.leftovers import clear, remove, scratch_of
from service.jobs.orphans import give_up
from service.jobs.process import Process
from service.jobs.queue import end, get, report
from service.refusals import StoreUnavailable

if TYPE_CHECKING:
    from service.store import LabelStore

__all__ = ["work"]

SIGN = 2.0  # seconds between signs of life
LOOK = 0.2  # seconds between looks at whether to stop
LONGEST_LOG = 1_000_000  # bytes


def work(job: Job, store: LabelStore, stopped: threading.Event, woken: threading.Event) -> None:
    """See `job`, which is this process's, to its end; returns early, with its process ended, if it is cancelled or `stopped` is set."""
    scratch = scratch_of(store.models, job.id)
    if job.kind == "training":
        clear(store.models)
        scratch.mkdir(parents=True)
    asked = {"kind": job.kind, "job": job.id, "runner": job.runner, "url": store.url, "asked": job.asked}
    process = Process({**asked, "models": str(store.models), "scratch": str(scratch)})
    watch = _Watch(job, store)
    try:
        while not stopped.is_set() and not process.ended and watch.wanted:
            watch.take(process)
            if woken.is_set():
                woken.clear()
                watch.sign()
        for _ in range(100) if process.ended else ():  # what it said last
            if not watch.take(process):
                break
    finally:
        code = process.stop()
        remove(store.models, job.id)
    watch.close(code, stopped)


class _Watch:
    """What is known of a running job, and what of that the store has been told."""

    def __init__(self, job: Job, store: LabelStore) -> None:
        self._job, self._store = job, store
        self._log: list[str] = []
        self._news: dict[str, Any] = {}
        self._ending: dict[str, Any] | None = None
        self._signed = time.monotonic()
        self.wanted = True

    def take(self, process: Process) -> bool:
        """Take in what the process says within a moment, and give a sign of life if one is due; whether it said anything."""
        said = False
        for message in process.messages(LOOK):
            said = True
            if isinstance(message, str):
                self._log.append(message)
            elif "end" in message:
                self._ending = message
            else:
                self._news |= message
        if time.monotonic() - self._signed > (SIGN if not self._news else SIGN / 4):
            self.sign()
        return said

    def sign(self) -> None:
        """A sign of life, with what is new; learns whether the job is still wanted."""
        news, self._news, self._signed = self._news, {}, time.monotonic()
        with contextlib.suppress(StoreUnavailable), self._store.open().write() as connection:
            self.wanted = report(connection, self._job.id, self._job.runner, **self._with_log(news))

    def close(self, code: int, stopped: threading.Event) -> None:
        """Record how it ended. Tried until the store takes it, as the job would else seem to run; at the service's own end once."""
        while True:
            try:
                self._close(code, stopped.is_set())
                return
            except StoreUnavailable:
                if stopped.wait(SIGN):
                    return

    def _close(self, code: int, stopped: bool) -> None:
        with self._store.open().write() as connection:
            report(connection, self._job.id, self._job.runner, **self._with_log(self._news))
            if self._again(code, stopped):
                give_up(connection, get(connection, self._job.kind, self._job.id))
            elif self._ending is not None:
                message, result = self._ending["message"], self._ending["result"]
                end(connection, self._job.id, self._job.runner, self._ending["end"], message, result)
            else:
                end(connection, self._job.id, self._job.runner, "failed", _died(code), None)

    def _again(self, code: int, stopped: bool) -> bool:
        """Whether it is no fault of the job that it did not end: imports, of which nothing was written, are then begun anew."""
        if self._ending is None:
            return stopped or (self._job.kind == "import" and code < 0)
        return self._job.kind == "import" and bool(self._ending.get("away"))

    def _with_log(self, values: dict[str, Any]) -> dict[str, Any]:
        if self._job.kind != "training":
            return values
        return {**values, "payload": "".join(f"{line}\n" for line in self._log).encode()[:LONGEST_LOG]}


def _died(code: int) -> str:
    return (
        f"进程意外结束(信号 {-code}),可能内存不足;请重试 (the process was ended by signal {-code}, perhaps for want of memory)"
        if code < 0
        else f"进程意外结束(代码 {code}),请重试 (the process ended with code {code}; try again)"
    )
