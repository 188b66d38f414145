"""How many requests are under way, and how many may be."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Crowd"]


@dataclass(slots=True)
class Crowd:
    """Of one process; health checks and figures do not count. Belongs to the event loop."""

    most: int
    under_way: int = 0

    @property
    def full(self) -> bool:
        """Whether no more may come in."""
        return self.under_way >= self.most
