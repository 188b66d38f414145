"""The paragraph and character styles of a Word document, as far as they decide what text is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from policy_themes.documents.readers.ooxml import Package

__all__ = ["Style", "Styles", "W", "number", "switched", "value"]

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAX_BASES = 20  # styles on top of each other; Word allows 11
_OFF = ("0", "false", "off")


@dataclass(frozen=True, slots=True)
class Style:
    """What a style says itself, None where it says nothing: its base, its list (w:numId, w:ilvl), whether its text is hidden."""

    name: str
    base: str | None = None
    list_id: str | None = None
    level: int | None = None
    hidden: bool | None = None


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles by their identifiers, and that of paragraphs that name none."""

    by_id: Mapping[str, Style]
    default: str = ""

    @classmethod
    def read(cls, package: Package, path: str) -> Styles:
        """From styles.xml at `path`; there may be none. Raises DocumentError."""
        found: dict[str, Style] = {}
        default = ""
        for element in package.elements(path, depth=2):
            if element.tag != f"{W}style":
                continue
            identifier = element.get(f"{W}styleId", "")
            numbered = f"{W}pPr/{W}numPr/{W}"
            found[identifier] = Style(
                identifier,
                value(element.find(f"{W}basedOn")),
                value(element.find(f"{numbered}numId")),
                number(element.find(f"{numbered}ilvl")),
                switched(element.find(f"{W}rPr/{W}vanish")),
            )
            if element.get(f"{W}type") == "paragraph" and element.get(f"{W}default") in ("1", "true", "on"):
                default = identifier
        return cls(found, default)

    def of(self, identifier: str | None) -> Iterator[Style]:
        """A style and those it is based on, the nearest first; styles that are based on each other in a circle end it."""
        for _ in range(MAX_BASES):
            style = self.by_id.get(identifier or "")
            if style is None:
                return
            yield style
            identifier = style.base

    def hidden(self, identifier: str | None) -> bool | None:
        """Whether text in this style is hidden; None if neither it nor its bases say."""
        return next((style.hidden for style in self.of(identifier) if style.hidden is not None), None)


def value(element: Element | None) -> str | None:
    """The w:val of an element, None if there is no such element."""
    return None if element is None else element.get(f"{W}val", "")


def number(element: Element | None) -> int | None:
    """The w:val of an element as a number, None if it is none."""
    said = value(element) or ""
    return int(said) if said.isascii() and said.removeprefix("-").isdigit() and len(said) < 12 else None


def switched(element: Element | None) -> bool | None:
    """Whether a switch (w:vanish) is on: without a value it is. None if there is no such element."""
    return None if element is None else element.get(f"{W}val", "1") not in _OFF
