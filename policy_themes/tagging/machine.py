"""The linear model, applied to every clause, sentence and text of a batch by numpy, where nothing is compiled (see loops.py).

In single precision, as what is moved through memory is what takes the time; in double where a long text repeats a feature so often that
a sum less what was counted twice in it would lose digits.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from policy_themes.tagging.codes import Integers
from policy_themes.tagging.counts import Doubles, Entries, weighed
from policy_themes.tagging.outline import Outline

__all__ = ["Machine"]

SMALL = (
    6_000  # units times occurrences, up to which a table of all counts is the fastest; one text of some 300 characters
)
FEW = 1_500  # entries that are summed in one call; layers pay from there on
MOST_LAYERS = 250
MOST_LOST = -40.0  # the weight taken off a sum, up to which single precision keeps scores within some 2e-7


class Machine:
    """The arrays of a fitted pipeline: `idf` (F,), `coefficients` (F, T), `intercepts` (T,)."""

    def __init__(self, idf: npt.ArrayLike, coefficients: npt.ArrayLike, intercepts: npt.ArrayLike) -> None:
        self._idf = np.asarray(idf, np.float64)
        self._coefficients = np.asarray(coefficients, np.float32)
        self._intercepts = np.asarray(intercepts, np.float64)
        # By the number of occurrences.
        self._weight_of = np.concatenate(([0.0], 1 + np.log(np.arange(1, SMALL + 1)))).astype(np.float32)
        self._single_idf = self._idf.astype(np.float32)

    def of(
        self, rows: Integers, clause: Integers, clauses: int, sentences: Integers, texts: Integers
    ) -> tuple[Doubles, Doubles]:
        """The scores of an outline's texts (N, T), each the mean of its own, its best sentence's and its best clause's, and of its
        sentences (S, T). The arrays are those of an Outline."""
        units = self._scores(Outline(rows, clause, clauses, sentences, texts, texts[:0]))
        of_clauses, of_sentences, of_texts = units[:clauses], units[clauses : -len(texts)], units[-len(texts) :]
        best_sentence = np.maximum.reduceat(of_sentences, texts)
        best_clause = np.maximum.reduceat(of_clauses, sentences[texts])
        return (of_texts + best_sentence + best_clause) / 3, of_sentences

    def _scores(self, outline: Outline) -> Doubles:
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
        parts = weighed(outline, self._idf)
        entries = Entries(
            np.concatenate((parts.clauses.unit, parts.sentences.unit + sentences, parts.texts.unit + texts)),
            *(np.concatenate(arrays) for arrays in list(zip(*parts, strict=True))[1:]),
        )
        scores = self._sums(entries, units)
        squares = np.bincount(entries.unit, entries.square, units).astype(np.float64, copy=False)
        for array in (scores, squares):
            array[sentences:texts] += np.add.reduceat(array[:sentences], outline.sentences)
            array[texts:] += np.add.reduceat(array[sentences:texts], outline.texts)
        return scores, squares

    def _sums(self, entries: Entries, units: int) -> Doubles:
        """(units, T): the weighted sum of the coefficients of each unit's entries."""
        lengths = np.bincount(entries.unit, minlength=units)
        longest = int(lengths.max())
        if longest < MOST_LAYERS and entries.weight.min(initial=0) > MOST_LOST:
            entries = entries._replace(weight=entries.weight.astype(np.float32))
            if len(entries.unit) > FEW:
                return self._sums_by_layers(entries, lengths)
        sums = np.zeros((units, len(self._intercepts)))
        if longest:
            filled = np.flatnonzero(lengths)
            weighted = self._coefficients.take(entries.row, axis=0) * entries.weight[:, None]
            sums[filled] = np.add.reduceat(weighted, (lengths.cumsum() - lengths)[filled])
        return sums

    def _sums_by_layers(self, entries: Entries, lengths: Integers) -> Doubles:
        """The same, adding the first entry of all units, then the second of all that have two, and so on.

        numpy adds up one column of one unit at a time in `reduceat`; a layer is one addition of adjoining memory.
        """
        order = np.argsort(-lengths, kind="stable")
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        within = np.arange(len(entries.unit)) - (lengths.cumsum() - lengths).take(entries.unit)
        sizes = np.bincount(within)
        ends = np.cumsum(sizes)
        places = (ends - sizes).take(within) + rank.take(entries.unit)
        rows, weights = np.empty_like(entries.row), np.empty_like(entries.weight)
        rows[places], weights[places] = entries.row, entries.weight
        weighted = self._coefficients.take(rows, axis=0)  # indexing takes twice as long
        weighted *= weights[:, None]
        sums = np.zeros((len(lengths), weighted.shape[1]), weighted.dtype)
        for size, end in zip(sizes.tolist(), ends.tolist(), strict=True):
            sums[:size] += weighted[end - size : end]
        return sums.take(rank, axis=0).astype(np.float64)
