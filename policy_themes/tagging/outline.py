"""What is scored of a batch: its clauses, sentences and texts, and the features that occur in them, as arrays.

The same clauses as tagging.features finds word by word (a test holds the two together), found for a whole batch at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from policy_themes.tagging import loops
from policy_themes.tagging.codes import PLAIN, SENTENCE, START, Integers
from policy_themes.tagging.features import Clause

__all__ = ["Outline", "outline", "outline_of_clauses", "outlined"]


class Outline(NamedTuple):
    """N texts, S sentences and C clauses with O occurrences of known features, all in order.

    `rows` and `clause` (O,): the feature and the clause of each occurrence; `sentences` (S,): the first clause of each sentence;
    `texts` (N,): the first sentence of each text; `words` (C,): the first word of each clause, where words are known.
    """

    rows: Integers
    clause: Integers
    clauses: int
    sentences: Integers
    texts: Integers
    words: Integers


def outline(codes: Integers, rows: Integers) -> Outline:
    """Of coded words (see tagging.codes), the first of them START.

    A START begins a text. A clause begins at the first word that follows a mark, closing marks aside; a sentence too, if one of the marks
    before it ends sentences.
    """
    return Outline(*loops.compiled.outlined(codes, rows)) if loops.compiled else outlined(codes, rows)


def outlined(codes: Integers, rows: Integers) -> Outline:
    """The same by numpy."""
    places = codes.nonzero()[0]  # without the closing marks
    words = codes.take(places)
    mark = words < START
    begins = words == START
    begins[1:] |= mark[:-1] > mark[1:]
    first = begins.nonzero()[0]
    text = words.take(first) == START
    sentence = text.copy()
    sentence[1:] |= np.logical_or.reduceat(words == SENTENCE, first)[:-1]
    sentences = sentence.nonzero()[0]
    telling = (words > PLAIN).nonzero()[0]
    found, clause = _occurrences(words.take(telling), (begins.cumsum() - 1).take(telling), rows)
    texts = text.take(sentences).nonzero()[0]
    return Outline(found, clause, len(first), sentences, texts, places.take(first))


def outline_of_clauses(texts: Sequence[Sequence[Clause]], row_of: Mapping[str, int]) -> Outline:
    """Of texts given clause by clause, for training, whose features have rows only once a fold is fitted."""
    rows, clause = list[int](), list[int]()
    sentences, firsts, clauses = list[int](), list[int](), 0
    for text in texts:
        firsts.append(len(sentences))
        last = -1
        for one in text:
            if one.sentence != last:
                sentences.append(clauses)
                last = one.sentence
            known = [row_of[feature] for feature in one.features if feature in row_of]
            rows += known
            clause += [clauses] * len(known)
            clauses += 1
    return Outline(_array(rows), _array(clause), clauses, _array(sentences), _array(firsts), _array([]))


def _occurrences(codes: Integers, clause: Integers, rows: Integers) -> tuple[Integers, Integers]:
    """Every feature of every word: its row, and the clause. `rows` holds at a code how many there are, then the row of each."""
    counts = rows.take(codes)
    ends = counts.cumsum()
    places = (codes + 1 - ends + counts).repeat(counts)
    places += np.arange(len(places))
    return rows.take(places), clause.repeat(counts)


def _array(values: list[int]) -> Integers:
    return np.array(values, np.int64)
