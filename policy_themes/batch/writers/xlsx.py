"""A workbook with one sheet: a row a text, frozen header, filters."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from policy_themes.batch.result import Result, Writer, flat

__all__ = ["write_xlsx"]

MAX_CELL = 32_767  # characters, Excel's own limit
WIDTHS = {"text": 70, "正文": 70, "主题": 24, "概率": 16, "依据": 60, "heading": 40}


@contextlib.contextmanager
def write_xlsx(path: Path) -> Iterator[Writer]:
    """Write results to `path`; the first one gives the columns. Rows go to disk as they come."""
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as workbook:
        sheet = workbook.add_worksheet("打标结果")
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        bold = workbook.add_format({"bold": True, "bg_color": "#E6EBF1"})
        columns: list[str] = []
        count = 0

        def write(result: Result) -> None:
            nonlocal count
            cells = flat(result)
            if not columns:
                columns.extend(cells)
                for at, name in enumerate(columns):
                    sheet.set_column(at, at, WIDTHS.get(name, 12))
                sheet.write_row(0, 0, columns, bold)
                sheet.freeze_panes(1, 0)
            count += 1
            for at, name in enumerate(columns):
                sheet.write(count, at, _cell(cells.get(name)), wrapped)

        yield write
        if columns:
            sheet.autofilter(0, 0, count, len(columns) - 1)


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, (int, float)):
        return value
    text = str(value)
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"
