"""A job as the store has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Job"]


@dataclass(frozen=True, slots=True)
class Job:
    """`kind` is import, training or check; `state` waiting, running, done, failed or cancelled.

    `asked` is what was asked for and `result` what came of it, both as JSON. `done` of `total` steps are behind it (0 of 0: not
    known yet), and `message` says where it stands, or how it ended. Times are ISO 8601 in UTC.
    """

    id: str
    kind: str
    state: str
    by: str
    asked: dict[str, Any]
    done: int
    total: int
    message: str
    result: dict[str, Any] | None
    runner: str
    seen_at: str
    created_at: str
    ended_at: str | None

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in ("waiting", "running")
