"""Words -> numbers, many at a time: a word's code says how it parts clauses, or where its features stand.

Looking up every word in a dict took as long as finding the words did: it hashes each string and waits for memory. Here the
words' characters are one array, and words of up to four of its units, nearly all of them, are looked up together.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from policy_themes.tagging.features import CLAUSE_END, CLOSING, SENTENCE_END
from policy_themes.tagging.segment import Segmenter

__all__ = ["CLAUSE", "CLOSE", "FIRST", "PLAIN", "SENTENCE", "START", "START_MARK", "Coded", "Codes"]

Integers = npt.NDArray[np.int64]

CLOSE, CLAUSE, SENTENCE, START, PLAIN, FIRST = range(6)  # from FIRST on, a code is a place in `Codes.rows`
START_MARK = "\0"  # stands before each text, as a word of its own
SEPARATOR = "\uffff"  # normalised text never holds it

BITS = 17
MOST = 80_000  # words kept; a table that is full gives way to a new one
SPREAD, SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(64 - BITS)  # Fibonacci hashing
EMPTY = np.uint64(2**64 - 1)  # holds separators, as no word does
LONGEST = 4  # UTF-16 units that make one 64-bit key
# What to keep of the 64 bits at a word's start, by its length. Longer words have the key 0, which is kept for none.
KEPT = np.array([*((1 << 16 * units) - 1 for units in range(LONGEST + 1)), 0], np.uint64)


class Coded(NamedTuple):
    """Of N words: `codes` (N,), and `places` (N,), where each begins, in characters, and one more for every word before."""

    codes: Integers
    places: Integers


class Codes:
    """The codes of the words met so far. Threads may share it: what was given out never changes."""

    def __init__(self, segmenter: Segmenter, row_of: Mapping[str, int]) -> None:
        self._segmenter, self._row_of = segmenter, row_of
        self._lock = threading.Lock()
        self._keys = np.full(1 << BITS, EMPTY)
        self._values = np.zeros(1 << BITS, np.int64)
        self._others: dict[str, int] = {}  # long words, and those whose slot another word has
        self._used = FIRST
        self._kept = 0
        self.rows = np.zeros(1 << 14, np.int64)  # at a code: how many features, then the row of each

    def full(self) -> bool:
        """Whether it is time for a new table."""
        return self._kept >= MOST

    def of(self, words: list[str]) -> Coded:
        """The codes of `words`, normalised, and where they begin."""
        spelled = SEPARATOR + SEPARATOR.join(words) + SEPARATOR * LONGEST  # 64 bits to read at the last word too
        raw = spelled.encode("utf-16-le")
        units = np.frombuffer(raw, "<u2")
        marks = (units == 0xFFFF).nonzero()[0][: len(words) + 1]
        places = marks[:-1]  # of the mark before the word; the bytes are read from one unit further on
        windows = np.ndarray(len(units) - LONGEST, "<u8", raw, 2, (2,))
        keys = windows[places] & KEPT.take(marks[1:] - places - 1, mode="clip")
        slots = ((keys * SPREAD) >> SHIFT).view(np.int64)
        unknown = (self._keys.take(slots) != keys).nonzero()[0]
        codes = self._values.take(slots)
        for place in unknown.tolist():
            word = words[place]
            code = self._others.get(word)
            codes[place] = self._add(word, int(keys[place]), int(slots[place])) if code is None else code
        if len(units) != len(spelled):  # characters of two units
            places = places - (units >> 10 == 0xD800 >> 10).cumsum()[places]
        return Coded(codes, places)

    def _add(self, word: str, key: int, slot: int) -> int:
        with self._lock:
            if word in self._others:
                return self._others[word]
            if self._keys[slot] == key:
                return int(self._values[slot])
            code = self._new(word)
            self._kept += 1
            if self._keys[slot] == EMPTY and key:
                self._values[slot] = code
                self._keys[slot] = key  # after its value, as others read without the lock
            else:
                self._others[word] = code
            return code

    def _new(self, word: str) -> int:
        for code, marks in ((START, START_MARK), (SENTENCE, SENTENCE_END), (CLAUSE, CLAUSE_END), (CLOSE, CLOSING)):
            if word[0] in marks:
                return code
        held = [self._row_of[part] for part in self._segmenter.parts(word) or () if part in self._row_of]
        if not held:
            return PLAIN
        code, end = self._used, self._used + 1 + len(held)
        if end > len(self.rows):
            self.rows = np.concatenate((self.rows, np.zeros(max(end, len(self.rows)), np.int64)))
        self.rows[code:end] = [len(held), *held]
        self._used = end
        return code
