"""What one process has counted since it started, in plain ints: to count with prometheus-client takes longer than requests may."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict

from service.watch.tally import Tally

__all__ = ["BOUNDS", "Counts", "Flat"]

# Seconds, upper bounds: tagging takes under a millisecond, a document up to a minute.
BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

Flat = dict[tuple[str, ...], float]  # what is counted and its labels -> how much


class Counts:
    """Counted on the event loop, read from any thread."""

    def __init__(self) -> None:
        self.under_way = 0
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._seconds: defaultdict[str, list[float]] = defaultdict(lambda: [0.0] * (len(BOUNDS) + 2))
        self._tagged: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        self._themes: Counter[tuple[str, str]] = Counter()
        self._documents: Counter[str] = Counter()

    def answered(self, method: str, path: str, status: int, seconds: float) -> None:
        """A request has been answered; `path` is that of the API's description."""
        self._requests[method, path, status] += 1
        places = self._seconds[path]
        places[bisect_left(BOUNDS, seconds)] += 1
        places[-1] += seconds

    def tagged(self, tally: Tally) -> None:
        """A request has tagged."""
        version = tally.version
        counted = self._tagged[version]
        counted[0] += tally.sections
        counted[1] += tally.characters
        for theme, (assigned, _) in tally.themes.items():
            self._themes[version, theme] += assigned
        if tally.documents or tally.failed:
            self._documents["read"] += tally.documents
            self._documents.update(tally.failed)

    def flat(self) -> Flat:
        """All of it. `seconds` has the bucket's upper bound as its last label, `seconds_sum` none."""
        found: Flat = {}
        for (method, path, status), count in self._requests.copy().items():
            found["requests", method, path, str(status)] = count
        for path, places in list(self._seconds.items()):
            for bound, below in zip((*BOUNDS, "+Inf"), places, strict=False):
                found["seconds", path, str(bound)] = below
            found["seconds_sum", path] = places[-1]
        for version, (sections, characters) in list(self._tagged.items()):
            found |= {("sections", version): sections, ("characters", version): characters}
        for (version, theme), count in self._themes.copy().items():
            found["themes", version, theme] = count
        for outcome, count in self._documents.copy().items():
            found["documents", outcome] = count
        return found
