"""A view: an entry of the bar at the top."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["View"]


@dataclass(frozen=True, slots=True)
class View:
    """The name that is shown and the path it leads to."""

    name: str
    path: str
