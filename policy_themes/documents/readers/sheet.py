"""Workbooks and CSV as documents: sheet by sheet, a row a line.

.xlsx through openpyxl; .xls, .et and Excel's XML of 2003 through LibreOffice, where there is one; anything that is plain text as CSV.
"""

from __future__ import annotations

import csv
import io
import re

from policy_themes.documents.encoding import decoded
from policy_themes.documents.limits import MAX_CHARACTERS
from policy_themes.documents.readers import Reading
from policy_themes.documents.readers.ole import SIGNATURE, check_open, streams
from policy_themes.documents.readers.ooxml import check_entities
from policy_themes.documents.readers.sheet_book import read_book
from policy_themes.documents.readers.sheet_values import shown
from policy_themes.documents.readers.soffice import Conversion, converted
from policy_themes.errors import DocumentError

__all__ = ["read"]

_XLSX = ("xlsx", "Calc MS Excel 2007 XML")
_XLS = Conversion("xls", "MS Excel 97", *_XLSX)
_XML = Conversion("xml", "MS Excel 2003 XML", *_XLSX)
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[a-z!?/]", re.IGNORECASE)


def read(data: bytes, name: str) -> Reading:
    """The text of the workbook or table called `name`, whatever its suffix says it is.

    Raises DocumentError naming it: encrypted, damaged, a web page, no table, past the limits, or in need of LibreOffice.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise DocumentError("文件是空的", "is empty", where=name)
    if data.startswith(b"PK"):
        return read_book(data, name)
    if data.startswith(SIGNATURE):
        return read_book(converted(data, _of_compound(data, name), name), name)
    if _MARKUP.match(data):
        return read_book(converted(data, _of_markup(data, name), name), name)
    return Reading("\n".join(_csv_lines(_text(data, name), name)))


def _of_compound(data: bytes, name: str) -> Conversion:
    there = streams(data, name)
    check_open(there, name)
    if "Workbook" in there or "Book" in there:
        return _XLS
    raise DocumentError(
        "不是 Excel 或 WPS 工作簿;如果是文字文档,请把扩展名改为 .doc",
        "is no workbook of Excel or WPS; if it is a text document, rename it to .doc",
        where=name,
    )


def _of_markup(data: bytes, name: str) -> Conversion:
    if b"urn:schemas-microsoft-com:office:spreadsheet" not in data[:4096]:
        raise DocumentError(
            "内容是网页而不是工作簿,请把扩展名改为 .html,或在 WPS、Excel 中打开后另存为 .xlsx",
            "is a web page, not a workbook; rename it to .html, or open and save it as .xlsx in Excel or WPS",
            where=name,
        )
    if not data.rstrip(b"\0 \t\r\n").endswith(b"Workbook>"):
        raise DocumentError("文件不完整,请重新下载或重新导出", "is cut short; fetch or export it again", where=name)
    check_entities(data, name)
    return _XML


def _text(data: bytes, name: str) -> str:
    text = decoded(data, name)
    if len(text) > MAX_CHARACTERS:
        raise DocumentError(
            f"文字超过 {MAX_CHARACTERS} 字,请拆分", f"holds over {MAX_CHARACTERS} characters; split it", where=name
        )
    return text


def _csv_lines(text: str, name: str) -> list[str]:
    csv.field_size_limit(MAX_CHARACTERS)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        lines = ("\t".join(shown(cell) for cell in row).strip() for row in rows)
        return [line for line in lines if line]
    except csv.Error as error:
        raise DocumentError(f"CSV 格式有误:{error}", f"is not well-formed CSV: {error}", where=name) from error


def _delimiter(text: str) -> str:
    """The tab or the semicolon where every one of the first lines has one, else the comma."""
    first = [line for line in text[:20_000].splitlines()[:20] if line.strip()]
    return next((sign for sign in "\t;" if first and all(sign in line for line in first)), ",")
