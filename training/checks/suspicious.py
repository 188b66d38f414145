"""Labels that a model of the other folds contradicts: most are right and the model wrong, but wrong labels are among them far more
often than elsewhere: of 1,746 items so contradicted and read again, 164 were corrected (labels/README.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from policy_themes.tagging.scorer import Floats
from policy_themes.themes import Codebook
from training.calibrate import calibrate
from training.checks.few import LEAST
from training.checks.finding import Finding
from training.checks.unseen import Unseen, unseen
from training.folds import groups
from training.labels import Item, Labels
from training.prepare import Examples, prepare

__all__ = ["suspicious"]

LOW = 0.05  # a labelled theme with a held-out probability up to this is suspicious
HIGH = 0.8  # and one that is not labelled, from this on


def suspicious(
    items: Sequence[Item], codebook: Codebook, lexicon: Sequence[str], report: Callable[[str], None]
) -> list[Finding]:
    """Findings `unlikely` (labelled, the model says no) and `missing` (not labelled, the model says yes). Trains five models.

    A theme that too few items of the other folds carry is not judged.
    """
    if not items:
        return []
    prepared = prepare(Labels(codebook, tuple(lexicon), tuple(items), ()))
    result = unseen(prepared.items, groups(items, report), prepared.phrases, LEAST, report)
    if result is None:
        report("标注太少,无法判断可疑标注 (too few labels to tell suspicious ones)")
        return []
    probabilities = _probabilities(items, prepared.items, result.scores)
    carried = prepared.items.carried
    unlikely = carried & (probabilities <= LOW)
    missing = ~carried & (probabilities >= HIGH)
    names = [theme.name for theme in codebook.active]
    return [
        _finding(items[at], names[theme], float(probabilities[at, theme]), _words(result, prepared.items, at, theme))
        for at, theme in np.argwhere((unlikely | missing) & result.judged).tolist()
    ]


def _probabilities(items: Sequence[Item], examples: Examples, scores: Floats) -> Floats:
    """Calibrated on sections and on clauses apart: a clause that carries a theme scores higher than a section does."""
    result = np.zeros_like(scores)
    for kind in sorted({item.kind for item in items}):
        places = [at for at, item in enumerate(items) if item.kind == kind]
        result[places] = calibrate(scores[places], examples.carried[places]).probabilities(scores[places])
    return result


def _words(result: Unseen, examples: Examples, at: int, theme: int) -> tuple[str, ...]:
    return result.words(at, theme, examples.texts[at], against=bool(examples.carried[at, theme]))


def _finding(item: Item, theme: str, probability: float, words: tuple[str, ...]) -> Finding:
    shown = "、".join(item.themes) or "无"
    if theme in item.themes:
        kind, strength = "unlikely", 1 - probability
        zh = f"标了“{theme}”(现标注 {shown}),未见过本条的模型只给 {probability:.3f}"
        en = f"is labelled {theme}, to which a model that has not seen it gives {probability:.3f}"
        zh_words, en_words = "不像的词", "words against"
    else:
        kind, strength = "missing", probability
        zh = f"没标“{theme}”(现标注 {shown}),未见过本条的模型给 {probability:.3f}"
        en = f"is not labelled {theme}, to which a model that has not seen it gives {probability:.3f}"
        zh_words, en_words = "依据的词", "words for"
    if words:
        zh, en = f"{zh};{zh_words}:{'、'.join(words)}", f"{en}; {en_words}: {', '.join(words)}"
    return Finding(
        kind,
        item.where,
        zh + ";请核对",
        en + "; check it",
        strength,
        (item.id,),
        (item.text,),
        theme,
        probability,
        words,
    )
