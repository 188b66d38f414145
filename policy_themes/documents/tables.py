"""Tables with a text column: jsonl, csv, xlsx and parquet, row by row."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy_themes.documents.encoding import decoded
from policy_themes.errors import TableError

__all__ = ["MAX_LINE_BYTES", "SUFFIXES", "Row", "lines_of", "read_jsonl", "read_table"]

SUFFIXES = (".jsonl", ".csv", ".xlsx", ".parquet")
TEXT_COLUMNS = ("text", "正文", "文本", "内容")
MAX_LINE_BYTES = 4_000_000
MAX_FILE_BYTES = 1_000_000_000
MAX_UNPACKED_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """A row: where it stands (file:line), its text, and all its columns, the text's included, in order."""

    where: str
    text: str
    columns: dict[str, Any]


def read_table(path: Path, column: str | None = None) -> Iterator[Row]:
    """The rows of a csv, xlsx or parquet table, read as they are asked for. `column` names the text column; by default one of TEXT_COLUMNS.

    Raises TableError that names the file, the line and the remedy.
    """
    try:
        _bounded(path)
        if path.suffix.lower() == ".parquet":
            yield from _parquet_rows(path, column)
        elif path.suffix.lower() == ".csv":
            yield from _rows(_csv_records(path), str(path), column)
        else:
            yield from _rows(_xlsx_records(path), str(path), column)
    except OSError as error:
        raise TableError("无法读取文件", f"cannot be read: {error.strerror}", where=str(path)) from error


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a JSON lines file, read as they are asked for. Raises TableError."""
    try:
        _bounded(path)
        with path.open("rb") as lines:
            yield from lines
    except OSError as error:
        raise TableError("无法读取文件", f"cannot be read: {error.strerror}", where=str(path)) from error


def read_jsonl(lines: Iterable[bytes], name: str, column: str | None = None, first: int = 1) -> Iterator[Row]:
    """The rows of JSON lines, those of a file or a stream called `name` from number `first` on. Raises TableError."""
    for number, line in enumerate(lines, first):
        where = f"{name}:{number}"
        if len(line) > MAX_LINE_BYTES:
            raise TableError(f"一行超过 {MAX_LINE_BYTES} 字节", f"the line is over {MAX_LINE_BYTES} bytes", where=where)
        if not line.strip(b" \t\r\n\xef\xbb\xbf"):
            continue
        try:
            record = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
        except (ValueError, RecursionError) as error:
            raise TableError(f"不是合法的 JSON:{error}", f"is not valid JSON: {error}", where=where) from error
        if not isinstance(record, dict):
            raise TableError("应为一个 JSON 对象", "must be a JSON object", where=where)
        yield _row(record, _text_column(record, column, where), where)


def _bounded(path: Path) -> None:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise TableError("文件超过 1 GB,请拆分", "the file is over 1 GB; split it", where=str(path))


def _rows(records: Iterator[tuple[int, list[Any]]], name: str, column: str | None) -> Iterator[Row]:
    """Rows from (line number, cells), the first of them the header."""
    _, header = next(records, (1, []))
    names = [str(cell).strip() if cell not in (None, "") else f"列{at}" for at, cell in enumerate(header, 1)]
    if repeated := sorted({one for one in names if names.count(one) > 1}):
        raise TableError(
            f"列名重复:{'、'.join(repeated)}", f"column names repeat: {', '.join(repeated)}", where=f"{name}:1"
        )
    text_column = _text_column(dict.fromkeys(names), column, f"{name}:1")
    for number, cells in records:
        if len(cells) > len(names) and any(cell not in (None, "") for cell in cells[len(names) :]):
            raise TableError(
                f"有 {len(cells)} 个单元格,表头只有 {len(names)} 列;是否有未加引号的逗号?",
                f"has {len(cells)} cells under a header of {len(names)}; an unquoted comma?",
                where=f"{name}:{number}",
            )
        padded = [*cells[: len(names)], *[""] * (len(names) - len(cells))]
        if any(cell not in (None, "") for cell in padded):
            yield _row(dict(zip(names, padded, strict=True)), text_column, f"{name}:{number}")


def _row(columns: dict[str, Any], text_column: str, where: str) -> Row:
    text = columns[text_column]
    if text is None:
        text = ""
    if not isinstance(text, str):
        raise TableError(f"列“{text_column}”应为文字", f"column {text_column!r} must be text", where=where)
    return Row(where, text, columns)


def _text_column(columns: Iterable[str], wanted: str | None, where: str) -> str:
    there = list(columns)
    for name in (wanted,) if wanted else TEXT_COLUMNS:
        if name in there:
            return name
    shown = "、".join(there[:20]) or "无"
    raise TableError(
        f"没有正文列{f'“{wanted}”' if wanted else ' text'};现有列:{shown}。请用 --text-column 指明",
        f"has no text column{f' {wanted!r}' if wanted else ''}; there are: {shown}. Name it with --text-column",
        where=where,
    )


def _csv_records(path: Path) -> Iterator[tuple[int, list[Any]]]:
    text = decoded(path.read_bytes(), str(path))
    csv.field_size_limit(MAX_LINE_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise TableError(
                f"CSV 格式有误:{error}", f"is not well-formed CSV: {error}", where=f"{path}:{reader.line_num}"
            ) from error
        yield reader.line_num, list(record)


def _parquet_rows(path: Path, column: str | None) -> Iterator[Row]:
    """The rows of a Parquet file, a batch at a time; columns keep their types."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise TableError(
            "读 .parquet 需要 pyarrow:pip install 'policy-themes[parquet]'",
            "reading .parquet needs pyarrow: pip install 'policy-themes[parquet]'",
            where=str(path),
        ) from error
    number = 0
    try:
        with parquet.ParquetFile(path) as file:
            text_column = _text_column(file.schema_arrow.names, column, str(path))
            for batch in file.iter_batches(batch_size=1000):
                for record in batch.to_pylist():
                    number += 1
                    yield _row(record, text_column, f"{path}:{number}")
    except pyarrow.ArrowException as error:
        raise TableError("不是可读的 Parquet 文件", f"is not readable Parquet: {error}", where=str(path)) from error


def _xlsx_records(path: Path) -> Iterator[tuple[int, list[Any]]]:
    """The cells of the first sheet, as text where they are numbers or dates."""
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise TableError("解压后超过 1 GB", "is over 1 GB unpacked", where=str(path))
        workbook = load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise TableError(
            "不是可读的 xlsx 工作簿,请另存为 .xlsx", "is not a readable xlsx workbook", where=str(path)
        ) from error
    try:
        for number, cells in enumerate(workbook.worksheets[0].iter_rows(values_only=True), 1):
            yield number, ["" if cell is None else str(cell) for cell in cells]
    finally:
        workbook.close()
