"""The workbook: 章节 (a row a section), 文档×主题, 主题汇总 with a chart, 比较, 文档 and 问题.

Rows go to disk as they come; what is counted for the other sheets grows with the documents, not with their text.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from policy_themes.batch.result import ERROR, EVIDENCE, Outcome, Result, Writer, flat
from policy_themes.batch.tally import Tally
from policy_themes.batch.writers.xlsx_sheets import write_sheets

__all__ = ["writer"]

MAX_CELL = 32_767  # characters, Excel's own limit
MAX_ROWS = 1_048_575  # rows of a sheet below its header; more go to another sheet
MADE = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
WIDTHS = {"正文": 70, "text": 70, "主题": 24, "概率": 16, EVIDENCE: 60, "标题路径": 36, "文件": 28, ERROR: 20}


@contextlib.contextmanager
def writer(path: Path, themes: Sequence[str]) -> Iterator[Writer]:
    """Write outcomes to the workbook `path`; the first row gives the columns of 章节."""
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(path.parent),
    }
    tally = Tally(themes)
    with xlsxwriter.Workbook(str(path), options) as workbook:
        # The same outcomes give the same bytes, whenever they were written.
        workbook.set_properties({"title": "主题打标结果", "created": MADE})
        sections = _Sections(workbook)

        def write(outcome: Outcome) -> None:
            tally.add(outcome)
            for result in outcome.results:
                sections.add(result)

        yield write
        sections.close()
        write_sheets(workbook, tally)


class _Sections:
    """The sheet 章节, and 章节2, 章节3, ... where one does not hold all rows."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        self._bold = workbook.add_format({"bold": True, "bg_color": "#E6EBF1"})
        self._columns: list[str] = []
        self._count = self._sheets = 0
        self._sheet: Any = None

    def add(self, result: Result) -> None:
        """Append a row."""
        cells = flat(result)
        if self._sheet is None or self._count == MAX_ROWS:
            self._filter()
            self._open(list(cells))
        self._count += 1
        for at, name in enumerate(self._columns):
            self._sheet.write(self._count, at, _cell(cells.get(name)), self._wrapped)

    def close(self) -> None:
        """End the sheet; a run without a row has one all the same."""
        if self._sheet is None:
            self._open(["文件", "正文", "主题"])
        self._filter()

    def _filter(self) -> None:
        if self._sheet is not None:
            self._sheet.autofilter(0, 0, self._count, len(self._columns) - 1)

    def _open(self, columns: list[str]) -> None:
        self._sheets += 1
        self._count = 0
        self._columns = self._columns or columns
        self._sheet = self._workbook.add_worksheet("章节" if self._sheets == 1 else f"章节{self._sheets}")
        for at, name in enumerate(self._columns):
            self._sheet.set_column(at, at, WIDTHS.get(name, 10))
        self._sheet.write_row(0, 0, self._columns, self._bold)
        self._sheet.freeze_panes(1, 0)


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, (int, float)):
        return value
    text = str(value)
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"
