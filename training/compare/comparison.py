"""A candidate against the live model, on sections that neither was trained on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from policy_themes.errors import LabelError
from policy_themes.versions import Versions
from training.compare.changed import Changed, changed
from training.compare.difference import SetDifference, differences
from training.compare.pairs import held_out_pairs, known_themes, protected_pairs
from training.compare.verdict import Verdict, judge
from training.heldout import digest_of
from training.labels import Labels, read_labels

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`live` and `candidate` name versions. `sets` holds the protected sections, then the held-out ones, each only if both models
    answered any; `new` and `removed` name the themes that only the candidate, only the live model knows."""

    live: str
    candidate: str
    sets: tuple[SetDifference, ...]
    new: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[Changed, ...]
    verdict: Verdict

    @property
    def better(self) -> bool:
        """Whether the candidate may be promoted: at least as good, by the rule in verdict.py."""
        return self.verdict.passes

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.live} → {self.candidate}"
        for reason in self.verdict.reasons:
            yield f"{'✗' if reason.against else '·'} {reason}"
        count = {outcome: sum(one.outcome == outcome for one in self.changed) for outcome in ("better", "worse")}
        yield (
            f"· {len(self.changed)} 段的主题有变:{count['better']} 段变好,{count['worse']} 段变差 "
            f"({len(self.changed)} sections change: {count['better']} better, {count['worse']} worse)"
        )
        yield "结论:可以上线 (may be promoted)" if self.better else "结论:不宜上线 (refused)"


def compare(versions: Versions, live: str, candidate: str, labels: Path | None = None) -> Comparison:
    """Compare two versions by what each said of sections it was not trained on; the candidate's labels are the truth.

    `labels` is a labels folder: it gives changed texts, of which model folders keep only digests, and the protected sections
    for a candidate that keeps none. Raises ModelMissing, ModelDamaged or ModelForeign if a version cannot be read.
    """
    old, new = versions.path(live), versions.path(candidate)
    there = _labels(labels) if labels else None
    known = known_themes(old, new)
    pairs = [one for one in (protected_pairs(old, new, there), held_out_pairs(old, new)) if one.rows]
    texts = _texts(there) if there else {}
    sets = tuple(differences(one, known) for one in pairs) if known.common else ()
    added = tuple(known.candidate[key] for key in known.new)
    removed = tuple(known.live[key] for key in known.removed)
    return Comparison(
        live=live,
        candidate=candidate,
        sets=sets,
        new=added,
        removed=removed,
        changed=tuple(one for pair in pairs for one in changed(pair, known, texts)),
        verdict=judge(sets, added, removed),
    )


def _labels(folder: Path) -> Labels | None:
    """None if the folder holds no labels (they may all be in a database). Raises CodebookError."""
    try:
        return read_labels(folder)
    except LabelError:
        return None


def _texts(labels: Labels) -> dict[str, str]:
    return {digest_of(item.text): item.text for item in (*labels.items, *labels.protected)}
