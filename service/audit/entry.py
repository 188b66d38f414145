"""An entry of the audit."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Entry"]


@dataclass(frozen=True, slots=True)
class Entry:
    """`who` did `operation` (method and path of the API's description) at `target` (the path asked for), answered with `status`.
    `id` and `at` (ISO 8601, UTC) are those of the row."""

    who: str
    operation: str
    target: str
    status: int
    request_id: str
    at: str = ""
    id: int = 0
