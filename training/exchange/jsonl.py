"""JSON lines of this project: {"id", "kind", "text", "themes", "source", "annotator", "date"}.

Only text and themes are needed to import.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from policy_themes.themes import Codebook
from training.exchange.labelled import Labelled, json_lines, labelled
from training.labels import FIELDS, Fault

__all__ = ["line_of", "read", "write"]


def read(data: bytes, name: str, codebook: Codebook) -> Iterator[Labelled | Fault]:
    """The entries of the file called `name`; a Fault for a line that is none. Raises DocumentError if it is not text."""
    for where, entry in json_lines(data, name):
        if isinstance(entry, Fault):
            yield entry
        elif unknown := sorted(set(entry) - set(FIELDS)):
            yield Fault(
                where,
                f"有未知字段 {'、'.join(unknown)},请删去",
                f"has unknown fields {', '.join(unknown)}; take them out",
            )
        else:
            yield labelled(entry.get("text"), entry.get("themes"), entry, where)


def write(path: Path, entries: Sequence[Labelled]) -> None:
    """Write `entries` to `path` in UTF-8, one a line, in the order of the fields of labels/."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(line_of(entry) + "\n" for entry in entries)


def line_of(entry: Labelled) -> str:
    """An entry as it stands in labels/, without the line's end."""
    fields = {name: getattr(entry, name) for name in FIELDS}
    return json.dumps({**fields, "themes": list(entry.themes)}, ensure_ascii=False)
