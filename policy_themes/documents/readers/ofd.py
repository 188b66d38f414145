"""OFD, the Chinese standard for fixed pages: a zip of XML. Source: GB/T 33190-2016, chapters 7 (structure), 8 (pages) and 11 (text).

Read: the text of every page of every document in the package, in the order of its layers. Not read: templates (letterheads and page
numbers), annotations (stamps), attachments.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zipfile import ZipFile

from policy_themes.documents.limits import MAX_CHARACTERS, MAX_PAGES, MAX_UNPACKED_BYTES
from policy_themes.documents.readers import Reading
from policy_themes.documents.readers.ofd_page import Drawn, drawn_on, local, numbers
from policy_themes.documents.readers.ooxml import elements
from policy_themes.documents.readers.pdf import listed, no_text
from policy_themes.documents.readers.printed import Page, lines_of_page
from policy_themes.documents.readers.printed_cells import rules_of
from policy_themes.documents.readers.printed_margins import without_margins
from policy_themes.documents.readers.printed_paragraphs import paragraphs
from policy_themes.documents.zipped import opened, unpacked
from policy_themes.errors import DocumentError

__all__ = ["read"]

MAX_XML_BYTES = 16_000_000  # of one page or list of pages
_POINT = 72 / 25.4  # points in a millimetre
_A4 = (0.0, 0.0, 210.0, 297.0)


@dataclass(frozen=True, slots=True)
class _Package:
    name: str
    archive: ZipFile
    paths: dict[str, str]

    def xml(self, path: str) -> bytes:
        stored = self.paths.get(path.lower())
        if stored is None:
            raise _damaged(self.name)
        return unpacked(self.archive, self.archive.getinfo(stored), self.name, limit=MAX_XML_BYTES)


def read(data: bytes, name: str) -> Reading:
    """The text of the file called `name`. Raises DocumentError naming it: no OFD, damaged, encrypted, over the limits, without text."""
    archive = opened(data, name)
    if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
        raise DocumentError("解压后过大,请拆分", "unpacks to too much; split it", where=name)
    package = _Package(name, archive, {_path("", entry): entry for entry in archive.namelist()})
    found = list(_pages(package))
    kept = without_margins([(page, lines_of_page(page)) for page, _ in found])
    texts = paragraphs(kept, [page.width for page, _ in found])
    if not kept:
        raise no_text([page.number for page, _ in found], name)
    written = {line.page for line in kept}
    silent = [page.number for page, drawn in found if drawn.pictures and page.number not in written]
    notes = [f"{listed(silent)}没有文字(可能是扫描的图片),没有读取;需要时请先用 OCR 识别"] if silent else []
    if slanted := [page.number for page, drawn in found if drawn.slanted]:
        notes.append(f"{listed(slanted)}有斜排或竖排的文字(如水印),没有读取")
    return Reading("\n".join(texts), tuple(notes))


def _pages(package: _Package) -> Iterator[tuple[Page, Drawn]]:
    """The pages of all documents, numbered through."""
    number = characters = 0
    for root in _roots(package):
        paths, area = _document(package, root)
        if number + len(paths) > MAX_PAGES:
            raise DocumentError(
                f"超过 {MAX_PAGES} 页,请拆分", f"has over {MAX_PAGES} pages; split it", where=package.name
            )
        for path in paths:
            number += 1
            drawn = drawn_on(elements(package.xml(path), package.name, depth=2), area)
            characters += sum(len(one.text) for one in drawn.fragments)
            if characters > MAX_CHARACTERS:
                raise DocumentError(
                    f"正文超过 {MAX_CHARACTERS} 字,请拆分",
                    f"holds over {MAX_CHARACTERS} characters; split it",
                    where=package.name,
                )
            width, height = drawn.area[2] * _POINT, drawn.area[3] * _POINT
            yield Page(number, width, height, drawn.fragments, rules_of(drawn.boxes)), drawn


def _roots(package: _Package) -> list[str]:
    """The main parts of the documents in the package, as OFD.xml lists them."""
    if "encryptions.xml" in package.paths:
        raise _encrypted(package.name)
    if "ofd.xml" not in package.paths:
        raise DocumentError("不是 OFD 文件(缺少 OFD.xml)", "is no OFD file: OFD.xml is missing", where=package.name)
    roots = []
    for body in elements(package.xml("OFD.xml"), package.name, depth=2):
        roots += [_path("", part.text) for part in body.iter() if local(part) == "DocRoot" and part.text]
        if local(body) == "Encryptions" or any(local(part) == "Encryptions" for part in body):
            raise _encrypted(package.name)
    if not roots:
        raise _damaged(package.name)
    return roots


def _document(package: _Package, root: str) -> tuple[Sequence[str], tuple[float, ...]]:
    """The paths of the pages of one document, and the area of those that don't have one of their own."""
    folder = posixpath.dirname(root)
    paths: list[str] = []
    area: tuple[float, ...] = _A4
    for part in elements(package.xml(root), package.name, depth=2):
        if local(part) == "Pages":
            paths += [_path(folder, page.get("BaseLoc", "")) for page in part if local(page) == "Page"]
        elif local(part) == "CommonData":
            area = next(
                (box for one in part.iter() if local(one) == "PhysicalBox" and len(box := numbers(one.text)) == 4), area
            )
    return paths, area


def _path(folder: str, written: Any) -> str:
    """Where a path leads that is written in a part of that folder; those that begin with a slash begin at the package."""
    return posixpath.normpath(posixpath.join("/", folder, str(written).strip().replace("\\", "/"))).lstrip("/").lower()


def _encrypted(name: str) -> DocumentError:
    return DocumentError(
        "加了密码:请用 OFD 阅读器打开后,另存为没有密码的文件",
        "is encrypted: open it in an OFD reader and save it without a password",
        where=name,
    )


def _damaged(name: str) -> DocumentError:
    return DocumentError(
        "OFD 已损坏或不完整,请重新下载或重新导出",
        "is an OFD file that is damaged; fetch or export it again",
        where=name,
    )
