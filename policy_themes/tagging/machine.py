"""The linear model, applied to every clause, sentence and text of a batch.

In single precision, as what is moved through memory is what takes the time; in double where a long text repeats a feature so often that
a sum less what was counted twice in it would lose digits.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from policy_themes.tagging.codes import Integers
from policy_themes.tagging.counts import Doubles, Entries, repeats
from policy_themes.tagging.outline import Outline

__all__ = ["Machine"]

SMALL = (
    6_000  # units times occurrences, up to which a table of all counts is the fastest; one text of some 300 characters
)
MOST_LAYERS = 250
MOST_LOST = -40.0  # a weight taken off a sum, up to which single precision keeps scores within some 2e-7


class Machine:
    """The arrays of a fitted pipeline: `idf` (F,), `coefficients` (F, T), `intercepts` (T,)."""

    def __init__(self, idf: npt.ArrayLike, coefficients: npt.ArrayLike, intercepts: npt.ArrayLike) -> None:
        self._idf = np.asarray(idf, np.float64)
        self._coefficients = np.asarray(coefficients, np.float32)
        self._intercepts = np.asarray(intercepts, np.float64)
        # By the number of occurrences.
        self._weight_of = np.concatenate(([0.0], 1 + np.log(np.arange(1, SMALL + 1)))).astype(np.float32)
        self._single_idf = self._idf.astype(np.float32)

    def scores(self, outline: Outline) -> Doubles:
        """(clauses + sentences + texts, T): the linear score of each, as scikit-learn's pipeline would give it."""
        units = outline.clauses + len(outline.sentences) + len(outline.texts)
        small = units * len(outline.rows) <= SMALL
        scores, squares = self._by_table(outline) if small else self._by_entries(outline, units)
        squares[squares == 0] = 1  # a unit without known features scores the intercepts
        scores /= np.sqrt(squares)[:, None]
        scores += self._intercepts
        return scores

    def _by_table(self, outline: Outline) -> tuple[Doubles, Doubles]:
        """Sums of weighted coefficients (units, T) and of squares (units,), with a column for every occurrence."""
        rows, width = outline.rows, len(outline.rows)
        last = np.empty(len(self._idf), np.int32)
        last[rows] = np.arange(width)  # all occurrences of a feature are counted in the column of its last
        counts = np.bincount(outline.clause * width + last[rows], minlength=outline.clauses * width)
        clauses = counts.reshape(outline.clauses, width)
        sentences = np.add.reduceat(clauses, outline.sentences)
        texts = np.add.reduceat(sentences, outline.texts)
        weights = self._weight_of.take(np.concatenate((clauses, sentences, texts)))
        weights *= self._single_idf.take(rows)
        scores = weights @ self._coefficients.take(rows, axis=0)
        return scores.astype(np.float64), np.einsum("ij,ij->i", weights, weights).astype(np.float64)

    def _by_entries(self, outline: Outline, units: int) -> tuple[Doubles, Doubles]:
        """The same from those features alone that a unit has."""
        sentences, texts = outline.clauses, units - len(outline.texts)  # where they begin
        weights = self._idf.take(outline.rows)
        once = Entries(outline.clause, outline.rows, weights, weights * weights)
        again = repeats(outline, self._idf)
        exact = again.weight.min(initial=0) < MOST_LOST
        scores, squares = np.zeros((units, len(self._intercepts))), np.zeros(units)
        for entries in (once, again):
            self._add_sums(scores, entries, exact)
            squares += np.bincount(entries.unit, entries.square, units)
        for array in (scores, squares):
            array[sentences:texts] += np.add.reduceat(array[:sentences], outline.sentences)
            array[texts:] += np.add.reduceat(array[sentences:texts], outline.texts)
        return scores, squares

    def _add_sums(self, sums: Doubles, entries: Entries, exact: bool) -> None:
        """Add to (units, T) the weighted sum of the coefficients of each unit's entries."""
        lengths = np.bincount(entries.unit)
        filled = lengths.nonzero()[0]
        lengths = lengths.take(filled)
        if exact or lengths.max(initial=0) > MOST_LAYERS:
            weighted = self._coefficients.take(entries.row, axis=0) * entries.weight[:, None]
            sums[filled] += np.add.reduceat(weighted, lengths.cumsum() - lengths)
        elif len(filled):
            self._add_layers(sums, entries, filled, lengths)

    def _add_layers(self, sums: Doubles, entries: Entries, filled: Integers, lengths: Integers) -> None:
        """The same, adding up the first entry of all units, then the second of all that have two, and so on.

        numpy adds up one column of one unit at a time in `reduceat`; a layer is one addition of adjoining memory.
        """
        order = (-lengths).argsort(kind="stable")
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        within = np.arange(len(entries.unit)) - (lengths.cumsum() - lengths).repeat(lengths)
        sizes = np.bincount(within)
        ends = sizes.cumsum()
        places = (ends - sizes).take(within) + rank.repeat(lengths)
        rows, weights = np.empty_like(entries.row), np.empty(len(places), np.float32)
        rows[places], weights[places] = entries.row, entries.weight
        weighted = self._coefficients.take(rows, axis=0)  # indexing takes twice as long
        weighted *= weights[:, None]
        layers = np.zeros((len(lengths), weighted.shape[1]), np.float32)
        for size, end in zip(sizes.tolist(), ends.tolist(), strict=True):
            layers[:size] += weighted[end - size : end]
        sums[filled.take(order)] += layers
