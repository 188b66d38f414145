"""How far annotators agree on the texts that several of them labelled, theme by theme and pair by pair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from policy_themes.themes import Codebook
from training.checks.finding import Annotation, Finding

__all__ = ["Agreement", "PairAgreement", "ThemeAgreement", "agreement", "alpha", "low_agreement"]

Counts = npt.NDArray[np.int64]

# Krippendorff (2004, p. 241): from 0.8 on data may be relied upon, from 0.667 on for tentative conclusions, below not at all.
LEAST_ALPHA = 0.667
LEAST_USES = 5  # a theme given fewer times says more about chance than about annotators


@dataclass(frozen=True, slots=True)
class ThemeAgreement:
    """On one theme: Krippendorff's `alpha` (1 agree, 0 chance), `f1` over all pairs of annotators (0 to 1), and how many of the labels
    of shared texts carry it. Both are None where nobody gave the theme, `alpha` also where everybody always did."""

    name: str
    alpha: float | None
    f1: float | None
    uses: int


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two annotators on the `texts` both labelled: micro-F1 over all themes; 1 where both gave none."""

    first: str
    second: str
    texts: int
    f1: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """Over the `texts` that at least two annotators labelled; empty where there is none."""

    texts: int
    themes: tuple[ThemeAgreement, ...]
    pairs: tuple[PairAgreement, ...]


def alpha(counts: Counts) -> float | None:
    """Krippendorff's alpha for nominal data, from `counts` (units, values): how many annotators gave each unit each value.

    Any number of annotators, gaps allowed; units with fewer than two values are passed over. None where it is 0 / 0: all values
    are the same. Krippendorff (2011), Computing Krippendorff's Alpha-Reliability. The package on PyPI is under the GPL.
    """
    counts = counts[counts.sum(axis=1) > 1].astype(np.float64)
    given = counts.sum(axis=1)
    total, by_value = given.sum(), counts.sum(axis=0)
    expected = total**2 - (by_value**2).sum()
    if expected == 0:
        return None
    observed = ((given**2 - (counts**2).sum(axis=1)) / (given - 1)).sum()
    return float(1 - (total - 1) * observed / expected)


def agreement(by_text: Mapping[str, Sequence[Annotation]], codebook: Codebook) -> Agreement:
    """From the annotations of each text, one an annotator (see finding.latest). Themes that the codebook does not have are passed over."""
    names = [theme.name for theme in codebook.active]
    place = _places(codebook)
    shared = [group for group in by_text.values() if len(group) > 1]
    if not shared:
        return Agreement(0, (), ())
    rows = [np.array([_row(one, place, len(names)) for one in group]) for group in shared]
    both: dict[tuple[str, str], Counts] = defaultdict(lambda: np.zeros((3, len(names)), np.int64))
    texts: dict[tuple[str, str], int] = defaultdict(int)
    for group, given in zip(shared, rows, strict=True):
        for a, b in combinations(range(len(group)), 2):
            pair = group[a].annotator, group[b].annotator
            both[pair] += np.stack([given[a] & given[b], given[a], given[b]])
            texts[pair] += 1
    carried = np.stack([given.sum(axis=0) for given in rows])
    annotators = np.array([len(group) for group in shared])
    together = np.sum(list(both.values()), axis=0)
    themes = (
        ThemeAgreement(
            name,
            alpha(np.stack([annotators - carried[:, at], carried[:, at]], axis=1)),
            _f1(together[:, at]),
            int(carried[:, at].sum()),
        )
        for at, name in enumerate(names)
    )
    pairs = (PairAgreement(*pair, texts[pair], _whole(_f1(both[pair].sum(axis=1)))) for pair in sorted(both))
    return Agreement(len(shared), tuple(themes), tuple(pairs))


def low_agreement(measured: Agreement) -> list[Finding]:
    """The themes on which annotators agree less than data may be relied upon, the lowest first."""
    found = []
    for theme in measured.themes:
        if theme.alpha is not None and theme.alpha < LEAST_ALPHA and theme.uses >= LEAST_USES:
            zh = f"标注者对该主题的一致性 alpha 为 {theme.alpha:.2f},低于 {LEAST_ALPHA};请对照分歧文本,在主题表中写明界限"
            en = f"annotators agree on it with alpha {theme.alpha:.2f}, under {LEAST_ALPHA}; settle its boundary in themes.yaml"
            strength = min(1.0, 1 - theme.alpha)
            found.append(Finding("agreement", theme.name, zh, en, strength, theme=theme.name))
    return found


def _places(codebook: Codebook) -> dict[str, int]:
    """Where each theme stands, by every way of writing it."""
    return {
        written: at for at, theme in enumerate(codebook.active) for written in (theme.name, theme.id, *theme.aliases)
    }


def _row(one: Annotation, place: Mapping[str, int], themes: int) -> Counts:
    row = np.zeros(themes, np.int64)
    row[[place[theme] for theme in one.themes if theme in place]] = 1
    return row


def _f1(counts: Counts) -> float | None:
    """From how often both gave a theme, the first did, and the second did; None where neither ever did."""
    both, first, second = counts.tolist()
    return 2 * both / (first + second) if first + second else None


def _whole(f1: float | None) -> float:
    return 1.0 if f1 is None else f1
