"""What was tagged in each hour, kept until it is in the store."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from policy_themes.tagging.known import Familiar
from service.watch.tally import LONGEST_SAMPLE, SAMPLES, Tally

__all__ = ["Hour", "Intake"]

MOST_HOURS = 400  # kept while there is no store, or it cannot be reached; the oldest are let go


@dataclass(slots=True)
class Hour:
    """Of one hour and one version: sections and characters tagged with the model's own thresholds; of each theme (by id, "" for none) how
    often it was assigned and the sum of its probabilities then; and how familiar a sample of the texts was."""

    sections: int = 0
    characters: int = 0
    themes: dict[str, tuple[int, float]] = field(default_factory=dict)
    familiar: Familiar = field(default_factory=Familiar)
    samples: deque[str] = field(default_factory=lambda: deque(maxlen=SAMPLES))

    def add(self, tally: Tally) -> None:
        """Add a request's."""
        self.sections += tally.sections
        self.characters += tally.characters
        self._add(tally.themes.items())
        if tally.none:
            self._add((("", (tally.none, 0.0)),))
        for text in tally.samples:
            self.samples.append(text if len(text) <= LONGEST_SAMPLE else text[:LONGEST_SAMPLE])

    def join(self, other: Hour) -> None:
        """Add those of `other`; its samples must have been counted."""
        self.sections += other.sections
        self.characters += other.characters
        self._add(other.themes.items())
        self.familiar = Familiar(*(one + more for one, more in zip(self.familiar, other.familiar, strict=True)))

    def _add(self, themes: Iterable[tuple[str, tuple[int, float]]]) -> None:
        own = self.themes
        for theme, (assigned, probability) in themes:
            before = own.get(theme)
            own[theme] = (before[0] + assigned, before[1] + probability) if before else (assigned, probability)


class Intake:
    """Added to on the event loop; `take` and `back` are called from a thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fresh: dict[str, Hour] = {}  # by version, since the last take
        self._kept: dict[tuple[str, str], Hour] = {}  # by hour and version

    def add(self, tally: Tally) -> None:
        """A request has tagged. What was asked for with other thresholds says nothing about the model's rates and is left out."""
        if not tally.own or not tally.sections:
            return
        with self._lock:
            fresh = self._fresh.get(tally.version)
            if fresh is None:
                fresh = self._fresh[tally.version] = Hour()
            fresh.add(tally)

    def fresh(self) -> dict[str, Hour]:
        """What came since this was last called, by version, to be counted and given to `keep`."""
        with self._lock:
            taken, self._fresh = self._fresh, {}
        return taken

    def keep(self, hour: str, version: str, counted: Hour) -> None:
        """Keep what was counted for the store."""
        kept = self._kept.setdefault((hour, version), Hour())
        kept.join(counted)
        while len(self._kept) > MOST_HOURS:
            del self._kept[min(self._kept)]

    @property
    def kept(self) -> dict[tuple[str, str], Hour]:
        """By hour and version: what is to go to the store."""
        return self._kept

    def stored(self) -> None:
        """What was kept is in the store."""
        self._kept = {}
