"""The numbers that Word puts in front of paragraphs, which are nowhere in the text. Source: ECMA-376 part 1, 17.9.

A paragraph, or its style, names a list (w:num), which is an instance of a pattern (w:abstractNum) of up to nine levels.
Lists of one pattern count on together unless a list says where it starts (w:startOverride).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from policy_themes.documents.readers.docx_styles import Styles, W, number, switched, value
from policy_themes.documents.readers.numerals import numeral

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from policy_themes.documents.readers.ooxml import Package

__all__ = ["Numbering"]

LEVELS = 9
_PLACEHOLDER = re.compile(r"%([1-9])")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
# Behind these the text follows directly; elsewhere a space keeps "1." and "2024" apart.
_CLOSED = ("\u3001", "\uff09", "\u3011", "\u3015", "\uff1a", "\u3002", "\uff0e")


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a pattern: the first number, its format, the text around it (%1 stands for the number of the first level), after
    which level it starts again (None: after any above it; 0: never), whether all its numbers are shown in digits, whether it is shown."""

    start: int = 0
    number_format: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False
    hidden: bool = False
    style: str | None = None


@dataclass(frozen=True, slots=True)
class _List:
    """A list: the pattern it counts with, its levels, and the levels that it starts itself."""

    pattern: str
    levels: Mapping[int, Level]
    started: frozenset[int]


@dataclass(slots=True)
class Numbering:
    """The lists of a document, and how far they have counted."""

    styles: Styles
    lists: Mapping[str, _List]
    counts: dict[str, list[int | None]] = field(default_factory=dict)
    begun: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def read(cls, package: Package, path: str, styles: Styles) -> Numbering:
        """From numbering.xml at `path`; there may be none. Raises DocumentError."""
        parts = list(package.elements(path, depth=2))
        patterns = {part.get(f"{W}abstractNumId", ""): part for part in parts if part.tag == f"{W}abstractNum"}
        lists = {part.get(f"{W}numId", ""): part for part in parts if part.tag == f"{W}num"}
        levels = {key: _levels(part.iterfind(f"{W}lvl")) for key, part in patterns.items()}
        linked = {key: value(part.find(f"{W}numStyleLink")) for key, part in patterns.items()}

        def pattern_of(part: Element) -> str:
            """The pattern of a list; one that only points to a list style stands for the pattern of that style's list."""
            pattern = value(part.find(f"{W}abstractNumId")) or ""
            target = next((style.list_id for style in styles.of(linked.get(pattern)) if style.list_id), None)
            other = lists.get(target or "")
            return pattern if other is None else value(other.find(f"{W}abstractNumId")) or pattern

        found = {key: _list(part, pattern_of(part), levels) for key, part in lists.items()}
        return cls(styles, found)

    def elsewhere(self) -> Numbering:
        """The same lists, none of them begun: text boxes and notes count for themselves."""
        return replace(self, counts={}, begun=set())

    def label(self, properties: Element | None) -> str:
        """The number in front of the next paragraph, given its w:pPr, with the space behind it; "" if it has none. Counts it."""
        found = self._place(properties)
        if found is None:
            return ""
        key, at = found
        one = self.lists[key]
        level = one.levels[at]
        counts = self._count(key, one, at)
        if level.hidden:
            return ""
        if level.number_format == "bullet":
            shown = _PRIVATE.sub("•", level.text)
        else:
            shown = _PLACEHOLDER.sub(
                lambda match: _shown(one, level, counts, int(match.group(1)) - 1), level.text
            ).strip()
        return shown if not shown or shown.endswith(_CLOSED) else f"{shown} "

    def _place(self, properties: Element | None) -> tuple[str, int] | None:
        """The list and the level of a paragraph: those it names itself before those of its style."""
        named = None if properties is None else value(properties.find(f"{W}pStyle"))
        own = None if properties is None else properties.find(f"{W}numPr")
        key = None if own is None else value(own.find(f"{W}numId"))
        at = None if own is None else number(own.find(f"{W}ilvl"))
        if key is None:
            chain = list(self.styles.of(named or self.styles.default))
            key = next((style.list_id for style in chain if style.list_id is not None), None)
            levels = self.lists[key].levels if key is not None and key in self.lists else {}
            linked = (place for style in chain for place, level in levels.items() if level.style == style.name)
            said = (style.level for style in chain if style.level is not None)
            at = next((place for place in (at, *linked, *said) if place is not None), 0)
        if key is None or key not in self.lists or (at or 0) not in self.lists[key].levels:
            return None
        return key, at or 0

    def _count(self, key: str, one: _List, at: int) -> list[int | None]:
        counts = self.counts.setdefault(one.pattern, [None] * LEVELS)
        before = counts[at]
        fresh = before is None or (at in one.started and (key, at) not in self.begun)
        counts[at] = one.levels[at].start if fresh or before is None else before + 1
        self.begun.add((key, at))
        # An item without one above it counts as the first of an item that nobody wrote, which takes a number too.
        for above in range(at):
            if counts[above] is None:
                counts[above] = one.levels[above].start if above in one.levels else 0
        for below in range(at + 1, LEVELS):
            restart = one.levels[below].restart if below in one.levels else None
            if restart is None or at < restart:
                counts[below] = None
        return counts


def _shown(one: _List, level: Level, counts: list[int | None], at: int) -> str:
    """The number of level `at`, where `level` shows it; a level of bullets has none."""
    other = one.levels.get(at, Level())
    count = counts[at]
    if other.number_format == "bullet":
        return ""
    return numeral(other.start if count is None else count, "decimal" if level.legal else other.number_format)


def _levels(parts: Iterable[Element]) -> dict[int, Level]:
    found = {}
    for part in parts:
        at = _at(part)
        if at is not None:
            found[at] = Level(
                number(part.find(f"{W}start")) or 0,
                _format(part),
                value(part.find(f"{W}lvlText")) or "",
                number(part.find(f"{W}lvlRestart")),
                switched(part.find(f"{W}isLgl")) or False,
                switched(part.find(f"{W}rPr/{W}vanish")) or False,
                value(part.find(f"{W}pStyle")),
            )
    return found


def _at(part: Element) -> int | None:
    said = part.get(f"{W}ilvl", "")
    return int(said) if said in tuple("012345678") else None


def _format(part: Element) -> str:
    """The number format; Word wraps its own ("custom") in alternatives, the first of which it shows."""
    element = next(part.iter(f"{W}numFmt"), None)
    said = value(element) or "decimal"
    return element.get(f"{W}format", "decimal") if element is not None and said == "custom" else said


def _list(part: Element, pattern: str, levels: Mapping[str, Mapping[int, Level]]) -> _List:
    own = dict(levels.get(pattern, {}))
    started = set()
    for override in part.iterfind(f"{W}lvlOverride"):
        own.update(_levels(override.iterfind(f"{W}lvl")))
        at, start = _at(override), number(override.find(f"{W}startOverride"))
        if at in own and start is not None:
            own[at] = replace(own[at], start=start)
            started.add(at)
    return _List(pattern, own, frozenset(started))
