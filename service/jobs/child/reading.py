"""The entries of an imported file, as labels for the store."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from policy_themes.themes import Codebook
from service.jobs.child.lifeline import say
from service.labels.entry import Entry
from training.exchange import Labelled, read_bytes
from training.exchange.complete import Defaults, faults_of, item_of
from training.exchange.names import resolved
from training.labels import Fault, Item

__all__ = ["Given", "Read", "read_entries"]

STEP = 5_000  # entries between two messages
_DATE = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?!\d).*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Given:
    """A label from a file: as the store takes it, and where it stood. `unlabelled` marks a text without one, that is to be labelled."""

    entry: Entry
    where: str
    unlabelled: bool


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds: its entries, what is wrong with others, and warnings of those left out as near-duplicates."""

    entries: tuple[Given, ...]
    faults: tuple[Fault, ...]
    near: tuple[Fault, ...] = ()


def read_entries(data: bytes, asked: Mapping[str, Any], codebook: Codebook, by: str, today: str) -> Read:
    """The file `asked["name"]`; what it does not say is filled in as `asked` says, the annotator else being `by`."""
    ids = {theme.name: theme.id for theme in codebook.themes}
    defaults = Defaults("", asked["kind"], asked["source"], asked["annotator"] or by, today)
    names: dict[tuple[str, ...], tuple[str, ...]] = {}  # files name the same themes again and again
    entries: list[Given] = []
    faults: list[Fault] = []
    for number, found in enumerate(read_bytes(data, asked["name"], codebook, asked["format"])):
        if number % STEP == 0:
            say(done=0, total=0, message=f"读取第 {number} 条 (reading entry {number})")
        if isinstance(found, Fault):
            faults.append(found)
            continue
        themes, wrong = _themes(found, codebook, names)
        item = item_of(found, themes, defaults)
        if wrong := [*wrong, *faults_of(item), *_date_faults(item)]:
            faults += wrong
            continue
        unlabelled = asked["unlabelled"] and not themes
        entries.append(Given(_entry(item, ids, asked), found.where, unlabelled))
    return Read(tuple(entries), tuple(faults))


def _themes(
    found: Labelled, codebook: Codebook, known: dict[tuple[str, ...], tuple[str, ...]]
) -> tuple[tuple[str, ...], list[Fault]]:
    if found.themes in known:
        return known[found.themes], []
    themes, wrong = resolved(found.themes, codebook, found.where)
    if not wrong:
        known[found.themes] = themes
    return themes, wrong


def _date_faults(item: Item) -> list[Fault]:
    if _DATE.match(item.date):
        return []
    shown = item.date[:20]
    zh, en = f"日期“{shown}”应写作 2026-01-31", f"the date {shown!r} must be written 2026-01-31"
    return [Fault(item.where, zh, en)]


def _entry(item: Item, ids: Mapping[str, str], asked: Mapping[str, Any]) -> Entry:
    year, month, day = _DATE.sub(r"\1 \2 \3", item.date).split()
    made = Entry(item.text, tuple(ids[name] for name in item.themes), item.annotator, f"{year}-{month:0>2}-{day:0>2}")
    return replace(
        made,
        kind=item.kind,
        name=item.id,
        source=item.source,
        protected=asked["protected"],
        final=asked.get("final", False),
    )
