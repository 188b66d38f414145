"""Parquet: the columns of JSON lines, themes as a list of structures."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from policy_themes.batch.result import Outcome, Writer
from policy_themes.batch.writers.jsonl import as_line
from policy_themes.errors import DocumentError

__all__ = ["writer"]

GROUP = 10_000  # rows held for a row group


@contextlib.contextmanager
def writer(path: Path, themes: Sequence[str]) -> Iterator[Writer]:
    """Write results to `path`; the first row group gives the columns, `themes` and `error` have a fixed type."""
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise DocumentError(
            "写 .parquet 需要 pyarrow:pip install 'policy-themes[parquet]'",
            "writing .parquet needs pyarrow: pip install 'policy-themes[parquet]'",
            where=str(path),
        ) from error
    groups = _Groups(path)
    try:
        yield groups.add
        groups.flush()
    finally:
        groups.close()


class _Groups:
    """Rows held until there are enough for a row group."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: list[dict[str, Any]] = []
        self._output: Any = None

    def add(self, outcome: Outcome) -> None:
        """Append an outcome's rows."""
        for result in outcome.results:
            self._held.append(json.loads(as_line(result)))
            if len(self._held) >= GROUP:
                self.flush()

    def flush(self) -> None:
        """Write what is held; a run without a row gives a file without columns of its own."""
        import pyarrow as pa
        from pyarrow import parquet

        if self._output is None:
            self._output = parquet.ParquetWriter(self._path, _schema(self._held))
        if self._held:
            self._output.write_table(pa.Table.from_pylist(self._held, schema=self._output.schema))
            self._held.clear()

    def close(self) -> None:
        """Close the file."""
        if self._output is not None:
            self._output.close()


def _schema(rows: list[dict[str, Any]]) -> Any:
    """The columns of the first rows, with themes and error as structures."""
    import pyarrow as pa

    span = pa.struct([("start", pa.int64()), ("end", pa.int64()), ("text", pa.string())])
    theme = pa.struct(
        [("id", pa.string()), ("name", pa.string()), ("probability", pa.float64()), ("evidence", pa.list_(span))]
    )
    problem = pa.struct([("code", pa.string()), ("zh", pa.string()), ("en", pa.string())])
    own = [key for key in (rows[0] if rows else {}) if key not in ("themes", "error")]
    fields = pa.Table.from_pylist([{key: row.get(key) for key in own} for row in rows]).schema if own else []
    return pa.schema([*fields, ("themes", pa.list_(theme)), ("error", problem)])
