"""What a version found in text that it was not trained on: what the drift of new text is measured against.

The themes come from the model folder (heldout.jsonl: every labelled section, tagged by a model that had not seen it). The folder holds no
text; how familiar new text may be is counted on labelled text: the protected items, never trained on, where there are enough.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from policy_themes.tagging.known import Familiar
from policy_themes.tagging.tagger import Tagger

__all__ = ["Expected", "Reference"]

PROTECTED = "protected.jsonl"
ENOUGH = 100  # texts
MOST = 1_000  # texts counted


@dataclass(frozen=True, slots=True)
class Expected:
    """`themes`: in how many of `sections` each was found (by id, "" for none); `familiar` is empty where no labelled text is at hand."""

    sections: int
    themes: Mapping[str, int]
    familiar: Familiar


class Reference:
    """Reads what is expected of a version when it is first asked for, and keeps it. Safe to share between threads."""

    def __init__(self, models: Path, labels: Path) -> None:
        self._models, self._labels = models, labels
        self._lock = threading.Lock()
        self._kept: tuple[str, Expected | None] | None = None

    def of(self, tagger: Tagger) -> Expected | None:
        """Of the version that `tagger` is; None for a model folder that says nothing of it. The first call takes some 60 ms."""
        with self._lock:
            if self._kept is None or self._kept[0] != tagger.version:
                self._kept = (tagger.version, self._read(tagger))
            return self._kept[1]

    def _read(self, tagger: Tagger) -> Expected | None:
        id_of = {theme.name: theme.id for theme in tagger.themes}
        themes, sections = Counter[str](), 0
        try:
            for line in (self._models / tagger.version / "heldout.jsonl").read_text("utf-8").splitlines():
                themes.update([id_of[name] for name in json.loads(line)["assigned"] if name in id_of] or [""])
                sections += 1
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return Expected(sections, themes, tagger.known().familiar(_texts(self._labels))) if sections else None


def _texts(labels: Path) -> list[str]:
    """Of the protected items, else of the others, up to MOST."""
    protected = _read(labels / PROTECTED)
    if len(protected) >= ENOUGH:
        return protected[:MOST]
    others = sorted(path for path in labels.glob("*.jsonl") if path.name != PROTECTED)
    return [text for path in others for text in _read(path)][:MOST]


def _read(path: Path) -> list[str]:
    """The texts of a file of labelled items; those of lines that are none are left out."""
    try:
        lines = path.read_text("utf-8").splitlines()
        return [str(json.loads(line).get("text") or "") for line in lines]
    except (OSError, ValueError, AttributeError):
        return []
