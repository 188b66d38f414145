"""The workbook's sheets beside 章节: what the whole folder says on which theme."""

from __future__ import annotations

from typing import Any

from policy_themes.batch.tally import Tally
from policy_themes.documents.clean import REPAIRS

__all__ = ["write_sheets"]


def write_sheets(workbook: Any, tally: Tally) -> None:
    """Append 文档×主题, 主题汇总, 比较, 文档 and 问题."""
    style = {
        "bold": workbook.add_format({"bold": True, "bg_color": "#E6EBF1", "text_wrap": True}),
        "wrap": workbook.add_format({"text_wrap": True, "valign": "top"}),
        "share": workbook.add_format({"num_format": "0%"}),
    }
    _matrix(workbook, tally, style)
    _totals(workbook, tally, style)
    _shares(workbook, tally, style)
    _documents(workbook, tally, style)
    _problems(workbook, tally, style)


def _sheet(
    workbook: Any, name: str, header: list[str], widths: list[int], style: dict[str, Any], frozen: int = 0
) -> Any:
    sheet = workbook.add_worksheet(name)
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width)
    if len(header) > len(widths):
        sheet.set_column(len(widths), len(header) - 1, 6)
    sheet.write_row(0, 0, header, style["bold"])
    sheet.freeze_panes(1, frozen)
    return sheet


def _matrix(workbook: Any, tally: Tally, style: dict[str, Any]) -> None:
    """Sections of each document that carry each theme; darker is more."""
    sheet = _sheet(workbook, "文档×主题", ["文件", "章节数", *tally.themes], [36, 8], style, 2)
    for row, document in enumerate(tally.documents, 1):
        sheet.write(row, 0, document)
        sheet.write(row, 1, tally.sections(document))
        for at, theme in enumerate(tally.themes, 2):
            if count := tally.count(document, theme):
                sheet.write(row, at, count)
    last = len(tally.documents)
    if last:
        scale = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#5B9BD5"}
        sheet.conditional_format(1, 2, last, len(tally.themes) + 1, scale)
        sheet.autofilter(0, 0, last, len(tally.themes) + 1)


def _totals(workbook: Any, tally: Tally, style: dict[str, Any]) -> None:
    """Each theme's sections and documents, most frequent first, with a bar chart."""
    sheet = _sheet(workbook, "主题汇总", ["主题", "章节数", "占章节", "文档数"], [12, 10, 10, 10], style)
    totals = sorted(tally.totals(), key=lambda one: -one[1])
    sections = sum(tally.sections(document) for document in tally.documents)
    for row, (theme, count, documents) in enumerate(totals, 1):
        sheet.write(row, 0, theme)
        sheet.write(row, 1, count)
        sheet.write(row, 2, count / sections if sections else 0, style["share"])
        sheet.write(row, 3, documents)
    if not totals:
        return
    chart = workbook.add_chart({"type": "bar"})
    last = len(totals)
    chart.add_series(
        {"name": "章节数", "categories": ["主题汇总", 1, 0, last, 0], "values": ["主题汇总", 1, 1, last, 1], "gap": 40}
    )
    chart.set_title({"name": "各主题的章节数"})
    chart.set_y_axis({"reverse": True})
    chart.set_legend({"none": True})
    chart.set_size({"width": 720, "height": 60 + 20 * last})
    sheet.insert_chart("F2", chart)


def _shares(workbook: Any, tally: Tally, style: dict[str, Any]) -> None:
    """The share of each document's sections that carry each theme; then the same for each year, where years are known."""
    sheet = _sheet(workbook, "比较", ["文件或年份", "年份", "章节数", *tally.themes], [36, 8, 8], style, 3)
    rows: list[tuple[str, int | None, list[str]]] = [
        (name, tally.summaries[name].facts.year if name in tally.summaries else None, [name])
        for name in tally.documents
    ]
    rows += [(f"{year} 年合计", year, documents) for year, documents in tally.years().items()]
    for row, (name, year, documents) in enumerate(rows, 1):
        total = sum(tally.sections(document) for document in documents)
        sheet.write(row, 0, name)
        sheet.write(row, 1, year)
        sheet.write(row, 2, total)
        for at, theme in enumerate(tally.themes, 3):
            if count := sum(tally.count(document, theme) for document in documents):
                sheet.write(row, at, count / total, style["share"])
    if rows:
        scale = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#70AD47"}
        sheet.conditional_format(1, 3, len(rows), len(tally.themes) + 2, scale)


def _documents(workbook: Any, tally: Tally, style: dict[str, Any]) -> None:
    """What each document says of itself, and what was repaired in it."""
    header = ["文件", "标题", "发文单位", "文号", "日期", "年份", "章节数", "修复", "说明"]
    sheet = _sheet(workbook, "文档", header, [36, 40, 24, 20, 12, 8, 8, 40, 40], style, 1)
    for row, (name, summary) in enumerate(tally.summaries.items(), 1):
        facts = summary.facts
        repaired = "、".join(f"{REPAIRS[repair]} {count}" for repair, count in summary.repairs.items())
        cells = [
            name,
            facts.title,
            facts.issuer,
            facts.number,
            facts.date,
            facts.year,
            tally.sections(name) if name in tally.documents else 0,
        ]
        for at, cell in enumerate([*cells, repaired, "\n".join(summary.notes)]):
            sheet.write(row, at, cell, style["wrap"])


def _problems(workbook: Any, tally: Tally, style: dict[str, Any]) -> None:
    """Files and rows that could not be read or tagged, and why."""
    sheet = _sheet(workbook, "问题", ["文件或行", "问题", "English"], [40, 70, 70], style)
    for row, error in enumerate(tally.errors, 1):
        for at, cell in enumerate((error.where, error.zh, error.en)):
            sheet.write(row, at, cell, style["wrap"])
    if tally.more_errors:
        sheet.write(len(tally.errors) + 1, 1, f"另有 {tally.more_errors} 处")
