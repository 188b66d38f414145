"""Features -> scores: the fitted TF-IDF and linear model as plain arrays.

A text is scored three times: whole, by its best sentence, and by its best clause; the score of a theme is the mean of the three. The whole
says what a text is about, the parts find a theme stated in one clause of many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from policy_themes.tagging.features import Clause

__all__ = ["Scorer", "Scores", "Weights"]

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Weights:
    """The arrays of a model, for F features and T themes. All float32.

    `idf` (F,), `coefficients` (F, T) and `intercepts` (T,) are what scikit-learn fitted; `slopes` and `offsets` (T,) turn a
    score into a probability; `thresholds` (T,) are the probabilities from which a theme is assigned.
    """

    idf: Floats
    coefficients: Floats
    intercepts: Floats
    slopes: Floats
    offsets: Floats
    thresholds: Floats


class Scores(NamedTuple):
    """Of one text with S sentences: `themes` (T,), the scores; `sentences` (S, T), those of each sentence by itself."""

    themes: Floats
    sentences: Floats


class _Units(NamedTuple):
    """What is scored of one text: ranges of clauses, the whole first, then the sentences, then each clause."""

    first: Integers
    last: Integers
    sentences: int


class Scorer:
    """Scores texts against a vocabulary (feature -> row) and weights."""

    def __init__(self, vocabulary: dict[str, int], weights: Weights) -> None:
        self._row = vocabulary
        self._weights = weights

    def score(self, texts: Sequence[Sequence[Clause]]) -> list[Scores]:
        """The scores of each text, given as its clauses (see features.clauses). A text without clauses is an error."""
        units = [_units(text) for text in texts]
        parts = self._raw(texts, units)
        scores, first = [], 0
        for unit in units:
            part = parts[first : first + len(unit.first)]
            sentences, single = part[1 : 1 + unit.sentences], part[1 + unit.sentences :]
            scores.append(Scores((part[0] + sentences.max(axis=0) + single.max(axis=0)) / 3, sentences))
            first += len(unit.first)
        return scores

    def _raw(self, texts: Sequence[Sequence[Clause]], units: Sequence[_Units]) -> Floats:
        """The linear score of every unit of every text, (units, T), as scikit-learn's pipeline would give it."""
        rows, begins, ends = self._gather(texts, units)
        lengths = ends - begins
        unit_of = np.repeat(np.arange(len(lengths)), lengths)
        # Position in `rows` of every feature of every unit: each unit's range, one after the other.
        shifts = np.repeat(begins - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
        keys = unit_of * len(self._weights.idf) + rows[np.arange(len(shifts)) + shifts]
        keys, counts = np.unique(keys, return_counts=True)
        unit_of, rows = np.divmod(keys, len(self._weights.idf))
        values = (1 + np.log(counts)) * self._weights.idf[rows].astype(np.float64)
        return self._project(values, unit_of, rows, len(lengths))

    def _gather(
        self, texts: Sequence[Sequence[Clause]], units: Sequence[_Units]
    ) -> tuple[Integers, Integers, Integers]:
        """The rows of all known features, in order, and where in them each unit begins and ends."""
        row_of = self._row.get
        rows: list[int] = []
        begins, ends = [], []
        for text, unit in zip(texts, units, strict=True):
            marks = [len(rows)]
            for clause in text:
                rows.extend(row for feature in clause.features if (row := row_of(feature)) is not None)
                marks.append(len(rows))
            at = np.array(marks)
            begins.append(at[unit.first])
            ends.append(at[unit.last])
        return np.array(rows, dtype=np.int64), np.concatenate(begins), np.concatenate(ends)

    def _project(self, values: npt.NDArray[np.float64], unit_of: Integers, rows: Integers, units: int) -> Floats:
        """L2-normalise each unit's values and multiply with the coefficients; an empty unit scores the intercepts."""
        squares = np.bincount(unit_of, values * values, minlength=units)
        scores = np.zeros((units, len(self._weights.intercepts)))
        if len(values):
            weighted = self._weights.coefficients[rows] * (values / np.sqrt(squares)[unit_of])[:, None]
            starts = np.flatnonzero(np.concatenate(([True], unit_of[1:] != unit_of[:-1])))
            scores[unit_of[starts]] = np.add.reduceat(weighted, starts, axis=0)
        return (scores + self._weights.intercepts).astype(np.float32)


def _units(text: Sequence[Clause]) -> _Units:
    """The units of a text with N clauses: its whole, its sentences, and its clauses."""
    sentence = np.array([clause.sentence for clause in text])
    starts = np.flatnonzero(np.concatenate(([True], sentence[1:] != sentence[:-1])))
    stops = np.append(starts[1:], len(text))
    single = np.arange(len(text))
    first = np.concatenate(([0], starts, single))
    last = np.concatenate(([len(text)], stops, single + 1))
    return _Units(first, last, len(starts))
