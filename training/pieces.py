"""The sentences, or the clauses, of all texts, and which of each text scores best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from policy_themes.tagging.features import Clause

__all__ = ["Pieces", "joined"]


@dataclass(frozen=True, slots=True)
class Pieces:
    """M pieces of N texts in order: `vectors` (M, features), `owners` (M,) the text each is of, `lasts` (N,) the last of each text."""

    vectors: csr_matrix
    owners: npt.NDArray[np.intp]
    lasts: npt.NDArray[np.intp]

    @classmethod
    def of(cls, texts: Sequence[Sequence[Clause]], by: Callable[[Clause], int], vectoriser: TfidfVectorizer) -> Pieces:
        """Cut each text, which has at least one clause, where `by` of its clauses changes."""
        cut = [[joined(list(piece)) for _, piece in groupby(text, by)] for text in texts]
        counts = np.array([len(pieces) for pieces in cut])
        vectors = vectoriser.transform([piece for pieces in cut for piece in pieces])
        return cls(vectors, np.repeat(np.arange(len(cut)), counts), np.cumsum(counts) - 1)

    def best(self, machine: LinearSVC) -> csr_matrix:
        """(N, features): of each text the piece that `machine` scores highest."""
        order = np.lexsort((machine.decision_function(self.vectors), self.owners))
        return self.vectors[order[self.lasts]]


def joined(text: Sequence[Clause]) -> str:
    """The features of `text` as the vectoriser takes them: separated by spaces."""
    return " ".join(feature for clause in text for feature in clause.features)
