"""A job as its page shows it: how far it is, or how it ended, in Chinese."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from service.jobs.job import Job

__all__ = ["Progress", "chinese", "local", "progress_of"]

_BOTH = re.compile(r"(?P<zh>.+?) \((?=[A-Za-z0-9])(?P<en>.*)\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Progress:
    """`state` as in Job; `done` of `total` steps, or `entries` of a file (0: not known yet); `said` where it stands; times are local."""

    id: str
    state: str
    by: str
    done: int
    total: int
    said: str
    begun: datetime
    ended: datetime | None
    entries: bool = False

    @property
    def under_way(self) -> bool:
        """Whether more will come of it."""
        return self.state in ("waiting", "running")

    @property
    def seconds(self) -> int:
        """How long it took, or has taken."""
        until = self.ended or datetime.now().astimezone()
        return max(0, round((until - self.begun).total_seconds()))


def progress_of(job: Job) -> Progress:
    """From the job as the store has it."""
    ended = local(job.ended_at) if job.ended_at else None
    said = chinese(job.message)
    return Progress(
        job.id, job.state, job.by, job.done, job.total, said, local(job.created_at), ended, job.kind == "import"
    )


def chinese(message: str) -> str:
    """The Chinese half of a message that is told as "中文 (English)"."""
    found = _BOTH.fullmatch(message.strip())
    return found["zh"] if found else message


def local(written: str) -> datetime:
    """A moment, ISO 8601, by the clock of this machine; one that is not written so is the beginning of time."""
    try:
        return datetime.fromisoformat(written).astimezone()
    except ValueError:
        return datetime.fromtimestamp(0).astimezone()
