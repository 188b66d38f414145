"""A text as the queue asks about it: the words with their evidence, the themes to choose from, and why it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policy_themes.tagging.tagger import Options, Tagger, Tagging
from policy_themes.themes import Codebook, Theme
from service.web.initials import initials
from service.web.marks import Segment, percent, segments_of
from service.web.palette import Palette
from service.web.reason import Reason, reason_of

if TYPE_CHECKING:
    from service.labels.find import Labelled

__all__ = ["Choice", "Question", "Voice", "choices_of", "question_of"]

SUGGESTED = 9  # there are nine digits
LEAST = 0.05


@dataclass(frozen=True, slots=True)
class Choice:
    """A theme to choose: `percent` is empty where the model says nothing of it, `search` what it is found by, in lower case."""

    id: str
    name: str
    hue: str
    covers: str
    search: str
    percent: str = ""
    picked: bool = False


@dataclass(frozen=True, slots=True)
class Voice:
    """What somebody said of it: (name, hue) of the themes, the main one first."""

    annotator: str
    themes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """`picked` are ids in order, `origin` says whose choice they are; `rest` are the themes that are not suggested; `settles` says that
    the answer decides between others."""

    text: int
    segments: tuple[Segment, ...]
    document: str
    place: str
    clause: bool
    reason: Reason
    suggested: tuple[Choice, ...]
    rest: tuple[Choice, ...]
    picked: tuple[str, ...]
    origin: str
    voices: tuple[Voice, ...]
    settles: bool
    model: str


def question_of(
    one: Labelled,
    codebook: Codebook,
    tagger: Tagger | None,
    palette: Palette,
    *,
    wanted: str | None = None,
    doubted: Sequence[str] = (),
    picked: Sequence[str] | None = None,
) -> Question:
    """The question about a text. `picked` (theme ids) is chosen already; by default what the model would assign, or, where people
    differ, what all of them say."""
    tagging = tagger.tag(one.text, Options(scores=True)) if tagger else Tagging((), {})
    scores = _present(tagging.scores or {}, codebook)
    settles = one.state == "conflict"
    origin = "您刚才的选择" if picked is not None else "大家都选的" if settles else "模型的建议"
    if picked is None:
        assigned = [theme.id for theme in tagging.themes]
        picked = _agreed(one) if settles else list(_present(dict.fromkeys(assigned, 1.0), codebook))
    chosen = [theme.id for theme in codebook.active if theme.id in picked]
    chosen.sort(key=picked.index)
    said = [theme for voice in one.said for theme in voice.themes] if settles else []
    ranked = sorted((theme for theme in scores if scores[theme] >= LEAST), key=lambda theme: -scores[theme])
    first = list(dict.fromkeys([*chosen, *said, *ranked]))[: max(SUGGESTED, len(chosen))]
    choices = {choice.id: choice for choice in choices_of(codebook, palette, chosen, scores)}
    names = {theme.id: theme.name for theme in codebook.active}
    return Question(
        text=one.id,
        segments=segments_of(one.text, tagging.themes),
        document=one.document,
        place=one.place,
        clause=one.kind == "clause",
        reason=reason_of(
            conflict=len(one.said) if settles else 0, wanted=wanted, names=names, scores=scores, doubted=doubted
        ),
        suggested=tuple(choices[theme] for theme in first if theme in choices),
        rest=tuple(choice for choice in choices.values() if choice.id not in first),
        picked=tuple(chosen),
        origin=origin if chosen else "",
        voices=voices_of(one, codebook, palette) if settles else (),
        settles=settles,
        model=tagger.version if tagger else "",
    )


def choices_of(
    codebook: Codebook, palette: Palette, picked: Sequence[str], scores: Mapping[str, float] | None = None
) -> tuple[Choice, ...]:
    """All themes in use, in the codebook's order."""
    told = scores or {}
    return tuple(
        Choice(
            theme.id,
            theme.name,
            palette.hue(theme.id),
            theme.covers,
            _search(theme),
            percent(told[theme.id]) if told.get(theme.id, 0) >= LEAST else "",
            theme.id in picked,
        )
        for theme in codebook.active
    )


def voices_of(one: Labelled, codebook: Codebook, palette: Palette) -> tuple[Voice, ...]:
    """What each annotator says of the text today."""
    names = {theme.id: theme.name for theme in codebook.themes}
    return tuple(
        Voice(said.annotator, tuple((names.get(theme, theme), palette.hue(theme)) for theme in said.themes))
        for said in one.said
    )


def _present(scores: Mapping[str, float], codebook: Codebook) -> dict[str, float]:
    """Probabilities by the id that a theme has today: the model may know it from before a merge. Retired ones are left out."""
    ids = {written: theme.id for theme in codebook.active for written in (*theme.aliases, theme.id)}
    found: dict[str, float] = {}
    for theme, value in scores.items():
        if theme in ids:
            found[ids[theme]] = max(value, found.get(ids[theme], 0.0))
    return found


def _agreed(one: Labelled) -> list[str]:
    """What everybody says."""
    return [theme for theme in one.said[-1].themes if all(theme in said.themes for said in one.said)]


def _search(theme: Theme) -> str:
    written = (theme.name, *theme.aliases)
    return "\n".join((theme.id, *written, *map(initials, written))).casefold()
