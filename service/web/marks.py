"""A section as it is shown: its text in segments, each with the themes that it is evidence of, and a chip for each theme."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from policy_themes.tagging.tagger import ThemeScore
from service.web.palette import Palette

__all__ = ["Chip", "Segment", "chips_of", "percent", "segments_of"]

LONGEST = 20_000  # characters of one section that a page shows


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text; `themes` are the ids of those it is evidence of, `first` of those whose best evidence begins here."""

    text: str
    themes: tuple[str, ...] = ()
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chip:
    """A theme of a section. `weight` is 1 to 3, by probability; `evidence` the place of the segment where its best sentence begins."""

    id: str
    name: str
    hue: str
    percent: str
    weight: int
    evidence: int | None


def segments_of(text: str, themes: Sequence[ThemeScore]) -> tuple[Segment, ...]:
    """The text cut where evidence begins and ends; sentences of several themes belong to all of them."""
    spans = [
        (span.start, min(span.end, LONGEST), theme.id, at == 0)
        for theme in themes
        for at, span in enumerate(theme.evidence)
        if span.start < min(span.end, LONGEST)
    ]
    ends = {0, min(len(text), LONGEST), *(start for start, *_ in spans), *(end for _, end, *_ in spans)}
    cuts = sorted(end for end in ends if end <= len(text))
    return tuple(
        Segment(
            text[start:end],
            tuple(theme for low, high, theme, _ in spans if low <= start < high),
            tuple(theme for low, _, theme, best in spans if low == start and best),
        )
        for start, end in itertools.pairwise(cuts)
    )


def chips_of(themes: Sequence[ThemeScore], segments: Sequence[Segment], palette: Palette) -> tuple[Chip, ...]:
    """The chips of a section, best first; `segments` are its text's."""
    begins = {theme: at for at, segment in enumerate(segments) for theme in segment.first}
    return tuple(
        Chip(
            theme.id,
            theme.name,
            palette.hue(theme.id),
            percent(theme.probability),
            1 + (theme.probability >= 0.5) + (theme.probability >= 0.8),
            begins.get(theme.id),
        )
        for theme in themes
    )


def percent(probability: float) -> str:
    """For people: no model is certain, so nothing is "100%"."""
    return ">99%" if probability > 0.99 else f"{probability:.0%}"
