"""All checks of labels before training, and what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from policy_themes.themes import Codebook
from training.checks.agreement import Agreement, agreement, low_agreement
from training.checks.few import few_items
from training.checks.finding import KINDS, Annotation, Finding, latest
from training.checks.repeats import conflicts, repeats
from training.labels import Item

__all__ = ["Checks", "check"]


@dataclass(frozen=True, slots=True)
class Checks:
    """Of `items` items: the `findings`, by kind in the order of KINDS and the strongest first, and the annotators' agreement.

    Where `suspicious` is false, the kinds unlikely and missing were not looked for.
    """

    items: int
    findings: tuple[Finding, ...]
    agreement: Agreement
    suspicious: bool

    def of(self, kind: str) -> tuple[Finding, ...]:
        """The findings of one kind, the strongest first."""
        return tuple(finding for finding in self.findings if finding.kind == kind)


def check(
    items: Sequence[Item],
    annotations: Iterable[Annotation],
    codebook: Codebook,
    *,
    suspicious: bool,
    lexicon: Sequence[str] = (),
    report: Callable[[str], None] = lambda _: None,
) -> Checks:
    """Check `items`, whose themes must be active names of `codebook`, and all `annotations` of texts, of these items or others.

    The order of neither matters. `suspicious` adds labels that held-out models contradict, which takes a training; `lexicon` is words
    that its segmenter must know. `report` is told each step. Reads no file.
    """
    items = sorted(items, key=_place)
    by_text = latest(annotations)
    report(f"查找重复与近似重复({len(items)} 条)")
    found = [*repeats(items)]
    report(f"比较标注者({len(by_text)} 段文字)")
    measured = agreement(by_text, codebook)
    found += [*conflicts(items, by_text, codebook), *low_agreement(measured), *few_items(items, codebook)]
    if suspicious:
        from training.checks.suspicious import (
            suspicious as contradicted,
        )  # scikit-learn, which the other checks do without

        found += contradicted(items, codebook, lexicon, report)
    order = {kind: at for at, kind in enumerate(KINDS)}
    # Sorting is stable: findings of the same strength stay in the order of the items, or of the codebook.
    ranked = sorted(found, key=lambda finding: (order[finding.kind], -finding.strength))
    return Checks(len(items), tuple(ranked), measured, suspicious)


def _place(item: Item) -> tuple[str, int, str, str, tuple[str, ...], str]:
    """Files in the order of their names, lines in that of their numbers."""
    file, _, line = item.where.rpartition(":")
    number = int(line) if line.isascii() and line.isdigit() else 0
    return file, number, item.id, item.text, item.themes, item.annotator
