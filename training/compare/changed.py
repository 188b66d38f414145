"""The texts whose themes change when the candidate takes over, and whether for the better."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from training.compare.pairs import Known, Pairs
from training.heldout import HeldOut

__all__ = ["Changed", "changed"]

_ORDER = ("worse", "neutral", "better")


@dataclass(frozen=True, slots=True)
class Changed:
    """A text of the set `set`: the themes it is labelled with, those the live model and the candidate assign, by the candidate's
    names; `text` is empty where it is not known. `outcome` is better, worse or neutral: fewer, more or as many wrong themes."""

    id: str
    set: str
    text: str
    labelled: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    outcome: str


def changed(pairs: Pairs, known: Known, texts: Mapping[str, str]) -> tuple[Changed, ...]:
    """Those of `pairs` that change in a theme of the candidate, the worse ones first; `texts` gives texts by digest."""
    found = [one for live, candidate in pairs.rows for one in _changed(pairs.name, live, candidate, known, texts)]
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.outcome), one.id)))


def _changed(name: str, live: HeldOut, candidate: HeldOut, known: Known, texts: Mapping[str, str]) -> Iterator[Changed]:
    # A theme the candidate no longer knows cannot be assigned or labelled any more: its end is told once, not text by text.
    present = {old: known.candidate[key] for key, old in known.live.items() if key in known.candidate}
    before = frozenset(present[theme] for theme in live.assigned if theme in present)
    if before == candidate.assigned:
        return
    fewer = len(before ^ candidate.labelled) - len(candidate.assigned ^ candidate.labelled)
    outcome = "better" if fewer > 0 else "worse" if fewer < 0 else "neutral"
    text = candidate.text or live.text or texts.get(candidate.digest, "")
    labelled, old, new = (tuple(sorted(side)) for side in (candidate.labelled, before, candidate.assigned))
    yield Changed(candidate.id, name, text, labelled, old, new, outcome)
