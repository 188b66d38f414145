"""What two models said of the same sections, lined up: rows are sections, columns the themes that both know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from policy_themes.store import load_manifest
from training import heldout
from training.compare.protected import answers_of, blank, read_protected
from training.fit import Matrix
from training.heldout import HeldOut
from training.labels import Labels

__all__ = ["Known", "Pairs", "held_out_pairs", "known_themes", "protected_pairs"]


@dataclass(frozen=True, slots=True)
class Known:
    """Which themes each model knows, by id -> its name in that model: a renamed theme stays the same theme."""

    live: Mapping[str, str]
    candidate: Mapping[str, str]

    @property
    def common(self) -> list[str]:
        """Ids of those both know, in the candidate's order."""
        return [key for key in self.candidate if key in self.live]

    @property
    def new(self) -> list[str]:
        """Ids of those that the live model does not know."""
        return [key for key in self.candidate if key not in self.live]

    @property
    def removed(self) -> list[str]:
        """Ids of those that the candidate no longer knows."""
        return [key for key in self.live if key not in self.candidate]


@dataclass(frozen=True, slots=True)
class Pairs:
    """The N sections of the set `name` on which both answered: the live model's row and the candidate's, whose labels count."""

    name: str
    rows: tuple[tuple[HeldOut, HeldOut], ...]

    def carried(self, known: Known, ids: Sequence[str]) -> Matrix:
        """(N, ids): what the sections are labelled with."""
        return self._matrix(lambda live, candidate: candidate.labelled, known.candidate, ids)

    def live(self, known: Known, ids: Sequence[str]) -> Matrix:
        """(N, ids): what the live model assigned."""
        return self._matrix(lambda live, candidate: live.assigned, known.live, ids)

    def candidate(self, known: Known, ids: Sequence[str]) -> Matrix:
        """(N, ids): what the candidate assigned."""
        return self._matrix(lambda live, candidate: candidate.assigned, known.candidate, ids)

    def _matrix(
        self, of: Callable[[HeldOut, HeldOut], frozenset[str]], names: Mapping[str, str], ids: Sequence[str]
    ) -> Matrix:
        matrix = np.zeros((len(self.rows), len(ids)), bool)
        place = {names[key]: at for at, key in enumerate(ids)}
        for row, (live, candidate) in enumerate(self.rows):
            matrix[row, [place[name] for name in of(live, candidate) if name in place]] = True
        return matrix


def known_themes(live: Path, candidate: Path) -> Known:
    """From two model folders. Raises ModelMissing, ModelDamaged or ModelForeign."""
    live_names, candidate_names = (
        {theme["id"]: theme["name"] for theme in load_manifest(folder)["themes"]} for folder in (live, candidate)
    )
    return Known(live_names, candidate_names)


def held_out_pairs(live: Path, candidate: Path) -> Pairs:
    """The sections that the folds of both held out; none if either folder keeps no such answers. Raises ModelDamaged."""
    if not all((folder / heldout.FILE).exists() for folder in (live, candidate)):
        return Pairs("held_out", ())
    old, new = heldout.read(live), heldout.read(candidate)
    return Pairs("held_out", tuple((old[key], new[key]) for key in sorted(old.keys() & new.keys())))


def protected_pairs(live: Path, candidate: Path, labels: Labels | None) -> Pairs:
    """The protected sections that neither was trained on.

    They are those the candidate keeps answers for; of a candidate from before such were kept, those of `labels`.
    """
    asked = read_protected(candidate) or (blank(labels.protected, ()) if labels else [])
    old, new = answers_of(live, asked), answers_of(candidate, asked)
    both = (row for row in asked if row.digest in old and row.digest in new)
    return Pairs("protected", tuple((old[row.digest], new[row.digest]) for row in both))
