"""PDF: the text of each page as it is shown, put together into paragraphs and rows of tables. Read with PDFium."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from policy_themes.documents.limits import MAX_CHARACTERS, MAX_PAGES
from policy_themes.documents.readers import Reading
from policy_themes.documents.readers.pdf_page import Found, page_of
from policy_themes.documents.readers.pdf_streams import unpacks_to_too_much
from policy_themes.documents.readers.printed import PrintedLine, lines_of_page
from policy_themes.documents.readers.printed_margins import without_margins
from policy_themes.documents.readers.printed_notes import no_text, notes_of, too_long, too_many_pages
from policy_themes.documents.readers.printed_paragraphs import paragraphs
from policy_themes.errors import DocumentError

__all__ = ["read"]

_END = re.compile(rb"%%EOF")
_TAIL = 4_096  # bytes in which the end of the file is marked; some programs write a little behind it
_LINEARIZED = re.compile(rb"/Linearized\b[^>]{0,200}?/L\s+(\d{1,10})")


def read(data: bytes, name: str, *, pages: int = MAX_PAGES) -> Reading:
    """The text of the PDF called `name`.

    Raises DocumentError naming it: damaged, cut short, password-protected, over `pages`, without text (scanned).
    """
    _check_whole(data, name)
    with closing(_opened(data, name)) as document:
        count = len(document)
        if count > pages:
            raise too_many_pages(count, pages, name)
        forms = document.get_formtype() != 0
        found = list(_found(document, name))
    kept = without_margins([(one.page, lines_of_page(one.page)) for one in found])
    texts = paragraphs(kept, [one.page.width for one in found])
    _check_text(found, kept, name)
    return Reading("\n".join(texts), tuple(_notes(found, kept, forms=forms)))


def _check_whole(data: bytes, name: str) -> None:
    """PDFium repairs what is cut short, and leaves out what is gone without a word."""
    linearized = _LINEARIZED.search(data[:2_000])
    if not data.lstrip()[:1_024].count(b"%PDF-"):
        raise DocumentError("不是 PDF 文件", "is no PDF file", where=name)
    if not _END.search(data[-_TAIL:]) or (linearized and int(linearized.group(1)) > len(data)):
        raise _damaged(name)
    if unpacks_to_too_much(data):
        raise DocumentError(
            "其中的数据解压后过大,请重新导出或拆分", "unpacks to too much; export it again or split it", where=name
        )


def _opened(data: bytes, name: str) -> Any:
    try:
        from pypdfium2 import PdfDocument, PdfiumError
        from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY
    except ImportError as error:
        raise DocumentError(
            "读取 PDF 需要 pypdfium2:pip install 'policy-themes[documents]'",
            "reading PDF needs pypdfium2: pip install 'policy-themes[documents]'",
            where=name,
        ) from error
    try:
        return PdfDocument(data)
    except PdfiumError as error:
        if error.err_code in (FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY):
            raise DocumentError(
                "加了密码:请用密码打开后,打印或另存为没有密码的 PDF",
                "is password-protected: open it with its password and print it to a PDF without one",
                where=name,
            ) from error
        raise _damaged(name) from error


def _found(document: Any, name: str) -> Iterator[Found]:
    """What stands on each page; a damaged page holds nothing."""
    characters = 0
    for at in range(len(document)):
        found = page_of(document, at)
        characters += sum(len(fragment.text) for fragment in found.page.fragments)
        if characters > MAX_CHARACTERS:
            raise too_long(name)
        yield found


def _check_text(found: Sequence[Found], kept: Sequence[PrintedLine], name: str) -> None:
    if found and all(one.is_damaged for one in found):
        raise _damaged(name)
    unmapped = sum(one.unmapped for one in found)
    if unmapped > sum(len(line.text) for line in kept):
        raise DocumentError(
            "文字没有编码(字体未嵌入对照表),无法提取;请用 OCR 软件识别,或用原文件重新导出 PDF",
            "holds text whose fonts do not say which characters they show; run it through OCR or export it again",
            where=name,
        )
    if not any(re.search(r"\w", line.text) for line in kept):
        raise no_text([one.page.number for one in found], name)


def _notes(found: Sequence[Found], kept: Sequence[PrintedLine], *, forms: bool) -> Iterator[str]:
    written = {line.page for line in kept}
    broken = [one.page.number for one in found if one.is_damaged]
    silent = [one.page.number for one in found if one.drawn and one.page.number not in {*written, *broken}]
    slanted = [one.page.number for one in found if one.slanted]
    yield from notes_of(silent=silent, damaged=broken, slanted=slanted)
    if unmapped := sum(one.unmapped for one in found):
        yield f"有 {unmapped} 个字的字体没有编码,没有读取"
    if forms:
        yield "表单域中填写的内容没有读取"


def _damaged(name: str) -> DocumentError:
    return DocumentError(
        "PDF 已损坏或不完整,请重新下载或重新导出",
        "is a PDF that is damaged or cut short; fetch or export it again",
        where=name,
    )
