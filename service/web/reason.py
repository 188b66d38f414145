"""Why a text is asked about, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.web.marks import percent

__all__ = ["Reason", "reason_of"]

SURE = 0.85  # a probability from which on the model is said to be fairly sure
SEEN = 0.05  # less is no proposal
NAMED = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """A short name for it, and the sentence."""

    name: str
    said: str


def reason_of(
    *, conflict: int, wanted: str | None, names: Mapping[str, str], scores: Mapping[str, float], doubted: Sequence[str]
) -> Reason:
    """`conflict` is how many differ on it, `wanted` the theme (id) that is looked for, `scores` the model's probabilities by theme id,
    `doubted` the ids it is least sure of, most doubted first; no scores: there is no model."""
    if conflict:
        return Reason("有分歧", f"{conflict} 位标注人说法不同,您的选择就是定稿")
    if not scores:
        return Reason("没有模型", "还没有在用的模型,没有建议可看,请按主题表标注")
    if wanted is not None and wanted in scores:
        return Reason(
            "找主题", f"您要找“{names.get(wanted, wanted)}”的文本,模型认为这条有 {percent(scores[wanted])} 的可能"
        )
    likely = [theme for theme in scores if scores[theme] >= SEEN]
    if not likely:
        return Reason("新的一类", "没有一个主题的可能性超过 5%:可能没有主题,也可能是模型没见过的一类文本")
    unsure = [theme for theme in doubted if theme in names and SEEN <= scores.get(theme, 0) < SURE][:NAMED]
    if unsure:
        shown = "、".join(f"{names[theme]}({percent(scores[theme])})" for theme in unsure)
        return Reason("拿不准", f"模型拿不准:{shown}")
    return Reason("确认一下", "模型比较有把握,请您确认;更拿不准的已经问完,或在别人手里")
