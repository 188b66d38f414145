"""JSON lines: {"id", ..., "themes": [{"id", "name", "probability", "evidence"?}]}, best first; "error" where there was one."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from policy_themes.batch.result import Outcome, Result, Writer

__all__ = ["as_line", "as_lines", "to_stream", "writer"]

_encoded = json.JSONEncoder(ensure_ascii=False, default=str).encode  # json.dumps makes a new encoder for each line


@contextlib.contextmanager
def writer(path: Path, themes: Sequence[str]) -> Iterator[Writer]:
    """Write results to `path` in UTF-8, a line each."""
    with path.open("w", encoding="utf-8", newline="\n", errors="surrogatepass") as file:
        yield to_stream(file)


def to_stream(stream: TextIO) -> Writer:
    """A writer to an open stream."""

    def write(outcome: Outcome) -> None:
        stream.write(as_lines(outcome.results))
        if outcome.lines:
            stream.write(outcome.lines.text)

    return write


def as_lines(results: Iterable[Result]) -> str:
    """Results as JSON, a line each."""
    return "".join(as_line(result) + "\n" for result in results)


def as_line(result: Result) -> str:
    """A result as JSON. A column of the input that is itself called themes or error is kept as themes_input, error_input."""
    columns = {
        f"{name}_input" if name in ("themes", "error") else name: value for name, value in result.columns.items()
    }
    line: dict[str, Any] = {**columns, "themes": []}
    if result.tagging:
        for theme in result.tagging.themes:
            entry = {"id": theme.id, "name": theme.name, "probability": theme.probability}
            line["themes"].append(
                {**entry, "evidence": [span._asdict() for span in theme.evidence]} if theme.evidence else entry
            )
        if result.tagging.scores is not None:
            line["scores"] = dict(result.tagging.scores)
    if result.error:
        line["error"] = {"code": result.error.code, "zh": result.error.zh, "en": result.error.en}
    return _encoded(line)
