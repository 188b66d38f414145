"""Sentence scores -> evidence: the sentences a reader would point to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from policy_themes.tagging.features import Clause

__all__ = ["MOST", "Span", "evidence", "sentence_spans"]

MOST = 3  # sentences shown for one theme


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text as given: characters `start` to `end` (exclusive), and what stands there."""

    start: int
    end: int
    text: str


def sentence_spans(text: str, clauses: Sequence[Clause]) -> list[Span]:
    """The sentences of `text`, without the white space around them, in order."""
    bounds: list[list[int]] = []
    for clause in clauses:
        if clause.sentence == len(bounds):
            bounds.append([clause.start, clause.end])
        bounds[-1][1] = clause.end
    return [_stripped(text, start, end) for start, end in bounds]


def evidence(spans: Sequence[Span], probabilities: npt.NDArray[np.float32], threshold: float) -> tuple[Span, ...]:
    """The best sentence for a theme, and up to two more that would carry it by themselves; best first.

    `probabilities` (S,) is the theme's in each sentence, `threshold` the one it is assigned from.
    """
    order = np.argsort(-probabilities, kind="stable")[:MOST]
    return tuple(spans[at] for place, at in enumerate(order) if place == 0 or probabilities[at] >= threshold)


def _stripped(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    stripped = piece.strip()
    return Span(start, start + len(stripped), stripped)
