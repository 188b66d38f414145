"""How much of a text a model knows: the characters and words it was trained with, counted. Apart from tagging, which this must not slow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from policy_themes.tagging.segment import Segmenter
from policy_themes.tagging.text import normalise

__all__ = ["Familiar", "Known"]

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


class Familiar(NamedTuple):
    """Of some texts: Chinese characters and words that hold one, and how many of each the vocabulary does not know."""

    characters: int = 0
    unknown_characters: int = 0
    words: int = 0
    unknown_words: int = 0


class Known:
    """What a vocabulary (feature -> row) knows. A word is unknown if neither it nor a word inside it is a feature."""

    def __init__(self, segmenter: Segmenter, row_of: Mapping[str, int]) -> None:
        self._segmenter, self._row_of = segmenter, row_of
        self._characters = {character for feature in row_of for character in feature}

    def familiar(self, texts: Iterable[str]) -> Familiar:
        """Counted over all of `texts`."""
        counted = [self._of(text) for text in texts]
        return Familiar(*map(sum, zip(*counted, strict=True))) if counted else Familiar()

    def _of(self, text: str) -> Familiar:
        normal = normalise(text)
        characters = _HAN.findall(normal)
        words = [word for word in self._segmenter.words(normal) if _HAN.search(word)]
        return Familiar(
            len(characters),
            sum(character not in self._characters for character in characters),
            len(words),
            sum(self._is_unknown(word) for word in words),
        )

    def _is_unknown(self, word: str) -> bool:
        return word not in self._row_of and not any(part in self._row_of for part in self._segmenter.parts(word) or ())
