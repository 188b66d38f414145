"""Texts that stand in the labels twice, or nearly so, and texts of which annotators say different things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from policy_themes.themes import Codebook
from training.checks.finding import Annotation, Finding, text_digest
from training.faults import SIMILAR
from training.labels import Item
from training.similarity import near_duplicates

__all__ = ["conflicts", "repeats"]


def repeats(items: Sequence[Item]) -> list[Finding]:
    """A finding for each pair of items whose texts are the same or nearly so: `duplicate` where they carry the same themes,
    else `contradiction`."""
    return [
        _pair(items[earlier], items[later], similarity)
        for earlier, later, similarity in near_duplicates([item.text for item in items], SIMILAR)
    ]


def conflicts(items: Iterable[Item], by_text: Mapping[str, Sequence[Annotation]], codebook: Codebook) -> list[Finding]:
    """A finding for each text to which its annotators (one annotation each, see finding.latest) gave different themes."""
    known: dict[str, Item] = {}
    for item in items:
        known.setdefault(text_digest(item.text), item)
    found = []
    for digest, group in by_text.items():
        themes = {one.annotator: _present(one.themes, codebook) for one in group}
        if len(set(themes.values())) > 1:
            found.append(_conflict(digest, themes, known.get(digest)))
    return found


def _pair(a: Item, b: Item, similarity: float) -> Finding:
    same = a.text == b.text
    zh = f"与 {a.where} " + ("文字相同" if same else f"近似(相似度 {similarity:.2f})")
    en = f"has the text of {a.where}" if same else f"is a near-duplicate of {a.where} ({similarity:.2f})"
    texts = (b.text,) if same else (b.text, a.text)
    kind = "duplicate" if set(a.themes) == set(b.themes) else "contradiction"
    if kind == "duplicate":
        zh, en = f"{zh},主题也相同;请删去一条", f"{en} with the same themes; delete one"
    else:
        zh += f"而主题不同(此处 {_shown(b.themes)};彼处 {_shown(a.themes)});请核对,留下一条"
        en += f" with other themes (here {_shown(b.themes)}; there {_shown(a.themes)}); settle them and keep one"
    return Finding(kind, b.where, zh, en, similarity, (b.id, a.id), texts)


def _conflict(digest: str, themes: Mapping[str, frozenset[str]], item: Item | None) -> Finding:
    """`strength` is one minus the mean Jaccard similarity between annotators."""
    likeness = [len(a & b) / len(a | b) if a | b else 1.0 for a, b in combinations(themes.values(), 2)]
    open_ = sorted(frozenset.union(*themes.values()) - frozenset.intersection(*themes.values()))
    said = ";".join(f"{annotator}:{_shown(sorted(given))}" for annotator, given in themes.items())
    return Finding(
        "conflict",
        item.where if item else digest[:12],
        f"分歧在 {'、'.join(open_)}({said});请商定一个结果",
        f"annotators differ on {', '.join(open_)} ({said}); settle it",
        1 - sum(likeness) / len(likeness),
        (item.id,) if item else (),
        (item.text,) if item else (),
    )


def _present(themes: Iterable[str], codebook: Codebook) -> frozenset[str]:
    """Names as they are today; a theme that the codebook does not have stays as it is written."""
    return frozenset(codebook.name_of(theme) or theme for theme in themes)


def _shown(themes: Iterable[str]) -> str:
    return "、".join(themes) or "无"
