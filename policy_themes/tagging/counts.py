"""Features of a batch -> what each clause, sentence and text weighs less than the sum of its parts.

A feature weighs its idf times 1 + the logarithm of how often it occurs in the unit. So a clause is the sum of its occurrences, a
sentence of its clauses and a text of its sentences, but for the features that occur in several of the parts. Those are few.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from policy_themes.tagging.codes import Integers
from policy_themes.tagging.outline import Outline

__all__ = ["Doubles", "Entries", "repeats"]

Doubles = npt.NDArray[np.float64]


class Entries(NamedTuple):
    """Features in units, in the order of the units: `unit`, `row`, `weight`, and `square`, which is what each adds to the unit's
    sum of squared weights. All (E,)."""

    unit: Integers
    row: Integers
    weight: Doubles
    square: Doubles


class _Parts(NamedTuple):
    """Features in parts of a text, those of one feature and text one after the other. All (P,)."""

    row: Integers
    clause: Integers
    sentence: Integers
    text: Integers
    times: Integers
    weight: Doubles


def repeats(outline: Outline, idf: Doubles) -> Entries:
    """What to add to the sums of a batch; `idf` (F,) is by row. Units are numbered clauses first, then sentences, then texts."""
    bits = len(idf).bit_length()
    of_clause = _owners(outline.sentences, outline.clauses)
    of_sentence = _owners(outline.texts, len(outline.sentences))
    text = of_sentence.take(of_clause).take(outline.clause)
    again = _met_again(text << bits | outline.rows)
    row, clause = outline.rows.take(again), outline.clause.take(again)
    ones = np.ones(len(again), np.int64)
    parts = _Parts(row, clause, of_clause.take(clause), text.take(again), ones, idf.take(row))
    found, first_unit = [], 0
    for level, units in (
        ("clause", outline.clauses),
        ("sentence", len(outline.sentences)),
        ("text", len(outline.texts)),
    ):
        unit: Integers = getattr(parts, level)
        first = _firsts(unit << bits | parts.row)
        wholes = _merged(parts, first, idf)
        found.append(_differences(getattr(wholes, level) + first_unit, wholes, parts, first))
        parts, first_unit = wholes, first_unit + units
    entries = Entries._make(np.concatenate(arrays) for arrays in zip(*found, strict=True))
    order = entries.unit.argsort(kind="stable")
    return Entries._make(array.take(order) for array in entries)


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
    merged = _Parts._make(array.take(first) for array in parts)
    return merged._replace(times=times, weight=(1 + np.log(times)) * idf.take(merged.row))


def _differences(unit: Integers, whole: _Parts, parts: _Parts, first: Integers) -> Entries:
    """What the runs of several parts weigh as one, less what the parts weigh."""
    several = np.flatnonzero(_lengths(first, len(parts.row)) > 1)
    if not len(several):
        return Entries(unit[:0], whole.row[:0], whole.weight[:0], whole.weight[:0])
    weight = whole.weight - np.add.reduceat(parts.weight, first)
    square = whole.weight**2 - np.add.reduceat(parts.weight**2, first)
    return Entries(unit[several], whole.row[several], weight[several], square[several])
