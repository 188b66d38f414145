"""CSV: read in any encoding of Chinese offices, written in UTF-8 with a byte order mark, which Excel and WPS open as Chinese."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from policy_themes.documents.encoding import decoded
from policy_themes.errors import LabelError
from policy_themes.themes import Codebook
from training.exchange.labelled import MAX_FILE_BYTES, Labelled
from training.exchange.tables import Record, entries_of, records_of
from training.labels import Fault

__all__ = ["read", "write"]


def read(data: bytes, name: str, codebook: Codebook) -> Iterator[Labelled | Fault]:
    """The entries of the table called `name`. Raises LabelError for its header or its form, DocumentError if it is not text."""
    yield from entries_of(list(_records(decoded(data, name), name)), name, codebook)


def write(path: Path, entries: Sequence[Labelled], columns: Sequence[str]) -> None:
    """Write `entries` to `path`; `columns` as in records_of."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(records_of(entries, columns))


def _records(text: str, name: str) -> Iterator[Record]:
    csv.field_size_limit(MAX_FILE_BYTES)
    # A list separator of ; is what Excel writes where the comma is the decimal sign.
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begun = 1
    try:
        for cells in reader:
            yield begun, cells
            begun = reader.line_num + 1
    except csv.Error as error:
        raise LabelError(
            f"CSV 格式有误:{error};请检查引号",
            f"is not well-formed CSV: {error}; check the quotes",
            where=f"{name}:{begun}",
        ) from error
