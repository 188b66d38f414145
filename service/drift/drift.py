"""The drift of the version that serves, over the last day and the last week."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from policy_themes.tagging.tagger import Tagger
from service.drift.expected import Reference
from service.drift.verdict import Verdict, verdict_of
from service.drift.window import Window
from service.store import LabelStore

__all__ = ["WINDOWS", "Drift"]

WINDOWS = {"24h": 24, "7d": 7 * 24}  # hours
FRESH = 60.0  # seconds that gauges are kept


class Drift:
    """Reads the store. Safe to share between threads."""

    def __init__(self, store: LabelStore, models: Path, labels: Path) -> None:
        self._store, self._reference = store, Reference(models, labels)
        self._lock = threading.Lock()
        self._told: tuple[float, dict[tuple[str, ...], float]] | None = None

    def verdict(self, tagger: Tagger, window: str) -> Verdict:
        """Over a window of WINDOWS. Raises StoreUnavailable."""
        from service.drift.rows import window as tagged

        with self._store.open().read() as connection:
            found = tagged(connection, tagger.version, _since(WINDOWS[window]))
        return verdict_of(tagger.version, self._reference.of(tagger), found)

    def hours(self, tagger: Tagger, window: str) -> dict[str, Window]:
        """What was tagged, by hour. Raises StoreUnavailable."""
        from service.drift.rows import hours

        with self._store.open().read() as connection:
            return hours(connection, tagger.version, _since(WINDOWS[window]))

    def gauges(self, tagger: Tagger) -> dict[tuple[str, ...], float]:
        """The indices as ("drift", window, signal), at most a minute old. Raises StoreUnavailable."""
        with self._lock:
            if self._told is None or time.monotonic() - self._told[0] > FRESH:
                verdicts = {window: self.verdict(tagger, window) for window in WINDOWS}
                found: dict[tuple[str, ...], float] = {
                    ("drift", window, signal.name): signal.index
                    for window, verdict in verdicts.items()
                    for signal in verdict.signals
                    if signal.index is not None
                }
                self._told = (time.monotonic(), found)
            return self._told[1]


def _since(hours: int) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H")
