"""Section -> themes."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from policy_themes.errors import TextError
from policy_themes.store import Model, load_model
from policy_themes.tagging.assignment import Calibration, assigned
from policy_themes.tagging.evidence import Span, evidence
from policy_themes.tagging.known import Known
from policy_themes.tagging.reader import Reader
from policy_themes.tagging.scorer import Floats, Scorer
from policy_themes.tagging.segment import Segmenter
from policy_themes.tagging.text import checked
from policy_themes.themes import Theme
from policy_themes.versions import Versions

__all__ = ["Options", "Tagger", "Tagging", "ThemeScore"]

STRETCH = 24_000  # characters; the arrays of longer stretches no longer fit a processor's cache


@dataclass(frozen=True, slots=True)
class Options:
    """What to give back. `threshold` replaces the model's own thresholds (one a theme) for every theme; `top` keeps at most that
    many themes, the most probable; `scores` adds the probabilities of all themes."""

    top: int | None = None
    threshold: float | None = None
    evidence: bool = True
    scores: bool = False


# Tuples, as spans are: a frozen dataclass takes four times as long to make, which is noticed at some five a section.
class ThemeScore(NamedTuple):
    """A theme assigned to a text, its probability (0 to 1) and the sentences that carry it, best first."""

    id: str
    name: str
    probability: float
    evidence: tuple[Span, ...] = ()


class Tagging(NamedTuple):
    """The themes of one text, best first; `scores` holds every theme's probability by id when it was asked for."""

    themes: tuple[ThemeScore, ...]
    scores: Mapping[str, float] | None = None


class Tagger:
    """A model ready to tag. Safe to share between threads: nothing in it changes after loading."""

    def __init__(self, model: Model, beside: Tagger | None = None) -> None:
        self.version = model.version
        self.themes: tuple[Theme, ...] = model.themes
        self.thresholds: Floats = model.weights.thresholds
        self._limits = self.thresholds.astype(np.float64)
        self._calibration = Calibration(
            model.weights.slopes.astype(np.float64), model.weights.offsets.astype(np.float64)
        )
        self._ids = [theme.id for theme in model.themes]
        self._names = [theme.name for theme in model.themes]
        row_of = {feature: row for row, feature in enumerate(model.vocabulary)}
        self._lexicon = model.lexicon
        shared = beside is not None and beside._lexicon == model.lexicon
        self._segmenter: Segmenter = beside._segmenter if beside and shared else Segmenter(model.lexicon)
        self._row_of = row_of
        self._reader = Reader(self._segmenter, row_of)
        self._scorer = Scorer(row_of, model.weights)

    @classmethod
    def load(cls, folder: Path | str | None = None, beside: Tagger | None = None) -> Tagger:
        """Load a model folder, by default the live one of those that came with the program.

        The dictionary of `beside`, a tagger loaded before, is used if the lexicon is the same: 25 MB and 0.1 s less.
        Raises ModelMissing, ModelDamaged or ModelForeign, each naming the folder or file.
        """
        return cls(load_model(Path(folder) if folder else Versions.shipped().live_folder()), beside)

    def tag(self, text: str, options: Options = Options()) -> Tagging:
        """The themes of one section. Raises TextError for text that cannot be tagged (see tagging.text.checked)."""
        return self.tag_batch([text], options)[0]

    def tag_batch(self, texts: Sequence[str], options: Options = Options()) -> list[Tagging]:
        """The themes of each text, in order. Raises TextError, naming the text's place (from 1), for the first bad one."""
        for number, text in enumerate(texts, 1):
            try:
                checked(text)
            except TextError as error:
                raise (error.at(f"[{number}]") if len(texts) > 1 else error) from None
        return [tagging for some in _stretches(texts) for tagging in self._tagged(some, options)]

    def scores(self, texts: Sequence[str]) -> Floats:
        """The scores of each text before calibration, (texts, themes): what training calibrates and tests compare."""
        parts = [self._scorer.batch(self._reader.read(some).outline).themes for some in _stretches(texts)]
        return np.concatenate([np.empty((0, len(self.themes))), *parts]).astype(np.float32)

    def known(self) -> Known:
        """What counts the characters and words of a text that this model does not know. Making it takes some milliseconds; keep it."""
        return Known(self._segmenter, self._row_of)

    def _tagged(self, texts: Sequence[str], options: Options) -> Iterator[Tagging]:
        read = self._reader.read(texts)
        scores = self._scorer.batch(read.outline)
        probabilities = self._calibration.probabilities(scores.themes)
        limits = self._limits if options.threshold is None else np.full(len(self.themes), float(options.threshold))
        themes_of = assigned(probabilities, limits, options.top)
        shown: Iterable[Iterable[tuple[Span, ...]]] = itertools.repeat(itertools.repeat(()))
        if options.evidence:
            shown = evidence(texts, read, self._calibration.probabilities(scores.sentences), themes_of, limits)
        every = map(self._by_id, probabilities.tolist()) if options.scores else itertools.repeat(None)
        ids, names = self._ids, self._names
        for themes, spans, by_id in zip(themes_of, shown, every, strict=False):
            told = [
                ThemeScore(ids[theme], names[theme], round(value, 4), some)
                for (theme, value), some in zip(themes, spans, strict=False)
            ]
            yield Tagging(tuple(told), by_id)

    def _by_id(self, probabilities: list[float]) -> dict[str, float]:
        return {id_: round(probability, 4) for id_, probability in zip(self._ids, probabilities, strict=True)}


def _stretches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """The texts in order, in stretches of about STRETCH characters, which bounds memory and fits the processor's caches."""
    first = size = 0
    for at, text in enumerate(texts):
        if size >= STRETCH:
            yield texts[first:at]
            first, size = at, 0
        size += len(text)
    if first < len(texts):
        yield texts[first:]
