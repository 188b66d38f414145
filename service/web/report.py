"""What an import did, or would do, as its page shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Line", "Report", "report_of"]

_UNKNOWN = re.compile(r"未知主题“(.+?)”(?:,是否为“(.+?)”)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is refused or left out: its place in words, the reason, and the remedy, empty where the reason says it."""

    place: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Report:
    """Counts of entries as in service.api.job_schemas.ImportReport; `unknown` names themes that the codebook does not have."""

    new: int
    changed: int
    same: int
    unlabelled: int
    differing: int
    conflicts: int
    fault_count: int
    near: int
    faults: tuple[Line, ...]
    warnings: tuple[Line, ...]
    unknown: tuple[str, ...]
    themes: tuple[tuple[str, int], ...]

    @property
    def nothing(self) -> bool:
        """Whether the file says nothing that the store does not hold already."""
        return not (self.new or self.changed or self.unlabelled)


def report_of(result: Mapping[str, Any]) -> Report:
    """From the result of an import job."""
    counts = ("new", "changed", "same", "unlabelled", "differing", "conflicts", "fault_count", "near")
    faults = [str(one["zh"]) for one in result["faults"]]
    unknown = (found[1] for one in faults if (found := _UNKNOWN.match(one)))
    return Report(
        **{name: int(result[name]) for name in counts},
        faults=tuple(map(_line, result["faults"])),
        warnings=tuple(map(_line, result["warnings"])),
        unknown=tuple(dict.fromkeys(unknown)),
        themes=tuple(result["themes"].items()),
    )


def _line(fault: Mapping[str, str]) -> Line:
    file, _, number = fault["where"].rpartition(":")
    place = f"第 {number} 行" if file and number.isdigit() else fault["where"]
    reason, found = fault["zh"], _UNKNOWN.match(fault["zh"])
    if found is None:
        return Line(place, *_parted(reason))
    named = f"改为“{found[2]}”,或" if found[2] else "改成主题表里的名称,或"
    return Line(place, f"主题表里没有“{found[1]}”", f"{named}先到“主题”页增加它")


def _parted(said: str) -> tuple[str, str]:
    """A message as reason and remedy, where it says what to do behind its last semicolon."""
    reason, mark, remedy = said.rpartition(";")
    return (reason, remedy) if mark and remedy.startswith(("请", "要", "如")) else (said, "")
