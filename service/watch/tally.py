"""What a request tagged, in numbers, with some of its texts for who looks at how well the model knows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from policy_themes.batch.result import Outcome
from policy_themes.tagging.tagger import Options, Tagging

__all__ = ["SAMPLES", "Tally", "of_many", "of_one", "of_outcome"]

SAMPLES = 60  # texts kept of a request, and of a minute
LONGEST_SAMPLE = 1_000  # characters


class Tally(NamedTuple):
    """Tagged by `version`: sections, characters; `themes`: how often each (by id) was assigned, and the sum of its probabilities then;
    `none`: sections without any. `own`: by the model's own thresholds and no limit on themes. `failed`: codes of errors, one a document."""

    version: str
    sections: int
    characters: int
    themes: Mapping[str, tuple[int, float]]
    none: int
    own: bool
    samples: tuple[str, ...]
    documents: int = 0
    failed: tuple[str, ...] = ()


def of_one(version: str, text: str, tagging: Tagging, options: Options) -> Tally:
    """Of one section."""
    themes = {theme.id: (1, theme.probability) for theme in tagging.themes}
    own = options.threshold is None and options.top is None
    return Tally(version, 1, len(text), themes, not themes, own, (text,))


def of_many(version: str, texts: Sequence[str], taggings: Iterable[Tagging], options: Options) -> Tally:
    """Of many sections; small enough to be sent from one process to another."""
    themes: dict[str, tuple[int, float]] = {}
    none = 0
    for tagging in taggings:
        none += not tagging.themes
        for theme in tagging.themes:
            assigned, probability = themes.get(theme.id, (0, 0.0))
            themes[theme.id] = (assigned + 1, probability + theme.probability)
    samples = tuple(text[:LONGEST_SAMPLE] for text in texts[:: len(texts) // SAMPLES + 1])
    own = options.threshold is None and options.top is None
    return Tally(version, len(texts), sum(map(len, texts)), themes, none, own, samples)


def of_outcome(version: str, outcome: Outcome, options: Options) -> Tally:
    """Of documents, the sections that were tagged."""
    tagged = [(str(one.columns.get("text", "")), one.tagging) for one in outcome.results if one.tagging]
    tally = of_many(version, [text for text, _ in tagged], (tagging for _, tagging in tagged), options)
    return tally._replace(documents=len(outcome.summaries), failed=tuple(one.code for one in outcome.failures))
