"""An .xlsx workbook -> its rows as lines, sheet by sheet."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import Any

from policy_themes.documents.limits import MAX_CHARACTERS
from policy_themes.documents.readers import Reading
from policy_themes.documents.readers.ooxml import opened_package
from policy_themes.documents.readers.sheet_parts import Parts, parts_of
from policy_themes.documents.readers.sheet_values import shown
from policy_themes.errors import DocumentError

__all__ = ["read_book"]

MAX_CELLS = 20_000_000  # looked at, blank ones between others included


def read_book(data: bytes, name: str) -> Reading:
    """The text of the workbook called `name`. Raises DocumentError naming it."""
    parts = parts_of(opened_package(data, name))
    try:
        # Anything in the workbook may be malformed in its own way, and openpyxl raises whatever comes of it; it also warns of what it
        # leaves out, none of which is text.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _reading(_load(data), parts, name)
    except DocumentError:
        raise
    except Exception as error:
        raise DocumentError(
            "不是可读的 xlsx 工作簿,请在 WPS 或 Excel 中打开后另存为 .xlsx",
            "is not a readable xlsx workbook; open and save it as .xlsx in Excel or WPS",
            where=name,
        ) from error


def _load(data: bytes) -> Any:
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise DocumentError(
            "读取工作簿需要 openpyxl:pip install 'policy-themes[documents]'",
            "reading workbooks needs openpyxl: pip install 'policy-themes[documents]'",
        ) from error
    return load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)


def _reading(book: Any, parts: Parts, name: str) -> Reading:
    sheets: dict[str, list[str]] = {}
    notes = []
    left = _Left(name)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            notes.append(f"工作表“{sheet.title}”是隐藏的,没有读取")
            continue
        # As openpyxl has it in read-only mode; nothing public names the part of a sheet.
        path = str(sheet._worksheet_path).lstrip("/").lower()
        sheets[sheet.title] = list(_lines(sheet, parts.covered.get(path, frozenset()), left))
        if count := parts.not_computed.get(path):
            notes.append(f"工作表“{sheet.title}”有 {count} 个公式没有存下结果,请在 WPS 或 Excel 中打开并保存后再试")
    filled = {title: lines for title, lines in sheets.items() if lines}
    titled = ([title, *lines] if len(filled) > 1 else lines for title, lines in filled.items())
    return Reading("\n".join(line for lines in titled for line in lines), tuple(notes))


class _Left:
    """What may still be read of a workbook."""

    def __init__(self, name: str) -> None:
        self.name, self.cells, self.characters = name, MAX_CELLS, MAX_CHARACTERS

    def take(self, *, cells: int = 0, characters: int = 0) -> None:
        self.cells -= cells
        self.characters -= characters
        if self.cells < 0 or self.characters < 0:
            raise DocumentError(
                f"单元格超过 {MAX_CELLS} 个或文字超过 {MAX_CHARACTERS} 字,请拆分工作簿",
                f"holds over {MAX_CELLS} cells or {MAX_CHARACTERS} characters; split it",
                where=self.name,
            )


def _lines(sheet: Any, covered: frozenset[tuple[int, int]], left: _Left) -> Iterator[str]:
    """Each row with text in it: its cells parted by tabs, but for those that a merged cell covers and blank ones at either end."""
    # What a sheet says of its size may be wrong, and every row would be filled up to it.
    sheet.reset_dimensions()
    for at, row in enumerate(sheet.iter_rows(), 1):
        left.take(cells=1 + len(row))
        cells = []
        for column, cell in enumerate(row, 1):
            if (at, column) in covered:
                continue
            text = "" if cell.value is None else shown(cell.value, cell.number_format)
            left.take(characters=len(text) + 1 if text else 0)
            cells.append(text)
        if line := "\t".join(cells).strip():
            yield line
