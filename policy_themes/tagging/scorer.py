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

from policy_themes.tagging import loops
from policy_themes.tagging.counts import Doubles
from policy_themes.tagging.features import Clause
from policy_themes.tagging.machine import Machine
from policy_themes.tagging.outline import Outline, outline_of_clauses

__all__ = ["Batch", "Floats", "Scorer", "Scores", "Weights"]

Floats = npt.NDArray[np.float32]


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


class Batch(NamedTuple):
    """The same of N texts with S sentences together: `themes` (N, T) and `sentences` (S, T)."""

    themes: Doubles
    sentences: Doubles


class Scorer:
    """Scores texts against a vocabulary (feature -> row) and weights."""

    def __init__(self, vocabulary: dict[str, int], weights: Weights) -> None:
        self._row = vocabulary
        idf, intercepts = weights.idf.astype(np.float64), weights.intercepts.astype(np.float64)
        coefficients = np.ascontiguousarray(weights.coefficients, np.float32)
        self._machine = (loops.compiled.Scores if loops.compiled else Machine)(idf, coefficients, intercepts)

    def score(self, texts: Sequence[Sequence[Clause]]) -> list[Scores]:
        """The scores of each text, given as its clauses (see features.clauses). A text without clauses is an error."""
        if not texts:
            return []
        outline = outline_of_clauses(texts, self._row)
        themes, sentences = (array.astype(np.float32) for array in self.batch(outline))
        return [Scores(*one) for one in zip(themes, np.split(sentences, outline.texts[1:]), strict=True)]

    def batch(self, outline: Outline) -> Batch:
        """The scores of a batch of at least one text, each of at least one clause."""
        return Batch(*self._machine.of(*outline[:5]))
