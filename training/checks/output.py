"""What the checks found as a file: xlsx, html or json."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from dataclasses import asdict
from html import escape
from pathlib import Path

from policy_themes.errors import InputError
from policy_themes.files import written_whole
from training.checks.checks import Checks
from training.checks.tables import Cell, Table, tables_of

__all__ = ["checked_output", "write"]

MADE = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)  # the same findings give the same bytes
MAX_CELL = 32_767  # characters, Excel's own limit
MAX_ROWS = 1_048_575  # and its rows below the header
WIDTHS = {"位置": 28, "说明": 60, "文字": 80, "词": 30, "编号": 20}
_STYLE = """body{font:15px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:80rem;margin:2rem auto;padding:0 1rem}
:root{color-scheme:light dark}table{border-collapse:collapse;width:100%}
td,th{padding:.2rem .5rem;text-align:left;vertical-align:top;border-bottom:1px solid GrayText}
td{overflow-wrap:anywhere;white-space:pre-line}"""


def checked_output(path: Path) -> Path:
    """`path`, if it can be written to. Raises InputError for another suffix or a folder that is not there."""
    if path.suffix.lower() not in _WRITE:
        raise InputError(
            "输出应为 .xlsx、.html 或 .json", "the output must end in .xlsx, .html or .json", where=str(path)
        )
    if not path.parent.is_dir():
        raise InputError(
            "输出文件夹不存在,请先建立", "the folder does not exist; make it first", where=str(path.parent)
        )
    return path


def write(path: Path, checks: Checks) -> None:
    """Write to `path`, whole or not at all, in the format of its suffix. Raises InputError as checked_output does."""
    with written_whole(checked_output(path)) as temporary:
        _WRITE[path.suffix.lower()](temporary, checks)


def _json(path: Path, checks: Checks) -> None:
    path.write_text(json.dumps(asdict(checks), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _html(path: Path, checks: Checks) -> None:
    body = "".join(_section(table) for table in tables_of(checks))
    page = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>标注质量检查</title><style>{_STYLE}</style><h1>标注质量检查</h1><p>共 {checks.items} 条标注。</p>{body}</html>\n"
    )
    path.write_text(page, encoding="utf-8", errors="replace")


def _section(table: Table) -> str:
    head = "".join(f"<th>{escape(name)}" for name in table.columns)
    rows = "".join("<tr>" + "".join(f"<td>{escape(_shown(cell))}" for cell in row) for row in table.rows)
    shown = f"<table><tr>{head}{rows}</table>" if rows else "<p>没有发现。</p>"
    return f"<h2>{escape(table.title)}({len(table.rows)})</h2>{shown}\n"


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)


def _xlsx(path: Path, checks: Checks) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.set_properties({"title": "标注质量检查", "created": MADE})
        formats = {"text_wrap": True, "valign": "top"}
        wrapped, number = workbook.add_format(formats), workbook.add_format({**formats, "num_format": "0.000"})
        bold = workbook.add_format({"bold": True, "bg_color": "#E6EBF1"})
        for table in tables_of(checks):
            sheet = workbook.add_worksheet(table.title)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, table.columns, bold)
            for at, name in enumerate(table.columns):
                sheet.set_column(at, at, WIDTHS.get(name, 12))
            for row, cells in enumerate(table.rows[:MAX_ROWS], 1):
                for at, cell in enumerate(cells):
                    if isinstance(cell, str):
                        sheet.write_string(row, at, cell[:MAX_CELL], wrapped)
                    elif cell is not None:
                        sheet.write_number(row, at, cell, number if isinstance(cell, float) else wrapped)


_WRITE: dict[str, Callable[[Path, Checks], None]] = {".json": _json, ".html": _html, ".xlsx": _xlsx}
