"""Words -> numbers, many at a time: a word's code says how it parts clauses, or where its features stand.

Looking up every word in a dict took as long as finding the words did: it hashes each string and waits for memory. Here a
word's characters are one number, for words of up to four of them, which are nearly all.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from policy_themes.tagging import loops
from policy_themes.tagging.features import CLAUSE_END, CLOSING, SENTENCE_END
from policy_themes.tagging.segment import Segmenter

__all__ = ["CLAUSE", "CLOSE", "FIRST", "PLAIN", "SENTENCE", "START", "START_MARK", "Coded", "Codes", "looked_up"]

Integers = npt.NDArray[np.int64]

CLOSE, CLAUSE, SENTENCE, START, PLAIN, FIRST = range(6)  # from FIRST on, a code is a place in `Codes.rows`
START_MARK = "\0"  # stands before each text, as a word of its own
SEPARATOR = "\uffff"  # normalised text never holds it

BITS = 17
MOST = 80_000  # words kept; a table that is full gives way to a new one
SPREAD = np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing
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
        look_up = loops.compiled.looked_up if loops.compiled else looked_up
        codes, places, unknown = look_up(words, self._keys, self._values, self._others, BITS)
        for place in unknown:
            codes[place] = self._add(words[place])
        return Coded(codes, places)

    def _add(self, word: str) -> int:
        with self._lock:
            if word in self._others:
                return self._others[word]
            key = _key(word)
            slot = (key * int(SPREAD) & (1 << 64) - 1) >> 64 - BITS
            if key and self._keys[slot] == key:
                return int(self._values[slot])
            code = self._new(word)
            self._kept += 1
            if key and self._keys[slot] == EMPTY:
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


def looked_up(
    words: list[str],
    keys: npt.NDArray[np.uint64],
    values: Integers,
    others: Mapping[str, int],
    bits: int,
) -> tuple[Integers, Integers, list[int]]:
    """The codes (N,) of N words and their places (N,), as in Coded, and the words, by number, that have no code yet.

    `keys` and `values` (1 << bits,) are the table, `others` the codes of words that are not in it.
    """
    spelled = SEPARATOR + SEPARATOR.join(words) + SEPARATOR * LONGEST  # 64 bits to read at the last word too
    raw = spelled.encode("utf-16-le")
    units = np.frombuffer(raw, "<u2")
    marks = (units == 0xFFFF).nonzero()[0][: len(words) + 1]
    places = marks[:-1]  # of the mark before the word; the bytes are read from one unit further on
    windows = np.ndarray(len(units) - LONGEST, "<u8", raw, 2, (2,))
    wanted = windows[places] & KEPT.take(marks[1:] - places - 1, mode="clip")
    slots = ((wanted * SPREAD) >> np.uint64(64 - bits)).view(np.int64)
    codes = values.take(slots)
    unknown = []
    for place in (keys.take(slots) != wanted).nonzero()[0].tolist():
        code = others.get(words[place])
        if code is None:
            unknown.append(place)
        else:
            codes[place] = code
    if len(units) != len(spelled):  # characters of two units
        places = places - (units >> 10 == 0xD800 >> 10).cumsum()[places]
    return codes, places, unknown


def _key(word: str) -> int:
    """The word's characters as one number; 0 for a word that is too long, or has characters of two units."""
    if len(word) > LONGEST or max(word) > SEPARATOR:
        return 0
    return sum(ord(character) << 16 * place for place, character in enumerate(word))
