"""Packages of Office Open XML (ECMA-376 part 2): the parts by their relationships, and their XML, bounded and without entities.

python-docx is not used for this: it refuses .docm and strict OOXML, fails on the dangling relationships that WPS leaves, loads
every picture, and has nothing for numbering, text boxes or tracked changes.
"""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile, ZipInfo

from policy_themes.documents.limits import MAX_UNPACKED_BYTES
from policy_themes.documents.readers.ole import SIGNATURE, check_open, streams
from policy_themes.documents.zipped import opened, unpacked
from policy_themes.errors import DocumentError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["Package", "Relationship", "check_entities", "opened_package"]

# Of all parts that are read, together: some 2,000 pages of running text, or a table of 600,000 cells.
MAX_XML_BYTES = 64_000_000
MAX_ELEMENTS = 2_500_000
MAX_DEPTH = 120  # of elements within each other; a text box in a table in a table has some 30
# Strict OOXML (ISO 29500) has the elements of the transitional kind under other namespaces.
_STRICT = b"http://purl.oclc.org/ooxml/"
_TRANSITIONAL = {
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    b"http://purl.oclc.org/ooxml/officeDocument/math": b"http://schemas.openxmlformats.org/officeDocument/2006/math",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}
# In UTF-8 and in both kinds of UTF-16.
_ENTITIES = re.compile(
    b"|".join(word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le", "utf-16-be"))
)
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True, slots=True)
class Relationship:
    """What a part points to: under which identifier, the last word of the relationship's type, the path in lower case."""

    identifier: str
    kind: str
    path: str


@dataclass(slots=True)
class Package:
    """An opened package called `name`: its archive, its members by path (lower case, no leading slash), how many bytes of XML
    and how many elements may still be read, the root of the part that was read last."""

    name: str
    archive: ZipFile
    entries: Mapping[str, ZipInfo]
    room: int = MAX_XML_BYTES
    left: int = MAX_ELEMENTS
    root: str = ""

    def part(self, path: str) -> bytes | None:
        """The XML of the part at `path`, its namespaces those of the transitional kind; None if there is none. Raises DocumentError."""
        entry = self.entries.get(path.lower())
        if entry is None:
            return None
        if entry.file_size > self.room:
            raise _too_much(self.name)
        content = unpacked(self.archive, entry, self.name)
        self.room -= len(content)
        if _STRICT in content:
            for strict, transitional in _TRANSITIONAL.items():
                content = content.replace(strict, transitional)
        return content

    def related(self, path: str = "") -> list[Relationship]:
        """What the part at `path` (by default the package itself) points to inside the package, as stored."""
        folder, own = posixpath.split(path)
        found = []
        for element in self.elements(posixpath.join(folder, "_rels", f"{own}.rels"), depth=2):
            if element.tag == _RELATIONSHIP and element.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, element.get("Target", "").replace("\\", "/")))
                kind = element.get("Type", "").rpartition("/")[2]
                found.append(Relationship(element.get("Id", ""), kind, target.lstrip("/").lower()))
        return found

    def elements(self, path: str, *, depth: int) -> Iterator[Element]:
        """The elements of the part at `path` that stand `depth` deep (the root 1), each whole, until the next one is asked for.

        None if there is no such part. Raises DocumentError: malformed, with a document type (the door to entities), over MAX_ELEMENTS
        or MAX_DEPTH.
        """
        xml = self.part(path)
        if xml is None:
            return
        parse, errors = _parser()
        within: list[Element] = []
        given = 0
        try:
            for event, element in parse(_Chunks(xml), events=("start", "end"), forbid_dtd=True):
                if event == "start":
                    within.append(element)
                    self.root = within[0].tag
                    self.left -= 1
                    if self.left < 0 or len(within) > MAX_DEPTH:
                        raise _too_much(self.name)
                    continue
                within.pop()
                if len(within) == depth - 2:
                    given = 0
                if len(within) == depth - 1:
                    yield element
                    given += 1
                    # Let go of by the thousand: each removal moves all that the parser has put behind.
                    if within and given == 1000:
                        del within[-1][:given]
                        given = 0
        except errors as error:
            raise DocumentError(
                "内部的 XML 有误,或含不安全的实体声明;请在 WPS 或 Office 中打开后另存",
                "holds XML that is malformed or declares entities; open and save it in Office or WPS",
                where=self.name,
            ) from error


class _Chunks:
    """XML in pieces larger than the parser asks for: expat before 2.6 starts a tag anew with every piece, however long it is."""

    def __init__(self, xml: bytes) -> None:
        self._stream = io.BytesIO(xml)

    def read(self, _size: int) -> bytes:
        return self._stream.read(1_000_000)


def opened_package(data: bytes, name: str) -> Package:
    """The package in `data`. Raises DocumentError naming `name`: encrypted, of the old binary format, damaged, or too large unpacked."""
    if data.startswith(SIGNATURE):
        check_open(streams(data, name), name)
        raise DocumentError(
            "内容是旧版二进制格式,不是扩展名所说的新格式;请把扩展名改为 .doc(或 .xls),或在 WPS、Word 中另存为新格式",
            "is in the old binary format, whatever its suffix says; rename it to .doc (or .xls), or save it in the new format",
            where=name,
        )
    archive = opened(data, name)
    entries = {entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in archive.infolist()}
    if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
        raise DocumentError(
            f"解压后超过 {MAX_UNPACKED_BYTES // 1_000_000} MB,请压缩其中的图片或拆分",
            f"unpacks to over {MAX_UNPACKED_BYTES // 1_000_000} MB; compress its pictures or split it",
            where=name,
        )
    return Package(name, archive, entries)


def check_entities(xml: bytes, name: str) -> None:
    """Raise DocumentError naming `name` if XML declares entities: by these a few bytes become gigabytes, or the content of another file."""
    if _ENTITIES.search(xml):
        raise DocumentError(
            "内部的 XML 含不安全的实体声明,请在 WPS 或 Office 中打开后另存",
            "holds XML that declares entities; open and save it in Office or WPS",
            where=name,
        )


def _parser() -> tuple[Any, tuple[type[Exception], ...]]:
    try:
        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import ParseError, iterparse
    except ImportError as error:
        raise DocumentError(
            "读取这种文件需要 defusedxml:pip install 'policy-themes[documents]'",
            "reading it needs defusedxml: pip install 'policy-themes[documents]'",
        ) from error
    return iterparse, (ParseError, DefusedXmlException, ValueError, LookupError)


def _too_much(name: str) -> DocumentError:
    return DocumentError(
        f"内容过多或嵌套过深(XML 超过 {MAX_XML_BYTES // 1_000_000} MB、{MAX_ELEMENTS} 个元素或 {MAX_DEPTH} 层),请拆分后再试",
        f"is too much or nested too deep (over {MAX_XML_BYTES // 1_000_000} MB of XML, {MAX_ELEMENTS} elements, {MAX_DEPTH} levels)",
        where=name,
    )
