"""The loops of tagging as compiled for this machine (see compiled.pyx); None where there was no compiler, and numpy takes their place."""

from __future__ import annotations

__all__ = ["compiled"]

try:
    from policy_themes.tagging import compiled
except ImportError:
    compiled = None  # type: ignore[assignment]
