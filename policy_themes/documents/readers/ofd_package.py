"""The parts of an OFD file: a zip of XML, found by paths that may be written in any case, read bounded and without entities."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from policy_themes.documents.limits import MAX_UNPACKED_BYTES
from policy_themes.documents.zipped import opened, unpacked
from policy_themes.errors import DocumentError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["OfdPackage", "damaged", "local", "opened_ofd", "resolved"]

MAX_XML_BYTES = 16_000_000  # of one page or list of pages
MAX_ALL_BYTES = 200_000_000  # of all that are read: some 20 seconds
MAX_ELEMENTS = 500_000  # of one page
MAX_DEPTH = 100


@dataclass(slots=True)
class OfdPackage:
    """An opened package called `name`: its archive, its members by their path in lower case, and the bytes that may still be read."""

    name: str
    archive: ZipFile
    paths: Mapping[str, str]
    left: int = MAX_ALL_BYTES

    def children(self, path: str) -> Iterator[Element]:
        """The children of the root of the part at `path`, each whole; it is let go of when the next one is asked for.

        Raises DocumentError: missing, malformed, with a document type (the door to entities), or over the limits.
        """
        stored = self.paths.get(path.lower())
        if stored is None:
            raise damaged(self.name)
        xml = unpacked(self.archive, self.archive.getinfo(stored), self.name, limit=min(MAX_XML_BYTES, self.left))
        self.left -= len(xml)
        parse, errors = _parser(self.name)
        within: list[Any] = []
        count = 0
        try:
            for event, element in parse(io.BytesIO(xml), events=("start", "end"), forbid_dtd=True):
                if event == "start":
                    within.append(element)
                    count += 1
                    if count > MAX_ELEMENTS or len(within) > MAX_DEPTH:
                        raise _too_much(self.name)
                    continue
                within.pop()
                if len(within) == 1:
                    yield element
                    within[0].remove(element)
        except errors as error:
            raise damaged(self.name) from error


def opened_ofd(data: bytes, name: str) -> OfdPackage:
    """The package in `data`. Raises DocumentError naming `name`: no zip, or too large unpacked."""
    archive = opened(data, name)
    if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
        raise DocumentError(
            f"解压后超过 {MAX_UNPACKED_BYTES // 1_000_000} MB,请拆分",
            f"unpacks to over {MAX_UNPACKED_BYTES // 1_000_000} MB; split it",
            where=name,
        )
    return OfdPackage(name, archive, {resolved("", stored): stored for stored in archive.namelist()})


def resolved(folder: str, written: object) -> str:
    """Where a path leads that is written in a part of that folder, in lower case; one that begins with a slash begins at the package."""
    path = str(written).strip().replace("\\", "/")
    return posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/").lower()


def local(element: Element) -> str:
    """The name of an element without its namespace: programs write the standard's, an older one, or none."""
    return str(element.tag).rpartition("}")[2]


def damaged(name: str) -> DocumentError:
    """The error for a file whose parts are missing or malformed."""
    return DocumentError(
        "OFD 已损坏、不完整或含不安全的实体声明,请重新下载或重新导出",
        "is an OFD file that is damaged, cut short or declares entities; fetch or export it again",
        where=name,
    )


def _parser(name: str) -> tuple[Any, tuple[type[Exception], ...]]:
    try:
        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import ParseError, iterparse
    except ImportError as error:
        raise DocumentError(
            "读取 OFD 需要 defusedxml:pip install 'policy-themes[documents]'",
            "reading OFD needs defusedxml: pip install 'policy-themes[documents]'",
            where=name,
        ) from error
    # An encoding that Python doesn't know is a LookupError or a ValueError.
    return iterparse, (ParseError, DefusedXmlException, LookupError, ValueError)


def _too_much(name: str) -> DocumentError:
    return DocumentError(
        f"一页的内容过多或嵌套过深(超过 {MAX_ELEMENTS} 个元素或 {MAX_DEPTH} 层),请重新导出",
        f"holds a page of over {MAX_ELEMENTS} elements or {MAX_DEPTH} levels; export it again",
        where=name,
    )
