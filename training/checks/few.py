"""Themes with too few labelled items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from policy_themes.themes import Codebook
from training.checks.finding import Finding
from training.labels import Item

__all__ = ["CLAUSES", "LEAST", "SECTIONS", "few_items"]

SECTIONS, CLAUSES = 40, 60  # recommended for a theme (CONTRIBUTING.md)
LEAST = 5  # items without which training refuses a theme (training/run.py)


def few_items(items: Sequence[Item], codebook: Codebook) -> list[Finding]:
    """A finding for each active theme with fewer items than recommended, with what is lacking."""
    count = Counter((theme, item.kind) for item in items for theme in item.themes)
    found = []
    for theme in codebook.active:
        sections, clauses = count[theme.name, "section"], count[theme.name, "clause"]
        if sections < SECTIONS or clauses < CLAUSES:
            found.append(_finding(theme.name, sections, clauses))
    return found


def _finding(name: str, sections: int, clauses: int) -> Finding:
    zh = f"只有 {sections} 段、{clauses} 句,建议至少 {SECTIONS} 段、{CLAUSES} 句"
    en = f"has {sections} sections and {clauses} clauses; {SECTIONS} and {CLAUSES} are recommended"
    if sections + clauses < LEAST:
        zh += f";不足 {LEAST} 条不能训练,请补充或停用该主题"
        en += f"; with fewer than {LEAST} items it cannot be trained: add some or retire it"
        return Finding("few", name, zh, en, 1.0, theme=name)
    lacking = max(0, SECTIONS - sections), max(0, CLAUSES - clauses)
    zh += ";请补充 " + "、".join(f"{n} {unit}" for n, unit in zip(lacking, "段句", strict=True) if n)
    en += "; add " + " and ".join(f"{n} {unit}" for n, unit in zip(lacking, ("sections", "clauses"), strict=True) if n)
    return Finding("few", name, zh, en, sum(lacking) / (SECTIONS + CLAUSES), theme=name)
