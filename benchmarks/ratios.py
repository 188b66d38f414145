"""Ratios measured now against those kept: what has become slower than it was by more than the measuring errs."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["KEEP", "Finding", "Measure", "compared", "keep", "read", "settled"]

ALLOWED = 1.05  # times the ratio that is kept
RUNS = 5  # paired runs that a median needs
KEEP = "make bench-check ARGS=--keep"

Runs = Mapping[str, Sequence[float]]  # a row: cost of ours / cost of what it is measured beside, of each paired run
Measure = Callable[[Collection[str]], Runs]  # measures the rows named; all of them when none is named


@dataclass(frozen=True, slots=True)
class Finding:
    """A row, the median ratio that is kept and the one measured (None: there is none), and whether that is good."""

    row: str
    kept: float | None
    now: float | None
    good: bool

    def __str__(self) -> str:
        if self.kept is None:
            return f"{self.row}: 没有存下的比值,请在安静的机器上运行 (no ratio is kept; on a quiet machine run) {KEEP}"
        if self.now is None:
            return f"{self.row}: 没有测到;若已不再测,请运行 (not measured; if it no longer is, run) {KEEP}"
        said = "合格 good" if self.good else "变慢 slower"
        return f"{self.row}: {self.now:.3f}, 存下的 kept {self.kept:.3f} ({self.now / self.kept - 1:+.1%}) {said}"


def compared(kept: Mapping[str, float], measured: Runs) -> list[Finding]:
    """A finding for every row kept or measured. Raises ValueError for a row of fewer than five runs."""
    found = []
    for row in dict.fromkeys((*kept, *measured)):
        now = _median(row, measured[row]) if row in measured else None
        was = kept.get(row)
        found.append(Finding(row, was, now, was is not None and now is not None and now <= was * ALLOWED))
    return found


def settled(kept: Mapping[str, float], measure: Measure) -> list[Finding]:
    """The findings; rows that were slower are measured once more, and what that finds stands. No row of `kept` is good unmeasured."""
    found = compared(kept, measure(()))
    slower = [one.row for one in found if not one.good and one.kept is not None and one.now is not None]
    if not slower:
        return found
    again = measure(slower)
    second = {one.row: one for one in compared({row: kept[row] for row in slower}, again)}
    return [second.get(one.row, one) for one in found]


def read(path: Path) -> dict[str, float]:
    """The ratios kept in a file; none where there is no file."""
    return {row: float(ratio) for row, ratio in json.loads(path.read_text("utf-8")).items()} if path.exists() else {}


def keep(path: Path, measured: Runs) -> None:
    """Write the medians as the ratios to be held."""
    medians = {row: round(_median(row, runs), 4) for row, runs in measured.items()}
    path.write_text(json.dumps(medians, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _median(row: str, runs: Sequence[float]) -> float:
    if len(runs) < RUNS:
        raise ValueError(f"{row}: {len(runs)} paired runs, {RUNS} are needed")
    return statistics.median(runs)
