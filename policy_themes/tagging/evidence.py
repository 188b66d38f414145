"""Sentence scores -> evidence: the sentences a reader would point to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from policy_themes.tagging.assignment import Assigned
from policy_themes.tagging.counts import Doubles
from policy_themes.tagging.features import Clause
from policy_themes.tagging.reader import Read

__all__ = ["MOST", "Span", "evidence", "sentence_spans"]

DIGITS = 5  # of probability, that do not depend on how sums were made
MOST = 3  # sentences shown for one theme


class Span(NamedTuple):
    """A piece of the text as given: characters `start` to `end` (exclusive), and what stands there."""

    start: int
    end: int
    text: str


def evidence(
    texts: Sequence[str], read: Read, probabilities: Doubles, assigned: Sequence[Assigned], thresholds: Doubles
) -> list[list[tuple[Span, ...]]]:
    """For each theme assigned to each text, the best sentence and up to two more that would carry it by themselves; best first.

    `probabilities` (S, T): each theme's in each sentence of the batch; `thresholds` (T,): those from which themes are assigned.
    """
    outline, limits = read.outline, thresholds.tolist()
    # Sentences of the same words score alike but for the last digits, which depend on what else is in the batch.
    values = probabilities.round(DIGITS).tolist()
    words = outline.words.take(outline.sentences)
    starts = (read.places.take(words) - words).tolist()  # each text follows a START_MARK and what came before it
    bounds = [*outline.texts.tolist(), len(starts)]
    found = []
    for text, themes, first, end in zip(texts, assigned, bounds, bounds[1:], strict=False):
        spans = _Spans(text, starts[first:end]) if themes else None
        of_text = values[first:end]
        found.append(
            [tuple(map(spans.of, _best([one[theme] for one in of_text], limits[theme]))) for theme, _ in themes]
            if spans
            else []
        )
    return found


def _best(values: list[float], limit: float) -> list[int]:
    """The places of the greatest value and of up to MOST - 1 more from `limit` on; of equal ones the first."""
    if len(values) == 1:
        return [0]
    carrying = [place for place, value in enumerate(values) if value >= limit]
    if len(carrying) < 2:
        return [values.index(max(values))]
    return sorted(carrying, key=values.__getitem__, reverse=True)[:MOST]


class _Spans:
    """The spans of a text's sentences, made when they are asked for; `starts` count from anywhere, the first from one before."""

    def __init__(self, text: str, starts: list[int]) -> None:
        self._text, self._starts = text, starts
        self._made: dict[int, Span] = {}

    def of(self, sentence: int) -> Span:
        """Of a sentence, by its place in the text."""
        span = self._made.get(sentence)
        if span is None:
            starts, begun = self._starts, self._starts[0] + 1
            start = starts[sentence] - begun if sentence else 0
            end = starts[sentence + 1] - begun if sentence + 1 < len(starts) else len(self._text)
            span = self._made[sentence] = _stripped(self._text, start, end)
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
