"""Texts -> their outline: the words of many texts found in one call and looked up together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from policy_themes.tagging.codes import START_MARK, Codes, Integers
from policy_themes.tagging.outline import Outline, outline
from policy_themes.tagging.segment import Segmenter
from policy_themes.tagging.text import normalise

__all__ = ["Read", "Reader"]


class Read(NamedTuple):
    """The outline of N texts, and `places` (words,), where each word begins, in characters and one more for every word before."""

    outline: Outline
    places: Integers


class Reader:
    """Reads texts with one segmenter for one vocabulary (feature -> row)."""

    def __init__(self, segmenter: Segmenter, row_of: Mapping[str, int]) -> None:
        self._segmenter, self._row_of = segmenter, row_of
        self._codes = Codes(segmenter, row_of)

    def read(self, texts: Sequence[str]) -> Read:
        """Of at least one text. Characters that are no text (NUL) count as any other sign."""
        joined = START_MARK + START_MARK.join(texts)
        if joined.count(START_MARK) != len(texts):
            joined = START_MARK + START_MARK.join(text.replace(START_MARK, "\ufffd") for text in texts)
        codes = self._codes
        if codes.full():
            self._codes = codes = Codes(self._segmenter, self._row_of)
        coded = codes.of(self._segmenter.words(normalise(joined)))
        return Read(outline(coded.codes, codes.rows), coded.places)
