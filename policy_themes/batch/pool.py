"""Several workers: units in, outcomes out as they are done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from multiprocessing.connection import wait
from pathlib import Path

from policy_themes.batch.result import Outcome
from policy_themes.batch.units import Unit
from policy_themes.batch.worker import Task, Worker
from policy_themes.tagging.tagger import Options

__all__ = ["pooled"]


def pooled(
    units: Iterable[tuple[int, Unit]], model: Path, options: Options, workers: int
) -> Iterator[tuple[int, Outcome]]:
    """The index and outcome of each unit, in the order they are done. Units are taken from the iterator one by one, each while the
    workers are busy with those before it; the workers end with the iterator. Raises what loading the model raises."""
    waiting = iter(units)
    crew: list[Worker] = []
    try:
        task = _next(waiting, options)
        while task and len(crew) < workers:
            crew.append(Worker(model))
            crew[-1].give(task)
            task = _next(waiting, options)
        while busy := [worker for worker in crew if worker.task]:
            for worker, outcome in _done(busy):
                if task:  # the worker goes on while its outcome is written and the next unit read
                    worker.give(task)
                    task = _next(waiting, options)
                yield outcome
    finally:
        for worker in crew:
            worker.stop()


def _next(waiting: Iterator[tuple[int, Unit]], options: Options) -> Task | None:
    index, unit = next(waiting, (0, None))
    return None if unit is None else Task(index, unit, options)


def _done(busy: list[Worker]) -> Iterator[tuple[Worker, tuple[int, Outcome]]]:
    """Wait for an answer or a time limit, and give what is done."""
    limit = min(worker.remaining() for worker in busy)
    ready = wait([worker.connection for worker in busy], None if limit == float("inf") else limit)
    for worker in busy:
        done = None
        if worker.connection in ready:
            done = worker.take()
        elif worker.remaining() == 0:
            done = worker.give_up()
        if done:
            yield worker, (done[0].index, done[1])
