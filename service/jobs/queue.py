"""The table of jobs as a queue. Each function works within the transaction of its connection.

A job belongs to the process that runs it: only that one reports on it, and what it reports once the job was cancelled, or given to
another, changes nothing. So of a training run that was lost sight of and one begun since, only one counts.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from service.database.database import now
from service.database.office_tables import jobs
from service.jobs.job import Job
from service.refusals import Busy, Conflict, NotThere

__all__ = ["cancel", "claim", "create", "end", "find", "get", "payload_of", "release", "report", "running", "start"]

_COLUMNS = [jobs.c[field.name] for field in fields(Job)]
_TRAINING_LOCK = 7_340_036 + 1  # PostgreSQL's advisory lock: one at a time starts a training run


def create(
    connection: Connection,
    kind: str,
    by: str,
    asked: Mapping[str, Any],
    payload: bytes | None = None,
    most: int = 1_000,
) -> Job:
    """A new job that waits for a runner. `payload` is kept until it has ended. Raises Busy while `most` of its kind have not."""
    unfinished = (jobs.c.kind == kind, jobs.c.state.in_(("waiting", "running")))
    if (connection.scalar(select(func.count()).select_from(jobs).where(*unfinished)) or 0) >= most:
        raise Busy(
            f"还有 {most} 个任务没有完成;请等它们完成后再提交,或取消不要的",
            f"{most} jobs are not done yet, as many as may be; wait for them, or cancel some",
            code="queue-full",
            retry_after=30,
        )
    values = _values(kind, by, asked)
    connection.execute(insert(jobs).values(**values, payload=payload))
    return _get(connection, values["id"])


def start(connection: Connection, by: str, asked: Mapping[str, Any], runner: str) -> Job:
    """A new training run, already that of `runner`. Raises Conflict that names the one under way, if one is."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TRAINING_LOCK})")
    running = select(jobs.c.id).where(jobs.c.kind == "training", jobs.c.state.in_(("waiting", "running")))
    if (other := connection.scalar(running)) is not None:
        raise Conflict(
            f"训练 {other} 正在进行;请等它结束,或先取消它",
            f"training run {other} is under way; wait for it, or cancel it first",
            where=other,
            code="training-under-way",
        )
    values = _values("training", by, asked) | {"state": "running", "runner": runner, "seen_at": now()}
    connection.execute(insert(jobs).values(**values))
    return _get(connection, values["id"])


def claim(connection: Connection, kind: str, runner: str) -> Job | None:
    """The job that `runner` is to work on next: one that is its own and not begun, else the oldest that waits."""
    own = select(jobs.c.id).where(jobs.c.kind == kind, jobs.c.state == "running", jobs.c.runner == runner)
    found = connection.scalar(own.order_by(jobs.c.created_at).limit(1))
    if found is None:
        waits = select(jobs.c.id).where(jobs.c.kind == kind, jobs.c.state == "waiting").order_by(jobs.c.created_at)
        found = connection.scalar(waits.limit(1).with_for_update(skip_locked=True))
        if found is None:
            return None
        values = {"state": "running", "runner": runner, "seen_at": now()}
        connection.execute(update(jobs).where(jobs.c.id == found).values(**values))
    return _get(connection, found)


def report(connection: Connection, job: str, runner: str, **values: Any) -> bool:
    """A sign of life, with new values of done, total, message or payload; False if the job is no longer that of `runner`."""
    return _change(connection, job, runner, {"seen_at": now(), **values})


def end(
    connection: Connection, job: str, runner: str, state: str, message: str, result: Mapping[str, Any] | None
) -> bool:
    """Say how a job ended; False, and nothing changed, if it is no longer that of `runner`. An import's file is let go."""
    values: dict[str, Any] = {"state": state, "message": message, "result": result, "ended_at": now()}
    done = _change(connection, job, runner, values)
    _let_go(connection, job)
    return done


def cancel(connection: Connection, kind: str, job: str) -> Job:
    """End a job that waits or runs; its runner stops it. Raises NotThere, or Conflict for one that has ended."""
    values: dict[str, Any] = {"state": "cancelled", "message": "已取消 (cancelled)", "ended_at": now()}
    live = (jobs.c.kind == kind, jobs.c.id == job, jobs.c.state.in_(("waiting", "running")))
    if connection.execute(update(jobs).where(*live).values(**values)).rowcount == 0:
        found = get(connection, kind, job)
        raise Conflict(
            f"任务已结束({found.state}),不能取消", f"has ended ({found.state}) and cannot be cancelled", where=job
        )
    _let_go(connection, job)
    return _get(connection, job)


def get(connection: Connection, kind: str, job: str) -> Job:
    """The job with this id. Raises NotThere."""
    row = connection.execute(select(*_COLUMNS).where(jobs.c.kind == kind, jobs.c.id == job)).one_or_none()
    if row is None:
        raise NotThere("没有这个任务", "there is no such job", where=job)
    return _job(row)


def find(connection: Connection, kind: str, skip: int, limit: int) -> tuple[list[Job], int]:
    """Up to `limit` jobs behind the newest `skip`, newest first; and how many there are."""
    asked = select(*_COLUMNS).where(jobs.c.kind == kind).order_by(jobs.c.created_at.desc(), jobs.c.id)
    total = connection.scalar(select(func.count()).select_from(jobs).where(jobs.c.kind == kind))
    return [_job(row) for row in connection.execute(asked.offset(skip).limit(limit))], int(total or 0)


def running(connection: Connection, kind: str) -> list[Job]:
    """The jobs that some process works on, or did when it was last heard of."""
    return [
        _job(row) for row in connection.execute(select(*_COLUMNS).where(jobs.c.kind == kind, jobs.c.state == "running"))
    ]


def release(connection: Connection, job: Job, **values: Any) -> None:
    """Give the job of a process that is gone new `values`, unless another has taken it up since `job` was read."""
    _change(connection, job.id, job.runner, values)
    _let_go(connection, job.id)


def payload_of(connection: Connection, job: str) -> bytes:
    """The file of an import, the log of a training run."""
    return bytes(connection.scalar(select(jobs.c.payload).where(jobs.c.id == job)) or b"")


def _values(kind: str, by: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    at = now()
    fixed = {"state": "waiting", "done": 0, "total": 0, "message": "", "runner": "", "seen_at": at, "created_at": at}
    return {"id": secrets.token_hex(8), "kind": kind, "by": by, "asked": dict(asked), **fixed}


def _change(connection: Connection, job: str, runner: str, values: Mapping[str, Any]) -> bool:
    own = (jobs.c.id == job, jobs.c.state == "running", jobs.c.runner == runner)
    return connection.execute(update(jobs).where(*own).values(**values)).rowcount == 1


def _let_go(connection: Connection, job: str) -> None:
    done = (jobs.c.id == job, jobs.c.kind == "import", jobs.c.state.not_in(("waiting", "running")))
    connection.execute(update(jobs).where(*done).values(payload=None))


def _get(connection: Connection, job: str) -> Job:
    return _job(connection.execute(select(*_COLUMNS).where(jobs.c.id == job)).one())


def _job(row: Row[Any]) -> Job:
    return Job(**row._mapping)
