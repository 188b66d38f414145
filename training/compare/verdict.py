"""May the candidate replace the live model? The rule, and its reasons in words.

On each of the two sets, the protected sections and the held-out ones, over the themes that both models know:

- fewer than LEAST_COMMON common sections decide nothing; if that holds of both sets, the candidate is refused.
- The candidate's micro-F1 must be at least the live model's, to four decimals. A fall of less than TOLERANCE passes too if its
  95% interval reaches 0: then it cannot be told from chance, and what a bad draw could cost is half a point. A fall of TOLERANCE or
  more is refused though its interval may reach 0: a small set would excuse anything. The reason then says that more labelled
  sections would tell.
- No theme that LEAST_SUPPORT sections or more carry may fall with its whole interval below 0 (intervals that hold for all themes
  together, see difference.py), however good the whole is.

A new theme has no live figure to fall from, and one that the candidate no longer knows none to rise to: they are told and decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from training.compare.difference import LEAST_SUPPORT, SetDifference, ThemeDifference

__all__ = ["LEAST_COMMON", "SETS", "TOLERANCE", "Reason", "Verdict", "judge"]

LEAST_COMMON = 20  # sections below which a comparison says nothing
TOLERANCE = 0.005  # of micro-F1

SETS = {"protected": ("受保护的测试文本", "protected sections"), "held_out": ("留出文本", "held-out sections")}


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding in words; `against` if it alone refuses the candidate."""

    against: bool
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh} ({self.en})"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the candidate may be promoted, and why."""

    passes: bool
    reasons: tuple[Reason, ...]

    @property
    def against(self) -> tuple[Reason, ...]:
        """The reasons that refuse it."""
        return tuple(reason for reason in self.reasons if reason.against)


def judge(sets: Sequence[SetDifference], new: Sequence[str], removed: Sequence[str]) -> Verdict:
    """By the rule above; `new` and `removed` name the themes that only one of the two knows."""
    reasons = [reason for one in sets for reason in _of_set(one)]
    if all(one.sections < LEAST_COMMON for one in sets):
        most = max((one.sections for one in sets), default=0)
        reasons.append(
            Reason(
                True,
                f"相同的文本太少(至多 {most} 段,至少需要 {LEAST_COMMON} 段),无法比较;请补充 labels/protected.jsonl",
                f"too few common sections to compare ({most} at most, {LEAST_COMMON} needed); add to labels/protected.jsonl",
            )
        )
    reasons += [
        Reason(
            False, f"新主题“{name}”上线版没有,不计入比较", f"theme {name} is new: the live model lacks it, not compared"
        )
        for name in new
    ]
    reasons += [
        Reason(False, f"主题“{name}”候选版不再有,不计入比较", f"theme {name} is gone from the candidate, not compared")
        for name in removed
    ]
    return Verdict(not any(reason.against for reason in reasons), tuple(reasons))


def _of_set(one: SetDifference) -> Iterator[Reason]:
    zh, en = SETS[one.name]
    if one.sections < LEAST_COMMON:
        yield Reason(
            False, f"{zh}只有 {one.sections} 段相同,不足以判断", f"only {one.sections} common {en}, too few to tell"
        )
        return
    yield _overall(one)
    for theme in one.themes:
        if theme.support >= LEAST_SUPPORT and theme.f1.falls:
            yield _theme(one, theme)


def _overall(one: SetDifference) -> Reason:
    (zh, en), micro, fall = SETS[one.name], one.micro, -one.micro.change
    figures = f"{micro.live:.4f} → {micro.candidate:.4f}, {micro.change:+.4f} [{micro.low:+.4f}, {micro.high:+.4f}]"
    zh, en = f"{zh} {one.sections} 段 micro-F1 {figures}", f"micro-F1 on {one.sections} {en} {figures}"
    if fall <= 0:
        return Reason(False, f"{zh}:不差于上线版", f"{en}: at least as good")
    if micro.falls:
        return Reason(True, f"{zh}:不如上线版,差距超出误差范围", f"{en}: worse than live, beyond chance")
    if fall < TOLERANCE:
        return Reason(
            False, f"{zh}:略低,但在误差范围内且不到 {TOLERANCE}", f"{en}: lower, within chance and below {TOLERANCE}"
        )
    return Reason(
        True,
        f"{zh}:不如上线版;区间含 0,可能是偶然,但降幅达到 {TOLERANCE};增加受保护的测试文本可以看清",
        f"{en}: worse than live; it may be chance, but the fall reaches {TOLERANCE}; more protected sections would tell",
    )


def _theme(one: SetDifference, theme: ThemeDifference) -> Reason:
    (zh, en), f1 = SETS[one.name], theme.f1
    figures = f"F1 {f1.live:.3f} → {f1.candidate:.3f} [{f1.low:+.3f}, {f1.high:+.3f}]"
    return Reason(
        True,
        f"主题“{theme.name}”在{zh}上明显变差:{figures}({theme.support} 段)",
        f"theme {theme.name} is clearly worse on {en}: {figures}, {theme.support} sections",
    )
