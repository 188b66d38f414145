"""doccano's JSON lines: {"id", "text", "label": [names]}; older ones say "labels", newer ones "cats".

Some versions say "data" for the text; other keys are metadata.

Source: https://doccano.github.io/doccano/tutorial/ (text classification, import and export of JSONL).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from policy_themes.themes import Codebook
from training.exchange.labelled import Labelled, json_lines, labelled
from training.labels import Fault

__all__ = ["read", "write"]

_KEYS = ("label", "labels", "cats")
_META = ("id", "kind", "source", "annotator", "date")


def read(data: bytes, name: str, codebook: Codebook) -> Iterator[Labelled | Fault]:
    """The entries of the file called `name`; a Fault for a line that is none. Raises DocumentError if it is not text."""
    for where, entry in json_lines(data, name):
        yield entry if isinstance(entry, Fault) else _entry(entry, where)


def _entry(entry: dict[str, Any], where: str) -> Labelled | Fault:
    key = next((key for key in _KEYS if key in entry), None)
    if key is None:
        return Fault(
            where,
            "没有 label;请只导出已标注的数据,或在 label 写 []",
            "has no label; export approved data only, or say []",
        )
    meta = {name: value for name, value in entry.items() if name in _META}
    themes = [entry[key]] if isinstance(entry[key], str) else entry[key]
    return labelled(entry.get("text", entry.get("data")), themes, meta, where)


def write(path: Path, entries: Sequence[Labelled]) -> None:
    """Write `entries` to `path` in UTF-8, one a line, as doccano imports them (its "column label" is label)."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for entry in entries:
            said = {"text": entry.text, "label": list(entry.themes)}
            said |= {name: value for name in _META if (value := getattr(entry, name))}
            file.write(json.dumps(said, ensure_ascii=False) + "\n")
