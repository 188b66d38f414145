"""A file's bytes -> a document, by what the bytes are rather than by what the name says."""

from __future__ import annotations

import re
import stat
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from policy_themes.documents.document import Document, document_of
from policy_themes.documents.limits import MAX_BYTES, MAX_PAGES
from policy_themes.documents.readers import Reading
from policy_themes.errors import DocumentError

__all__ = ["SUFFIXES", "bytes_of", "read_document"]

_READER = {
    ".txt": "plain",
    ".md": "plain",
    ".html": "html",
    ".htm": "html",
    ".mht": "html",
    ".mhtml": "html",
    ".docx": "docx",
    ".docm": "docx",
    ".doc": "office",
    ".wps": "office",
    ".rtf": "office",
    ".odt": "office",
    ".pdf": "pdf",
    ".ofd": "ofd",
    ".xlsx": "sheet",
    ".xlsm": "sheet",
    ".xls": "sheet",
    ".et": "sheet",
    ".csv": "sheet",
}
SUFFIXES = tuple(_READER)
_PAGED = ("pdf", "ofd")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|table|meta|div|p[\s>])", re.IGNORECASE
)

_SAVED = re.compile(rb"\s*(?:MIME-Version:|From: <Saved by)", re.IGNORECASE)  # a page saved as .mht


class _Reader(Protocol):
    def read(self, data: bytes, name: str, **limits: int) -> Reading: ...


def bytes_of(path: Path) -> bytes:
    """The bytes of a file. Raises DocumentError if it can't be read, is over MAX_BYTES, or is a pipe or a device."""
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise DocumentError("不是普通文件(管道或设备)", "is no regular file", where=str(path))
        if facts.st_size > MAX_BYTES:
            limit = MAX_BYTES // 1_000_000
            raise DocumentError(f"文件超过 {limit} MB,请拆分", f"is over {limit} MB; split it", where=str(path))
        return path.read_bytes()
    except OSError as error:
        raise DocumentError("无法读取文件", f"cannot be read: {error.strerror}", where=str(path)) from error


def read_document(data: bytes, name: str, *, pages: int = MAX_PAGES) -> Document:
    """Read, clean and split a document called `name`, of at most so many pages, where there are pages.

    Raises DocumentError, naming it, for anything that can't be read.
    """
    if not data:
        raise DocumentError("文件是空的", "is empty", where=name)
    kind = _kind(data, name)
    module = import_module(f"policy_themes.documents.readers.{kind}")
    try:
        return document_of(cast(_Reader, module).read(data, name, **({"pages": pages} if kind in _PAGED else {})), name)
    except MemoryError as error:
        raise DocumentError(
            "文件太大,内存不够;请拆分", "needs more memory than allowed; split it", where=name
        ) from error


def _kind(data: bytes, name: str) -> str:
    """The reader for these bytes: names lie (web pages and RTF called .doc, .docx called .wps), so the first bytes decide."""
    suffix = Path(name).suffix.lower()
    if suffix not in _READER:
        there = "、".join(SUFFIXES)
        raise DocumentError(
            f"还不会读 {suffix or '无扩展名'} 文件,可读:{there}、.zip",
            f"cannot read {suffix!r}; can read {there} and .zip",
            where=name,
        )
    said = _READER[suffix]
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"{\\rtf"):
        return "office"
    if data.startswith(_OLE):
        return said if said in ("office", "sheet", "docx") else "office"
    if data.startswith(b"PK\x03\x04"):
        return {"office": _package(data) or "office", "docx": _package(data) or "docx", "sheet": "sheet"}.get(
            said, said
        )
    page = _MARKUP.match(data[:2000]) or _SAVED.match(data[:200])
    if said in ("office", "sheet", "docx") and suffix != ".csv" and page:
        return "html"
    return said


def _package(data: bytes) -> str:
    """The reader for a zip package by the name of its main part; "" if it is neither Word's nor Excel's."""
    for part, reader in ((b"word/", "docx"), (b"xl/", "sheet")):
        if part in data[:65_536] or part in data[-65_536:]:
            return reader
    return ""
