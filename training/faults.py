"""What is wrong with a labels folder: faulty lines, repeated ids, duplicates, one text with two labels, and protected
items that training would see all the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from training.labels import Fault, Item, Labels
from training.similarity import near_duplicates

__all__ = ["SIMILAR", "faults"]

SIMILAR = 0.6  # Jaccard similarity of character shingles over which two items count as one


def faults(labels: Labels) -> list[Fault]:
    """All faults of a labels folder, line faults first, each with file and line."""
    items = [*labels.items, *labels.protected]
    return [*labels.faults, *_repeated_ids(items), *_duplicates(items, len(labels.items))]


def _repeated_ids(items: Sequence[Item]) -> Iterator[Fault]:
    count = Counter(item.id for item in items)
    first: dict[str, str] = {}
    for item in items:
        if count[item.id] > 1 and first.setdefault(item.id, item.where) != item.where:
            yield Fault(
                item.where, f"id {item.id} 已用于 {first[item.id]}", f"id {item.id} is already that of {first[item.id]}"
            )


def _duplicates(items: Sequence[Item], trained: int) -> Iterator[Fault]:
    """Of items of which the first `trained` are for training and the rest protected."""
    for earlier, later, similarity in near_duplicates([item.text for item in items], SIMILAR):
        a, b = items[earlier], items[later]
        if earlier < trained <= later:
            yield Fault(
                b.where,
                f"受保护的测试文本与训练文本 {a.where} 相同或近似(相似度 {similarity:.2f}),会泄漏答案;请删去其中一条",
                f"a protected item is too like {a.where} ({similarity:.2f}), which is trained on; delete one of the two",
            )
        elif a.text == b.text and set(a.themes) != set(b.themes):
            yield Fault(
                b.where,
                f"与 {a.where} 文字相同而主题不同({'、'.join(a.themes) or '无'};{'、'.join(b.themes) or '无'})",
                f"has the text of {a.where} with other themes",
            )
        elif a.text == b.text:
            yield Fault(b.where, f"与 {a.where} 重复,请删去一条", f"repeats {a.where}; delete one")
        else:
            yield Fault(
                b.where,
                f"与 {a.where} 近似重复(相似度 {similarity:.2f})",
                f"is a near-duplicate of {a.where} ({similarity:.2f})",
            )
