"""May a candidate replace the live model? Both are compared on the sections that both held out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from policy_themes.errors import PromotionRefused
from policy_themes.store import load_model
from policy_themes.versions import Promotion, Versions
from training.heldout import HeldOut, read

__all__ = ["Comparison", "compare", "promote"]

LEAST_COMMON = 20  # sections below which a comparison says nothing


@dataclass(frozen=True, slots=True)
class Comparison:
    """Micro-F1 of both on the `sections` that both held out, measured against the candidate's labels."""

    sections: int
    live: float
    candidate: float

    @property
    def better(self) -> bool:
        """Whether the candidate is at least as good, to four decimals."""
        return self.sections >= LEAST_COMMON and round(self.candidate, 4) >= round(self.live, 4)

    def __str__(self) -> str:
        return (
            f"相同的 {self.sections} 段留出文本上,micro-F1:上线版 {self.live:.4f},候选版 {self.candidate:.4f} "
            f"(micro-F1 on the {self.sections} sections both held out: live {self.live:.4f}, candidate {self.candidate:.4f})"
        )


def compare(versions: Versions, live: str, candidate: str) -> Comparison:
    """Raises ModelMissing or ModelDamaged if either cannot be read."""
    old, new = read(versions.path(live)), read(versions.path(candidate))
    common = sorted(old.keys() & new.keys())
    return Comparison(
        len(common),
        _micro_f1((new[key], old[key]) for key in common),
        _micro_f1((new[key], new[key]) for key in common),
    )


def promote(versions: Versions, candidate: str, at: str, *, force: bool = False, note: str = "") -> Comparison | None:
    """Make `candidate` live if it is at least as good as the live model, or if forced; gives the comparison, if any was due.

    Raises PromotionRefused with the reason in words; the live model then stays.
    """
    load_model(versions.path(candidate))
    live = versions.live()
    comparison = None
    if live in versions.names() and live not in (None, candidate) and not force:
        comparison = compare(versions, str(live), candidate)
        if not comparison.better:
            raise PromotionRefused(*_reason(comparison), where=candidate)
    versions.go_live(Promotion(candidate, at, "force" if force else "promote", note))
    return comparison


def _reason(comparison: Comparison) -> tuple[str, str]:
    remedy_zh, remedy_en = (
        "如确需上线,请加 --force 并写明 --note",
        "to promote it all the same, give --force and a --note",
    )
    if comparison.sections < LEAST_COMMON:
        return (
            f"与上线版只有 {comparison.sections} 段相同的留出文本,无法比较;{remedy_zh}",
            f"shares only {comparison.sections} held-out sections with the live model, too few to compare; {remedy_en}",
        )
    return (
        f"候选版不如上线版({comparison.candidate:.4f} < {comparison.live:.4f},{comparison.sections} 段);{remedy_zh}",
        f"is worse than the live model ({comparison.candidate:.4f} < {comparison.live:.4f}); {remedy_en}",
    )


def _micro_f1(pairs: Iterable[tuple[HeldOut, HeldOut]]) -> float:
    """Of (labelled by, assigned by) pairs."""
    hits = total = 0
    for truth, guess in pairs:
        hits += len(truth.labelled & guess.assigned)
        total += len(truth.labelled) + len(guess.assigned)
    return 2 * hits / total if total else 1.0
