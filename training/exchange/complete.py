"""An entry of a file -> an item of labels/: what it lacks is filled in, and what is wrong with it is told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from policy_themes.errors import TextError
from policy_themes.tagging.text import checked
from training.exchange.labelled import MAX_FIELD, Labelled
from training.labels import MAX_CHARACTERS, Fault, Item

__all__ = ["Defaults", "faults_of", "item_of"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Defaults:
    """What an entry is given where its file says nothing; an empty source is the file's name, and an id is `name`-0001 and so on."""

    name: str
    kind: str
    source: str
    annotator: str
    date: str


def item_of(entry: Labelled, themes: tuple[str, ...], defaults: Defaults) -> Item:
    """An entry with what it lacks filled in, its id apart.

    A number is no id: rows and tasks of other programs are numbered from one, in each file anew.
    """
    return Item(
        id="" if entry.id.strip().isdigit() else entry.id.strip(),
        kind=entry.kind or defaults.kind,
        text=entry.text,
        themes=themes,
        source=entry.source or defaults.source or Path(entry.where.rpartition(":")[0]).stem,
        annotator=entry.annotator or defaults.annotator,
        date=entry.date or defaults.date,
        where=entry.where,
    )


def faults_of(item: Item) -> list[Fault]:
    """Everything for which `labels check` would refuse the item, and fields too long to read."""
    found = []
    if item.kind not in MAX_CHARACTERS:
        found.append(
            Fault(
                item.where,
                f"kind 应为 section 或 clause,现为“{item.kind[:20]}”",
                f"kind must be section or clause, not {item.kind[:20]!r}",
            )
        )
    try:
        checked(item.text, MAX_CHARACTERS.get(item.kind, max(MAX_CHARACTERS.values())))
    except TextError as error:
        found.append(Fault(item.where, error.zh, error.en))
    for name in ("id", "source", "annotator", "date"):
        value = getattr(item, name)
        if len(value) > MAX_FIELD or _CONTROL.search(value):
            found.append(
                Fault(
                    item.where,
                    f"{name} 应为一行、至多 {MAX_FIELD} 个字符,请改短",
                    f"{name} must be one line of at most {MAX_FIELD} characters; shorten it",
                )
            )
    return found
