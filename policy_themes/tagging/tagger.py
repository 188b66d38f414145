"""Section -> themes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from policy_themes.errors import TextError
from policy_themes.store import Model, load_model
from policy_themes.tagging.evidence import Span, evidence, sentence_spans
from policy_themes.tagging.features import Clause, clauses
from policy_themes.tagging.scorer import Floats, Scorer, Scores
from policy_themes.tagging.segment import Segmenter
from policy_themes.tagging.text import checked
from policy_themes.themes import Theme
from policy_themes.versions import Versions

__all__ = ["Options", "Tagger", "Tagging", "ThemeScore"]


@dataclass(frozen=True, slots=True)
class Options:
    """What to give back. `threshold` replaces the model's own thresholds (one a theme) for every theme; `top` keeps at most that
    many themes, the most probable; `scores` adds the probabilities of all themes."""

    top: int | None = None
    threshold: float | None = None
    evidence: bool = True
    scores: bool = False


@dataclass(frozen=True, slots=True)
class ThemeScore:
    """A theme assigned to a text, its probability (0 to 1) and the sentences that carry it, best first."""

    id: str
    name: str
    probability: float
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Tagging:
    """The themes of one text, best first; `scores` holds every theme's probability by id when it was asked for."""

    themes: tuple[ThemeScore, ...]
    scores: Mapping[str, float] | None = None


class Tagger:
    """A model ready to tag. Safe to share between threads: nothing in it changes after loading."""

    def __init__(self, model: Model) -> None:
        self.version = model.version
        self.themes: tuple[Theme, ...] = model.themes
        self.thresholds: Floats = model.weights.thresholds
        self._weights = model.weights
        self._segmenter = Segmenter(model.lexicon)
        self._scorer = Scorer({feature: row for row, feature in enumerate(model.vocabulary)}, model.weights)

    @classmethod
    def load(cls, folder: Path | str | None = None) -> Tagger:
        """Load a model folder, by default the live one of those that came with the program.

        Raises ModelMissing, ModelDamaged or ModelForeign, each naming the folder or file.
        """
        return cls(load_model(Path(folder) if folder else Versions.shipped().live_folder()))

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
        segmented = [clauses(text, self._segmenter) for text in texts]
        scored = self._scorer.score(segmented) if texts else []
        return [self._tagging(*one, options) for one in zip(texts, segmented, scored, strict=True)]

    def scores(self, texts: Sequence[str]) -> Floats:
        """The scores of each text before calibration, (texts, themes): what training calibrates and tests compare."""
        scored = self._scorer.score([clauses(text, self._segmenter) for text in texts])
        return np.stack([score.themes for score in scored])

    def _tagging(self, text: str, segmented: list[Clause], score: Scores, options: Options) -> Tagging:
        probabilities = self._probabilities(score.themes)
        thresholds = (
            self._weights.thresholds if options.threshold is None else np.full(len(probabilities), options.threshold)
        )
        order = [
            theme for theme in np.argsort(-probabilities, kind="stable") if probabilities[theme] >= thresholds[theme]
        ]
        spans = sentence_spans(text, segmented) if options.evidence and order else []
        sentences = self._probabilities(score.sentences) if spans else None
        assigned = []
        for at in order[: options.top]:
            shown = evidence(spans, sentences[:, at], float(thresholds[at])) if sentences is not None else ()
            assigned.append(ThemeScore(self.themes[at].id, self.themes[at].name, _rounded(probabilities[at]), shown))
        if not options.scores:
            return Tagging(tuple(assigned))
        return Tagging(
            tuple(assigned), {theme.id: _rounded(p) for theme, p in zip(self.themes, probabilities, strict=True)}
        )

    def _probabilities(self, scores: Floats) -> Floats:
        with np.errstate(over="ignore"):
            return 1 / (1 + np.exp(-(self._weights.slopes * scores + self._weights.offsets)))  # type: ignore[no-any-return]


def _rounded(probability: np.float32) -> float:
    return round(float(probability), 4)
