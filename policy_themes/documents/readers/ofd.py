"""OFD, the Chinese standard for fixed pages: a zip of XML. Source: GB/T 33190-2016, chapters 7 (structure), 8 (pages) and 11 (text).

Read: the text of every page of every document in the package, in the order of its layers. Not read: templates (letterheads and page
numbers), annotations (stamps), attachments.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from statistics import median

from policy_themes.documents.limits import MAX_CHARACTERS, MAX_PAGES
from policy_themes.documents.readers import Reading
from policy_themes.documents.readers.ofd_package import OfdPackage, damaged, local, opened_ofd, resolved
from policy_themes.documents.readers.ofd_page import Drawn, drawn_on, numbers
from policy_themes.documents.readers.printed import Page, lines_of_page
from policy_themes.documents.readers.printed_cells import rules_of
from policy_themes.documents.readers.printed_margins import without_margins
from policy_themes.documents.readers.printed_notes import no_text, notes_of, too_long, too_many_pages
from policy_themes.documents.readers.printed_paragraphs import paragraphs
from policy_themes.errors import DocumentError

__all__ = ["read"]

_POINT = 72 / 25.4  # points in a millimetre
_LEFT, _RIGHT, _TOP, _BOTTOM = map(attrgetter, ("left", "right", "top", "bottom"))
UNREADABLE = 6.5  # points: no document is set this small
_A4 = (0.0, 0.0, 210.0, 297.0)


def read(data: bytes, name: str, *, pages: int = MAX_PAGES) -> Reading:
    """The text of the file called `name`. Raises DocumentError naming it: no OFD, damaged, encrypted, over the limits, without text."""
    package = opened_ofd(data, name)
    found = _fitted(list(_pages(package, pages)))
    kept = without_margins([(page, lines_of_page(page)) for page, _ in found])
    texts = paragraphs(kept, [page.width for page, _ in found])
    if not kept:
        raise no_text([page.number for page, _ in found], name)
    written = {line.page for line in kept}
    silent = [page.number for page, drawn in found if drawn.pictures and page.number not in written]
    slanted = [page.number for page, drawn in found if drawn.slanted]
    return Reading("\n".join(texts), tuple(notes_of(silent=silent, slanted=slanted)))


def _fitted(found: Sequence[tuple[Page, Drawn]]) -> list[tuple[Page, Drawn]]:
    """The pages; where programs took points for millimetres and all text stands in a corner, cut down to what is written on."""
    written = [one for page, _ in found for one in page.fragments]
    right, bottom = (max((side(one) for one in written), default=0.0) for side in (_RIGHT, _BOTTOM))
    left, top = (min((side(one) for one in written), default=0.0) for side in (_LEFT, _TOP))
    small = written and median(one.size for one in written) < UNREADABLE
    if not small or any(right > page.width / 2 for page, _ in found):
        return list(found)
    return [(replace(page, width=right + left, height=bottom + top), drawn) for page, drawn in found]


def _pages(package: OfdPackage, most: int) -> Iterator[tuple[Page, Drawn]]:
    """The pages of all documents, numbered through."""
    number = characters = 0
    for root in _roots(package):
        paths, area = _document(package, root)
        if number + len(paths) > most:
            raise too_many_pages(number + len(paths), most, package.name)
        for path in paths:
            number += 1
            drawn = drawn_on(package.children(path), area)
            characters += sum(len(one.text) for one in drawn.fragments)
            if characters > MAX_CHARACTERS:
                raise too_long(package.name)
            width, height = drawn.area[2] * _POINT, drawn.area[3] * _POINT
            yield Page(number, width, height, drawn.fragments, rules_of(drawn.boxes)), drawn


def _roots(package: OfdPackage) -> list[str]:
    """The main parts of the documents in the package, as OFD.xml lists them."""
    if "ofd.xml" not in package.paths:
        raise DocumentError("不是 OFD 文件(缺少 OFD.xml)", "is no OFD file: OFD.xml is missing", where=package.name)
    roots, locked = [], "encryptions.xml" in package.paths
    for body in package.children("ofd.xml"):
        names = {local(part) for part in body.iter()}
        locked = locked or "Encryptions" in names
        roots += [resolved("", part.text) for part in body.iter() if local(part) == "DocRoot" and part.text]
    if locked:
        raise DocumentError(
            "加了密码:请用 OFD 阅读器打开后,另存为没有密码的文件",
            "is encrypted: open it in an OFD reader and save it without a password",
            where=package.name,
        )
    if not roots:
        raise damaged(package.name)
    return roots


def _document(package: OfdPackage, root: str) -> tuple[Sequence[str], Sequence[float]]:
    """The paths of the pages of one document, and the area of those that don't have one of their own."""
    folder = posixpath.dirname(root)
    paths: list[str] = []
    area: Sequence[float] = _A4
    for part in package.children(root):
        if local(part) == "Pages":
            paths += [resolved(folder, page.get("BaseLoc", "")) for page in part if local(page) == "Page"]
        elif local(part) == "CommonData":
            boxes = [numbers(one.text) for one in part.iter() if local(one) == "PhysicalBox"]
            area = next((box for box in boxes if len(box) == 4), area)
    return paths, area
