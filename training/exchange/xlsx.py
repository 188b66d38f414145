"""XLSX: the first sheet of a workbook, its cells as text."""

from __future__ import annotations

import datetime
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from policy_themes.errors import LabelError
from policy_themes.themes import Codebook
from training.exchange.labelled import MAX_ROWS, Labelled
from training.exchange.tables import Record, entries_of, records_of
from training.labels import Fault

__all__ = ["read", "write"]

MAX_UNPACKED_BYTES = 500_000_000
MAX_COLUMNS = 256
MADE = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)  # the same entries give the same bytes
# What openpyxl raises on workbooks that are damaged or made to harm.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    EOFError,
    IndexError,
    TypeError,
    AttributeError,
    SyntaxError,
    NotImplementedError,
)
_AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def read(data: bytes, name: str, codebook: Codebook) -> Iterator[Labelled | Fault]:
    """The entries of the workbook called `name`. Raises LabelError for its header, or if it is no workbook or too large."""
    try:
        records = _records(data, name)
    except _DAMAGE as error:
        raise LabelError(
            "不是可读的 xlsx 工作簿,请另存为 .xlsx", "is not a readable xlsx workbook; save it as one", where=name
        ) from error
    yield from entries_of(records, name, codebook)


def write(path: Path, entries: Sequence[Labelled], columns: Sequence[str]) -> None:
    """Write `entries` to the workbook `path`; `columns` as in records_of."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), _AS_TEXT) as workbook:
        workbook.set_properties({"title": "标注文本", "created": MADE})
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        sheet = workbook.add_worksheet("标注")
        sheet.freeze_panes(1, 0)
        sheet.set_column(2, 2, 80)
        for row, cells in enumerate(records_of(entries, columns)):
            for column, cell in enumerate(cells):
                if cell:
                    sheet.write_string(row, column, cell, wrapped)


def _records(data: bytes, name: str) -> list[Record]:
    from openpyxl import load_workbook

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise LabelError("解压后超过 500 MB", "is over 500 MB unpacked", where=name)
    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        rows = workbook.worksheets[0].iter_rows(values_only=True, max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS)
        return [(number, _cells(row)) for number, row in enumerate(rows, 1)]
    finally:
        workbook.close()


def _cells(row: tuple[Any, ...]) -> list[str]:
    """A row's cells as text, without the empty ones at its end."""
    cells = [_shown(value) for value in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _shown(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)
