"""CSV in UTF-8 with a byte order mark, which Excel and WPS open as Chinese."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from policy_themes.batch.cells import inert
from policy_themes.batch.result import Outcome, Writer, flat

__all__ = ["writer"]


@contextlib.contextmanager
def writer(path: Path, themes: Sequence[str]) -> Iterator[Writer]:
    """Write results to `path`; the first one gives the columns."""
    with path.open("w", encoding="utf-8-sig", newline="", errors="replace") as file:
        rows = csv.writer(file)
        columns: list[str] = []

        def write(outcome: Outcome) -> None:
            for result in outcome.results:
                cells = flat(result)
                if not columns:
                    columns.extend(cells)
                    rows.writerow([inert(column) for column in columns])
                rows.writerow([_safe(cells.get(column, "")) for column in columns])

        yield write


def _safe(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, (int, float)) else inert(str(cell))
