"""A document of a result as its page shows it: facts, themes, outline, and its pieces in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from policy_themes.batch.result import Result, Summary
from policy_themes.documents.clean import REPAIRS
from service.refusals import NotThere
from service.web.marks import LONGEST, Chip, Segment, chips_of, segments_of
from service.web.outline import Entry, outline_of
from service.web.palette import Palette
from service.web.results import Kept
from service.web.themecount import ThemeCount, counts_of

__all__ = ["PART", "Block", "Sheet", "sheet_of"]

PART = 2_000  # pieces on one page


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the document: a title, a heading, a section, or the boilerplate between two of them (`lines`, shown folded).

    `at` is its place in the document from 1; `path` the headings above it; `cut` the characters of it that are not shown.
    """

    kind: str
    at: int
    level: int = 0
    path: str = ""
    segments: tuple[Segment, ...] = ()
    chips: tuple[Chip, ...] = ()
    lines: tuple[str, ...] = ()
    error: str = ""
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document of a result. `theme` is the one its blocks are filtered by, None if they are not; `parts` the pages it takes."""

    key: str
    model: str
    place: int
    summary: Summary
    themes: tuple[ThemeCount, ...]
    theme: ThemeCount | None
    sections: int
    untagged: int
    boilerplate: int
    repairs: tuple[tuple[str, int], ...]
    blocks: tuple[Block, ...]
    outline: tuple[Entry, ...]
    part: int
    parts: int

    @property
    def chart(self) -> dict[str, Any]:
        """What the chart of themes is drawn from."""
        return {"bars": [[one.name, one.count, one.hue, one.id] for one in self.themes], "sections": self.sections}


def sheet_of(kept: Kept, palette: Palette, *, document: int = 0, theme: str = "", part: int = 0) -> Sheet:
    """The document number `document` (from 0) of a result. Raises NotThere."""
    if document >= len(kept.outcome.summaries):
        raise NotThere("结果里没有这份文件", "the result has no such document")
    summary = kept.outcome.summaries[document]
    results = [one for one in kept.outcome.results if one.columns["document"] == summary.document]
    tagged = [one.tagging for one in results if one.tagging]
    themes = counts_of(tagged, palette)
    chosen = next((one for one in themes if one.id == theme), None)
    blocks = tuple(_blocks(results, palette, chosen.id if chosen else ""))
    parts = max(1, -(-len(blocks) // PART))
    shown = blocks[min(part, parts - 1) * PART :][:PART]
    return Sheet(
        key=kept.id,
        model=kept.model,
        place=document,
        summary=summary,
        themes=themes,
        theme=chosen,
        sections=len(tagged),
        untagged=sum(not one.themes for one in tagged),
        boilerplate=sum(one.columns["kind"] == "boilerplate" for one in results),
        repairs=tuple((REPAIRS.get(name, name), count) for name, count in summary.repairs.items()),
        blocks=shown,
        outline=outline_of(shown),
        part=min(part, parts - 1),
        parts=parts,
    )


def _blocks(results: Sequence[Result], palette: Palette, theme: str) -> Iterator[Block]:
    """All pieces, or the sections that carry `theme`, each with the headings above it."""
    numbered = list(enumerate(results, 1))
    if theme:
        for at, one in numbered:
            if one.tagging and theme in (score.id for score in one.tagging.themes):
                yield _section(at, one, palette, one.columns["heading"])
        return
    for kind, group in groupby(numbered, key=lambda entry: entry[1].columns["kind"]):
        if kind == "boilerplate":
            pieces = list(group)
            yield Block(kind, pieces[0][0], lines=tuple(one.columns["text"][:LONGEST] for _, one in pieces))
        elif kind == "section":
            yield from (_section(at, one, palette, "") for at, one in group)
        else:
            yield from (_heading(at, one) for at, one in group)


def _section(at: int, result: Result, palette: Palette, path: str) -> Block:
    text = result.columns["text"]
    themes = result.tagging.themes if result.tagging else ()
    segments = segments_of(text, themes)
    return Block(
        "section",
        at,
        path=path,
        segments=segments,
        chips=chips_of(themes, segments, palette),
        error=result.error.zh if result.error else "",
        cut=max(0, len(text) - LONGEST),
    )


def _heading(at: int, result: Result) -> Block:
    kind, above = result.columns["kind"], result.columns["heading"]
    level = 0 if kind == "title" else 1 + (above.count(" / ") + 1 if above else 0)
    return Block(kind, at, min(level, 4), segments=segments_of(result.columns["text"], ()))
