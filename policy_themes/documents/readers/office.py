"""Documents that only office programs read (.doc, .wps, .rtf, .odt, Word 2003 XML), turned into .docx by LibreOffice where there is one.

What a file is, its first bytes and its contents say; suffixes lie.
"""

from __future__ import annotations

import re

from policy_themes.documents.limits import MAX_UNPACKED_BYTES
from policy_themes.documents.readers import Reading, docx
from policy_themes.documents.readers.ole import SIGNATURE, check_open, streams
from policy_themes.documents.readers.ooxml import check_entities
from policy_themes.documents.readers.soffice import Conversion, converted
from policy_themes.documents.zipped import opened, unpacked
from policy_themes.errors import DocumentError

__all__ = ["read"]

_BINARY = re.compile(rb"\\bin\d")
_DOCX = ("docx", "MS Word 2007 XML")
_WORD = Conversion("doc", "MS Word 97", *_DOCX)
_RICH_TEXT = Conversion("rtf", "Rich Text Format", *_DOCX)
_OPEN_DOCUMENT = Conversion("odt", "writer8", *_DOCX)
_WORD_XML = Conversion("xml", "MS Word 2003 XML", *_DOCX)


def read(data: bytes, name: str) -> Reading:
    """The text of the document called `name`.

    Raises DocumentError naming it: LibreOffice is not there or can't read it, encrypted, damaged, no text document, past the limits.
    """
    if data.startswith(SIGNATURE):
        conversion = _of_compound(data, name)
    elif data.startswith(b"{\\rtf"):
        conversion = _of_rich_text(data, name)
    elif data.startswith(b"PK"):
        if not _is_open_document(data, name):
            return docx.read(data, name)
        conversion = _OPEN_DOCUMENT
    else:
        conversion = _of_text(data, name)
    return docx.read(converted(data, conversion, name), name)


def _of_compound(data: bytes, name: str) -> Conversion:
    there = streams(data, name)
    check_open(there, name)
    if "WordDocument" in there:
        return _WORD
    if "Workbook" in there or "Book" in there:
        raise DocumentError(
            "内容是 Excel 工作簿,请把扩展名改为 .xls", "is an Excel workbook; rename it to .xls", where=name
        )
    raise DocumentError(
        "不是 Word 或 WPS 文字文档,请打开后另存为 .docx 或 .pdf",
        "is no document of Word or WPS Writer; open and save it as .docx or .pdf",
        where=name,
    )


def _of_rich_text(data: bytes, name: str) -> Conversion:
    # LibreOffice reads what there is of a file cut short; a whole one closes every brace that it opens.
    plain = data.replace(b"\\\\", b"")
    opens, closes = (plain.count(brace) - plain.count(b"\\" + brace) for brace in (b"{", b"}"))
    if opens > closes and not _BINARY.search(plain):
        raise DocumentError(
            "RTF 文件不完整,请重新下载或重新导出", "is an RTF file cut short; fetch or export it again", where=name
        )
    return _RICH_TEXT


def _is_open_document(data: bytes, name: str) -> bool:
    """Whether the package is of OpenDocument. Raises DocumentError if it is one that is encrypted or too large."""
    with opened(data, name) as archive:
        there = {entry.filename: entry for entry in archive.infolist()}
        if "content.xml" not in there:
            return False
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise DocumentError("解压后过大,请拆分", "unpacks to too much; split it", where=name)
        contents = {path: unpacked(archive, entry, name) for path, entry in there.items() if path.endswith(".xml")}
    if b"encryption-data" in contents.get("META-INF/manifest.xml", b""):
        raise DocumentError(
            "文件加了密码,请打开后取消密码再保存", "is password-protected; open it and save it without one", where=name
        )
    check_entities(b"".join(contents.values()), name)
    return True


def _of_text(data: bytes, name: str) -> Conversion:
    head = data[:4096]
    if b'progid="Word.Document"' in head or b"schemas.microsoft.com/office/word/2003/wordml" in head:
        if not data.rstrip(b"\0 \t\r\n").endswith(b">"):
            raise DocumentError("文件不完整,请重新下载或重新导出", "is cut short; fetch or export it again", where=name)
        check_entities(data, name)
        return _WORD_XML
    if re.match(rb"\s*(?:MIME-Version|From|Content-Type):", head, re.IGNORECASE):
        raise DocumentError(
            "内容是网页归档(MHT),请把扩展名改为 .mht", "is a web archive (MHT); rename it to .mht", where=name
        )
    raise DocumentError(
        "不是 Word、WPS、RTF 或 ODT 文档;如果是纯文本,请把扩展名改为 .txt,否则请重新下载或另存为 .docx",
        "is no Word, WPS, RTF or ODT document; if it is plain text, rename it to .txt, else fetch it again or save it as .docx",
        where=name,
    )
