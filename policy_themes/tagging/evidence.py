"""Sentence scores -> evidence: the sentences a reader would point to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from policy_themes.tagging.codes import Integers
from policy_themes.tagging.counts import Doubles
from policy_themes.tagging.features import Clause
from policy_themes.tagging.reader import Read

__all__ = ["MOST", "Assigned", "Span", "Thresholds", "evidence", "sentence_spans"]

Thresholds = npt.NDArray[np.float32 | np.float64]

DIGITS = 5  # of probability, that do not depend on how sums were made
MOST = 3  # sentences shown for one theme


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text as given: characters `start` to `end` (exclusive), and what stands there."""

    start: int
    end: int
    text: str


class Assigned(NamedTuple):
    """The themes assigned in a batch, text by text and best first: both (A,), the place of the text and of the theme."""

    text: Integers
    theme: Integers


def evidence(
    texts: Sequence[str], read: Read, probabilities: Doubles, assigned: Assigned, thresholds: Thresholds
) -> list[tuple[Span, ...]]:
    """For each theme assigned, the best sentence and up to two more that would carry it by themselves; best first.

    `probabilities` (S, T): each theme's in each sentence of the batch; `thresholds` (T,): those from which themes are assigned.
    """
    outline = read.outline
    bounds = np.append(outline.texts, len(outline.sentences))
    first, counts = bounds[assigned.text], np.diff(bounds)[assigned.text]
    begins = counts.cumsum() - counts
    pair = np.arange(len(first)).repeat(counts)  # a text's theme, with each sentence of the text
    place = np.arange(len(pair)) - begins[pair]
    sentence, theme = first[pair] + place, assigned.theme[pair]
    # Sentences of the same words score alike but for the last digits, which depend on what else is in the batch.
    values = probabilities[sentence, theme].round(DIGITS)
    order = np.lexsort((-values, pair))
    shown = (place == 0) | ((place < MOST) & (values[order] >= thresholds[theme]))
    spans = _Spans(texts, read)
    found: list[list[Span]] = [[] for _ in first]
    for at, text, one in zip(
        *(a.tolist() for a in (pair[shown], assigned.text[pair[shown]], sentence[order[shown]])), strict=True
    ):
        found[at].append(spans.of(text, one))
    return [tuple(one) for one in found]


class _Spans:
    """The spans of a batch's sentences, made when they are asked for."""

    def __init__(self, texts: Sequence[str], read: Read) -> None:
        outline = read.outline
        self._texts = texts
        # Each text follows a START_MARK and what came before it.
        words = outline.words[outline.sentences]
        starts = read.places[words] - words
        lengths = np.diff(np.append(outline.texts, len(starts)))
        starts -= (starts[outline.texts] + 1).repeat(lengths)
        starts[outline.texts] = 0
        self._starts = starts.tolist()
        self._starts.append(0)
        self._made: dict[int, Span] = {}

    def of(self, text: int, sentence: int) -> Span:
        """Of a sentence of a text, both by their place in the batch."""
        span = self._made.get(sentence)
        if span is None:
            start, end = self._starts[sentence], self._starts[sentence + 1]
            whole = self._texts[text]
            # The next one that begins at 0 is the next text's.
            span = self._made[sentence] = _stripped(whole, start, end or len(whole))
        return span


def sentence_spans(text: str, clauses: Sequence[Clause]) -> list[Span]:
    """The sentences of `text`, without the white space around them, in order."""
    starts: list[int] = []
    for clause in clauses:
        if clause.sentence == len(starts):
            starts.append(clause.start)
    return [_stripped(text, start, end) for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _stripped(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    stripped = piece.strip()
    start += len(piece) - len(piece.lstrip()) if len(stripped) < len(piece) else 0
    return Span(start, start + len(stripped), stripped)
