"""One worker: a process that does units, with a bound on its time and memory, and is replaced when it dies.

Documents come from strangers. What a reader does with them happens in a process of its own, so that one that hangs is ended and one that
takes the process down with it costs that document and no other.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import time
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

from policy_themes.batch.result import Outcome
from policy_themes.batch.units import Unit, Upload
from policy_themes.batch.work import fault_of, outcome_of
from policy_themes.documents.limits import MAX_MEMORY, MAX_SECONDS
from policy_themes.tagging.tagger import Options, Tagger

__all__ = ["Task", "Worker"]

TRIES = 3  # a worker that dies may have been killed by somebody: its unit gets another chance
FAILED_STARTS = 5  # deaths one after the other while loading, from which the fault is not the unit's


@dataclass(frozen=True, slots=True)
class Task:
    """A unit in its place of the run, with what to give back and how often it has been tried."""

    index: int
    unit: Unit | Upload
    options: Options
    tries: int = 0


class Worker:
    """A process that tags with the model in `model`. It starts at once and loads while the caller goes on."""

    def __init__(self, model: Path, seconds: float = MAX_SECONDS) -> None:
        self._model, self._seconds = model, seconds
        self.task: Task | None = None
        self._failed_starts = 0
        self._stopped = False
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, far = context.Pipe()
        self._process = context.Process(target=_main, args=(far, self._model), daemon=True)
        self._process.start()
        far.close()
        # A worker that has not said that it is ready is still loading its model; that time is not the document's.
        self._ready = False
        self._deadline = float("inf")

    @property
    def pid(self) -> int | None:
        """The process, which another one takes the place of when it dies."""
        return self._process.pid

    def give(self, task: Task) -> None:
        """Start on `task`; the worker must have none."""
        self.task = task
        self._deadline = time.monotonic() + self._seconds if self._ready else float("inf")
        with contextlib.suppress(OSError):  # a dead process is seen when its answer is taken
            self.connection.send(task)

    def remaining(self) -> float:
        """Seconds until the present task is given up."""
        return max(0.0, self._deadline - time.monotonic())

    def take(self) -> tuple[Task, Outcome] | None:
        """The outcome of the task when there is something to read on `connection`; None if there is none yet.

        A process that died is replaced and its task tried again, then given up.
        """
        try:
            answer = self.connection.recv()
        except (EOFError, OSError):
            return self._after_death()
        if answer is None:
            self._ready, self._failed_starts = True, 0
            self._deadline = time.monotonic() + self._seconds if self.task else float("inf")
            return None
        if isinstance(answer, Exception):
            self._end()
            raise answer
        return self._done(answer)

    def give_up(self) -> tuple[Task, Outcome]:
        """End the process over its task, and start another."""
        task = self._task()
        self._end()
        self._start()
        seconds = f"{self._seconds:g}"
        return self._done(
            fault_of(
                task.unit,
                f"处理超过 {seconds} 秒,已放弃;请拆分或另存后再试",
                f"took over {seconds} s and was given up",
            )
        )

    def call(self, task: Task) -> Outcome:
        """Do one task and wait for it."""
        self.give(task)
        while True:
            timeout = None if self._deadline == float("inf") else self.remaining()
            done = self.take() if self.connection.poll(timeout) else self.give_up()
            if done:
                return done[1]

    def stop(self) -> None:
        """End the process. A `call` under way in another thread raises RuntimeError."""
        self._stopped = True
        self._end()

    def _done(self, outcome: Outcome) -> tuple[Task, Outcome]:
        task, self.task, self._deadline = self._task(), None, float("inf")
        return task, outcome

    def _task(self) -> Task:
        if self.task is None:
            raise RuntimeError("the worker has no task")
        return self.task

    def _after_death(self) -> tuple[Task, Outcome] | None:
        if self._stopped:
            raise RuntimeError("the worker was stopped")
        loading, task = not self._ready, self.task
        self._failed_starts = self._failed_starts + 1 if loading else 0
        self._end()
        if self._failed_starts == FAILED_STARTS:
            raise RuntimeError("the worker process dies while it loads the model")
        self._start()
        if task is None:
            return None
        tries = task.tries if loading else task.tries + 1
        if tries < TRIES:
            self.give(replace(task, tries=tries))
            return None
        return self._done(
            fault_of(
                task.unit,
                f"处理它的进程 {TRIES} 次意外终止(可能内存不足),已放弃",
                f"its process died {TRIES} times (out of memory?)",
            )
        )

    def _end(self) -> None:
        self.connection.close()
        self._process.kill()
        self._process.join()


def _main(connection: Connection, model: Path) -> None:
    """What the process does: load, say so, then answer tasks until the other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted and ends its workers
    _bound_memory()
    try:
        tagger = Tagger.load(model)
    except Exception as error:  # the parent raises it
        connection.send(error)
        return
    connection.send(None)
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            task: Task = connection.recv()
            connection.send(_outcome(task, tagger))


def _outcome(task: Task, tagger: Tagger) -> Outcome:
    try:
        return outcome_of(task.unit, tagger, task.options)
    except MemoryError:
        return fault_of(task.unit, "太大,内存不够;请拆分", "needs more memory than allowed; split it")
    except Exception as error:  # a fault of ours in one document must not cost the others
        return fault_of(task.unit, f"程序出错({error!r}),请报告", f"the program failed ({error!r}); please report it")


def _bound_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
