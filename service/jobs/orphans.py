"""Jobs whose process is gone: imports wait again, as nothing of them was written; others have failed, and the next may begin."""

from __future__ import annotations

import time

from sqlalchemy import Connection

from service.database.database import now
from service.jobs.identity import alive
from service.jobs.job import Job
from service.jobs.queue import release, running

__all__ = ["Orphans", "give_up"]

SILENCE = 60.0  # seconds without a sign of life, after which the process of another machine is taken for dead
ATTEMPTS = 5  # times an import is begun: one that ends its process each time must not go on for ever
INTERRUPTED = {
    "training": "服务中断,训练未完成;请重新开始训练 (the service stopped before the training was done; start it again)",
    "check": "服务中断,检查未完成;请重新开始检查 (the service stopped before the check was done; start it again)",
}
TOO_OFTEN = f"已中断 {ATTEMPTS} 次,不再重试;请拆分文件或增加内存 (interrupted too often; split the file or add memory)"


class Orphans:
    """Finds orphans of one kind. Clocks of machines differ, so silence is measured by ours, from when a sign of life was first seen."""

    def __init__(self, kind: str, silence: float = SILENCE) -> None:
        self._kind, self._silence = kind, silence
        self._signs: dict[str, tuple[str, float]] = {}

    def release(self, connection: Connection) -> list[str]:
        """Let go of the jobs whose process is gone, and give their ids."""
        released = []
        signs: dict[str, tuple[str, float]] = {}
        for job in running(connection, self._kind):
            seen, since = self._signs.get(job.id, ("", 0.0))
            signs[job.id] = (seen, since) if seen == job.seen_at else (job.seen_at, time.monotonic())
            living = alive(job.runner)
            silent = time.monotonic() - signs[job.id][1] >= self._silence
            if living is False or (living is None and silent):
                give_up(connection, job)
                released.append(job.id)
        self._signs = signs
        return released


def give_up(connection: Connection, job: Job) -> None:
    """A running job back to where another can take it up, or to an end."""
    attempts = ((job.result or {}).get("attempts") or 0) + 1
    if job.kind == "import" and attempts < ATTEMPTS:
        waits = "导入中断,将重新导入 (the import was interrupted; it will be begun anew)"
        release(connection, job, state="waiting", runner="", done=0, message=waits, result={"attempts": attempts})
    else:
        message = INTERRUPTED.get(job.kind, TOO_OFTEN)
        release(connection, job, state="failed", message=message, result=None, ended_at=now())
