"""What an import would do: which entries are new, which are there already, and everything that is wrong with the others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from training.exchange.complete import Defaults, faults_of, item_of
from training.exchange.labelled import Labelled
from training.exchange.names import resolved
from training.faults import SIMILAR
from training.labels import Fault, Item, Labels
from training.similarity import near_duplicates

__all__ = ["Plan", "planned"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The outcome: `new` items; `replaced`, pairs of an item as it is and as it shall be; how many entries are the `same` as another.

    `near` are entries left out as near-duplicates of another, a warning each; with any of `faults` nothing is to be written.
    """

    new: tuple[Item, ...]
    replaced: tuple[tuple[Item, Item], ...]
    same: int
    conflicts: int
    near: tuple[Fault, ...]
    faults: tuple[Fault, ...]


def planned(labels: Labels, found: Iterable[Labelled | Fault], defaults: Defaults, *, replacing: bool) -> Plan:
    """Compare entries, in their order, with `labels`; with `replacing` the themes of an entry win over those of the item with its text."""
    planning = _Planning(labels, defaults, replacing)
    for one in found:
        if isinstance(one, Fault):
            planning.faults.append(one)
        else:
            planning.add(one)
    kept, near = _without_near(labels.items, planning.new)
    return Plan(
        tuple(_with_ids(kept, labels.items, defaults.name)),
        tuple(planning.replaced),
        planning.same,
        planning.conflicts,
        tuple(near),
        tuple(planning.faults),
    )


@dataclass(slots=True)
class _Planning:
    labels: Labels
    defaults: Defaults
    replacing: bool
    new: list[Item] = field(default_factory=list)
    replaced: list[tuple[Item, Item]] = field(default_factory=list)
    same: int = 0
    conflicts: int = 0
    faults: list[Fault] = field(default_factory=list)
    there: dict[str, Item] = field(init=False)
    read: dict[str, Item] = field(default_factory=dict)
    ids: dict[str, str] = field(init=False)  # and where each is used

    def __post_init__(self) -> None:
        self.there = {item.text: item for item in reversed(self.labels.items)}
        self.ids = {item.id: item.where for item in self.labels.items}

    def add(self, entry: Labelled) -> None:
        """Put an entry where it belongs: new, the same, replaced, or at fault."""
        themes, faults = resolved(entry.themes, self.labels.codebook, entry.where)
        item = item_of(entry, themes, self.defaults)
        faults += faults_of(item)
        if faults:
            self.faults += faults
            return
        earlier, there = self.read.setdefault(item.text, item), self.there.get(item.text)
        if earlier is not item:
            self._again(item, earlier)
        elif there is None:
            self._new(item)
        elif set(there.themes) == set(themes):
            self.same += 1
        elif self.replacing:
            self.replaced.append((there, replace(item, id=there.id, kind=there.kind, source=there.source)))
        else:
            self._conflict(item, there, "要以新标注为准请加 --replace", "add --replace to take the new themes")

    def _new(self, item: Item) -> None:
        if (used := self.ids.setdefault(item.id, item.where)) != item.where and item.id:
            self.faults.append(
                Fault(
                    item.where,
                    f"id {item.id} 已用于 {used};请换一个,或留空由程序编号",
                    f"id {item.id} is already that of {used}; change it, or leave it empty to have one made",
                )
            )
        self.new.append(item)

    def _again(self, item: Item, earlier: Item) -> None:
        if set(item.themes) == set(earlier.themes):
            self.same += 1
        else:
            self._conflict(item, earlier, "请留下一条", "keep one of them")

    def _conflict(self, item: Item, other: Item, zh: str, en: str) -> None:
        self.conflicts += 1
        here, there = ("、".join(one.themes) or "无" for one in (item, other))
        self.faults.append(
            Fault(
                item.where,
                f"与 {other.where} 文字相同而主题不同(此处 {here};彼处 {there});{zh}",
                f"has the text of {other.where} with other themes; {en}",
            )
        )


def _without_near(there: tuple[Item, ...], new: list[Item]) -> tuple[list[Item], list[Fault]]:
    """The new items without those that `labels check` would call near-duplicates of an item or an earlier new one, and why."""
    items = [*there, *new]
    out: dict[int, Fault] = {}
    for earlier, later, similarity in near_duplicates([item.text for item in items], SIMILAR) if new else ():
        if later >= len(there) and earlier not in out and later not in out:
            a, b = items[earlier], items[later]
            out[later] = Fault(
                b.where,
                f"与 {a.where} 近似重复(相似度 {similarity:.2f}),不导入;如确有新意请改写",
                f"is a near-duplicate of {a.where} ({similarity:.2f}), left out; reword it if it adds something",
            )
    return [item for at, item in enumerate(new, len(there)) if at not in out], list(out.values())


def _with_ids(new: list[Item], there: tuple[Item, ...], name: str) -> Iterable[Item]:
    """`new` with ids where they have none, numbered on from the last of that name."""
    ids = {item.id for item in (*there, *new)}
    made = re.compile(rf"{re.escape(name)}-([0-9]{{1,9}})")
    number = max((int(found[1]) for one in ids if (found := made.fullmatch(one))), default=0)
    for item in new:
        number += not item.id
        yield item if item.id else replace(item, id=f"{name}-{number:04d}")
