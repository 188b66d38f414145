"""Tables: a text column, and either one column of theme names or one column a theme with marks; other columns as they are known.

A column that is none of these is passed over, unless it holds marks only: then it is a theme that the codebook does not have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policy_themes.errors import LabelError
from policy_themes.themes import Codebook
from training.exchange.cells import marked, restored, safe
from training.exchange.labelled import Labelled
from training.exchange.names import parted, unknown
from training.labels import Fault

__all__ = ["Record", "entries_of", "records_of"]

Record = tuple[int, list[str]]  # the line a row begins at, its cells
_COLUMNS = {
    "id": ("id", "编号"),
    "kind": ("kind", "类型"),
    "text": ("text", "正文", "文本", "内容"),
    "themes": ("themes", "theme", "labels", "label", "主题", "标签"),
    "source": ("source", "来源"),
    "annotator": ("annotator", "标注人", "标注者"),
    "date": ("date", "日期", "标注日期"),
}
_FIELDS = ("id", "kind", "source", "annotator", "date")


@dataclass(frozen=True, slots=True)
class _Header:
    """Which column is what: fields by name, themes' names by column."""

    width: int
    fields: dict[str, int]
    themes: dict[int, str]


def entries_of(records: Sequence[Record], name: str, codebook: Codebook) -> Iterator[Labelled | Fault]:
    """The entries of a table called `name`, whose first record is the header. Raises LabelError if that lacks a column."""
    if not records:
        return
    first, cells = records[0]
    header = _header([restored(cell).strip() for cell in cells], codebook, f"{name}:{first}")
    yield from _unknown_columns(records, header, codebook, f"{name}:{first}")
    for number, row in records[1:]:
        if any(cell.strip() for cell in row):
            yield _entry([*row, *[""] * (header.width - len(row))], header, f"{name}:{number}")


def _header(names: list[str], codebook: Codebook, where: str) -> _Header:
    if repeated := sorted({one for one in names if one and names.count(one) > 1}):
        raise LabelError(f"列名重复:{'、'.join(repeated)}", f"column names repeat: {', '.join(repeated)}", where=where)
    fields = {
        field: next(at for at, one in enumerate(names) if one.lower() in known)
        for field, known in _COLUMNS.items()
        if any(one.lower() in known for one in names)
    }
    themes = {
        at: theme for at, one in enumerate(names) if at not in fields.values() and (theme := codebook.name_of(one))
    }
    if "text" not in fields:
        raise LabelError("没有正文列,列名应为 text 或 正文", "has no text column; name it text or 正文", where=where)
    if not themes and "themes" not in fields:
        raise LabelError(
            "没有主题列:应有一列 themes(或 主题),或每个主题一列",
            "has no column of themes: name one themes (or 主题), or give each theme a column",
            where=where,
        )
    return _Header(len(names), fields, themes)


def _unknown_columns(records: Sequence[Record], header: _Header, codebook: Codebook, where: str) -> Iterator[Fault]:
    for at in range(header.width):
        if at not in header.themes and at not in header.fields.values():
            marks = [marked(cells[at]) for _, cells in records[1:] if at < len(cells)]
            if None not in marks and True in marks:
                yield unknown(restored(records[0][1][at]), codebook, where)


def _entry(cells: list[str], header: _Header, where: str) -> Labelled | Fault:
    if any(cell.strip() for cell in cells[header.width :]):
        return Fault(
            where,
            f"单元格多于表头的 {header.width} 列;是否有未加引号的逗号?",
            f"has more cells than the header's {header.width}; an unquoted comma?",
        )
    themes = parted(restored(cells[header.fields["themes"]])) if "themes" in header.fields else ()
    for at, theme in header.themes.items():
        mark = marked(cells[at])
        if mark is None:
            return Fault(
                where,
                f"列“{theme}”的“{cells[at][:20]}”不是标记;请写 1、是、✓、x,或 0、否、留空",
                f"{cells[at][:20]!r} in column {theme!r} is no mark; write 1, ✓ or x, or 0 or nothing",
            )
        themes += (theme,) if mark and theme not in themes else ()
    said = {field: restored(cells[header.fields[field]]) for field in _FIELDS if field in header.fields}
    return Labelled(restored(cells[header.fields["text"]]), themes, where=where, **said)


def records_of(entries: Sequence[Labelled], columns: Sequence[str]) -> Iterator[list[str]]:
    """The header and a row of safe cells for each entry; with a column for each theme of `columns`, else one of names parted by 、."""
    yield ["id", "kind", "text", *([safe(one) for one in columns] or ["themes"]), "source", "annotator", "date"]
    for entry in entries:
        marks = ["1" if one in entry.themes else "" for one in columns] or ["、".join(entry.themes)]
        cells = [entry.id, entry.kind, entry.text, *marks, entry.source, entry.annotator, entry.date]
        yield [safe(cell) for cell in cells]
