"""Features of a batch -> their weights in every clause, sentence and text.

A feature weighs its idf times 1 + the logarithm of how often it occurs in the unit. A sentence is the sum of its clauses, and a text
that of its sentences, but for the features that occur in several of them. Those are few, so only what they differ by from the
sum is kept.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from policy_themes.tagging.codes import Integers
from policy_themes.tagging.outline import Outline

__all__ = ["Doubles", "Entries", "Weighed", "weighed"]

Doubles = npt.NDArray[np.float64]


class Entries(NamedTuple):
    """Features in units, in the order of the units: `unit`, `row`, `weight`, and `square`, which is what each adds to the unit's
    sum of squared weights. All (E,)."""

    unit: Integers
    row: Integers
    weight: Doubles
    square: Doubles


class Weighed(NamedTuple):
    """The features of clauses, and what those of sentences and of texts differ by from the sum of their parts."""

    clauses: Entries
    sentences: Entries
    texts: Entries


class _Parts(NamedTuple):
    """Features in parts of a unit, the parts with the same feature one after the other. All (P,)."""

    sentence: Integers
    text: Integers
    row: Integers
    times: Integers
    weight: Doubles

    def at(self, places: Integers) -> _Parts:
        return _Parts._make(array.take(places) for array in self)


def weighed(outline: Outline, idf: Doubles) -> Weighed:
    """Of a batch; `idf` (F,) is by row."""
    bits = len(idf).bit_length()
    keys = np.sort(outline.clause << bits | outline.rows)
    first = _firsts(keys)
    keys, count = keys.take(first), _lengths(first, len(keys))
    clause, row = keys >> bits, keys & ((1 << bits) - 1)
    weight = (1 + np.log(count)) * idf.take(row)
    sentence = _owners(outline.sentences, outline.clauses).take(clause)
    text = _owners(outline.texts, len(outline.sentences)).take(sentence)
    parts = _Parts(sentence, text, row, count, weight).at(_met_again(text << bits | row))
    first = _firsts(parts.sentence << bits | parts.row)
    sentences = _merged(parts, first, idf)
    of_sentences = _differences(sentences.sentence, sentences, parts, first)
    first = _firsts(sentences.text << bits | sentences.row)
    texts = _merged(sentences, first, idf)
    of_texts = _differences(texts.text, texts, sentences, first)
    order = np.argsort(of_sentences.unit, kind="stable")
    return Weighed(
        Entries(clause, row, weight, weight * weight),
        Entries._make(array.take(order) for array in of_sentences),
        of_texts,
    )


def _firsts(keys: Integers) -> Integers:
    """Where each run of equal keys begins."""
    change = np.empty(len(keys), bool)
    change[:1] = True
    np.not_equal(keys[1:], keys[:-1], out=change[1:])
    return change.nonzero()[0]


def _lengths(first: Integers, end: int) -> Integers:
    """How long each run is, the last one until `end`."""
    lengths = np.empty_like(first)
    np.subtract(first[1:], first[:-1], out=lengths[:-1])
    if len(first):
        lengths[-1] = end - first[-1]
    return lengths


def _owners(firsts: Integers, parts: int) -> Integers:
    """Which unit each of the `parts` belongs to, when `firsts` are the first parts of each unit."""
    return np.arange(len(firsts)).repeat(_lengths(firsts, parts))


def _met_again(keys: Integers) -> Integers:
    """The places of the keys that occur more than once, by key."""
    bits = len(keys).bit_length()
    order = np.sort(keys << bits | np.arange(len(keys)))
    keys = order >> bits
    several = np.zeros(len(keys), bool)
    np.equal(keys[1:], keys[:-1], out=several[1:])
    several[:-1] |= several[1:]
    return order[several] & ((1 << bits) - 1)


def _merged(parts: _Parts, first: Integers, idf: Doubles) -> _Parts:
    """Each run of parts, which begin at `first`, as one."""
    times = np.add.reduceat(parts.times, first) if len(first) else parts.times
    merged = parts.at(first)
    return merged._replace(times=times, weight=(1 + np.log(times)) * idf.take(merged.row))


def _differences(unit: Integers, whole: _Parts, parts: _Parts, first: Integers) -> Entries:
    """What the runs of several parts weigh as one, less what the parts weigh."""
    several = np.flatnonzero(_lengths(first, len(parts.row)) > 1)
    if not len(several):
        return Entries(unit[:0], whole.row[:0], whole.weight[:0], whole.weight[:0])
    weight = whole.weight - np.add.reduceat(parts.weight, first)
    square = whole.weight**2 - np.add.reduceat(parts.weight**2, first)
    return Entries(unit[several], whole.row[several], weight[several], square[several])
