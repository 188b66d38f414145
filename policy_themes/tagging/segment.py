"""Text -> words. One segmenting function for training, tagging and tests: rjieba without its hidden Markov model, which
gives the same words as jieba (a test holds it to that) some fifteen times faster."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import rjieba

__all__ = ["Segmenter"]

_LETTER = re.compile(r"[^\W_]")
_NUMBER = re.compile(r"[\d.%+\-]+")


class Segmenter:
    """The dictionary of jieba with the lexicon's words added. Loading takes some 0.2 s; share one."""

    def __init__(self, lexicon: Iterable[str] = ()) -> None:
        self._jieba = rjieba.Jieba()
        for word in lexicon:
            self._jieba.add_word(word, self._jieba.suggest_freq(word), None)
        # A word met again costs a look-up; the bound keeps hostile text from growing it.
        self.parts = lru_cache(maxsize=200_000)(self._parts)

    def words(self, text: str) -> list[str]:
        """The words of `text` in order; joined, they are `text` again."""
        words: list[str] = self._jieba.cut(text, False)
        return words

    def _parts(self, word: str) -> tuple[str, ...] | None:
        """The dictionary words of two and three characters inside a word, and the word itself (jieba's search mode).

        None for a number, which tells nothing and parts no two words; empty for punctuation, which does part them.
        """
        if _NUMBER.fullmatch(word):
            return None
        return tuple(self._jieba.cut_for_search(word, False)) if _LETTER.search(word) else ()
