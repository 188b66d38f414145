"""May a candidate replace the live model? The comparison says (see compare/verdict.py for the rule); `force` overrules it."""

from __future__ import annotations

from pathlib import Path

from policy_themes.errors import InputError, ModelDamaged, ModelError, PromotionRefused
from policy_themes.store import load_model
from policy_themes.versions import Promotion, Versions
from training.compare.comparison import Comparison, compare

__all__ = ["Comparison", "compare", "promote"]


def promote(
    versions: Versions,
    candidate: str,
    at: str,
    *,
    force: bool = False,
    note: str = "",
    by: str = "",
    labels: Path | None = None,
) -> Comparison | None:
    """Make `candidate` live if the comparison with the live model lets it pass, or if forced; gives the comparison, if any was due.

    `at` is when (ISO 8601), `by` who; `labels` as for `compare`. Raises InputError for a force without a note; ModelMissing,
    ModelDamaged or ModelForeign for a candidate that does not load, forced or not; PromotionRefused with the reasons in words. The
    live model then stays.
    """
    if force and not note.strip():
        raise InputError("强制上线须用 --note 写明原因", "--force needs a --note that says why")
    load_model(versions.path(candidate))
    live = _live(versions)
    comparison = None
    if live and live != candidate and live in versions.names():
        try:
            comparison = compare(versions, live, candidate, labels)
        except ModelError:
            if not force:
                raise
        if comparison and not comparison.better and not force:
            raise _refused(comparison)
    promotion = Promotion(candidate, at, "force" if force else "promote", note, by)
    versions.go_live(promotion, over=live if comparison and live and not force else "")
    return comparison


def _live(versions: Versions) -> str | None:
    """The live version; None also where `current` is damaged: promoting one that loads is what mends it."""
    try:
        return versions.live()
    except ModelDamaged:
        return None


def _refused(comparison: Comparison) -> PromotionRefused:
    against = comparison.verdict.against
    names = f"{comparison.live} {comparison.candidate}"
    return PromotionRefused(
        f"{';'.join(reason.zh for reason in against)}。详见 policy-themes models compare {names} -o 比较.html;"
        "如确需上线,请加 --force 并写明 --note",
        f"{'; '.join(reason.en for reason in against)}. See `policy-themes models compare {names} -o comparison.html`; "
        "to promote it all the same, give --force and a --note",
        where=comparison.candidate,
    )
