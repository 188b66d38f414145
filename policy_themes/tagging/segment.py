"""Text -> words. One segmenting function for training, tagging and tests: rjieba without its hidden Markov model, which
gives the same words as jieba (a test holds it to that) some fifteen times faster."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from types import ModuleType

__all__ = ["Segmenter"]

_LETTER = re.compile(r"[^\W_]")
_NUMBER = re.compile(r"[\d.%+\-]+")


@cache
def _compiled() -> ModuleType:
    """rjieba's compiled module without the package around it, which loads a dictionary of its own when it is imported: 0.1 s and
    25 MB for nothing. The package itself, where the module is not found or already there."""
    package = PathFinder.find_spec("rjieba")
    places = package.submodule_search_locations if package else None
    found = PathFinder.find_spec("rjieba.rjieba", places) if places and "rjieba" not in sys.modules else None
    if found is None or found.loader is None:
        import rjieba

        return rjieba
    module = module_from_spec(found)
    found.loader.exec_module(module)
    return module


class Segmenter:
    """The dictionary of jieba with the lexicon's words added. Loading takes some 0.1 s and 25 MB; share one."""

    def __init__(self, lexicon: Iterable[str] = ()) -> None:
        self._jieba = _compiled().Jieba()
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
