"""Where a fault is inflicted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks import postgres
from benchmarks.campaigns.target import Target

__all__ = ["Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """The service, with its folder (labels/, models/, and the store if that is SQLite), the server of its database if it has one,
    and the file that says how far its clock is off."""

    target: Target
    folder: Path
    server: postgres.Server | None
    clock: Path
