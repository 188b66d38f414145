"""The quality checks of training/checks over the store's labels, as a job. Nothing is written but the job's own result."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from service.database.database import Database, now
from service.database.tables import extras
from service.jobs.child.lifeline import say
from service.labels.find import Filter, Labelled, find
from service.labels.themes import codebook_of
from training.checks import KINDS, Annotation, Checks, Finding, check, text_digest
from training.labels import Item

__all__ = ["SHOWN", "run_checks"]

SHOWN = 100  # findings of a kind that are kept, the strongest
LONGEST = 300  # characters of a text that are kept with a finding
PAGE = 5_000
NICE = 10  # how far they step back behind requests
STEPS = 9  # foreseen: two and what a training of five folds reports


@dataclass(slots=True)
class _Read:
    """What the store holds: items for training, everything said of them, and the texts' numbers by their names."""

    items: list[Item] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)


def run_checks(database: Database, asked: Mapping[str, Any]) -> None:
    """Check the labels as they are now; `asked["suspicious"]` adds those that held-out models contradict, which takes a training."""
    os.nice(NICE)
    report = _Steps().next
    report("读出标注")
    with database.read() as connection:
        codebook = codebook_of(connection)
        words = connection.scalar(select(extras.c.value).where(extras.c.name == "lexicon.txt")) or ""
        read = _read(connection, {theme.id: theme.name for theme in codebook.active})
    lexicon = tuple(filter(None, map(str.strip, str(words).splitlines())))
    found = check(
        read.items, read.annotations, codebook, suspicious=asked["suspicious"], lexicon=lexicon, report=report
    )
    say(done=STEPS, total=STEPS)
    message = f"查出 {len(found.findings)} 处 ({len(found.findings)} findings)"
    say(end="done", message=message, result=_result(found, read.ids))


class _Steps:
    def __init__(self) -> None:
        self._done = -1

    def next(self, line: str) -> None:
        self._done = min(self._done + 1, STEPS - 1)
        say(done=self._done, total=STEPS, message=line)


def _read(connection: Connection, names: Mapping[str, str]) -> _Read:
    read = _Read()
    for one in _labelled(connection):
        read.ids[one.name] = one.id
        themes = tuple(names[theme] for theme in one.themes if theme in names)
        read.items.append(Item(one.name, one.kind, one.text, themes, one.source, "", "", one.name))
        digest = text_digest(one.text)
        read.annotations += [Annotation(digest, said.annotator, said.themes, said.at) for said in one.said]
    return read


def _labelled(connection: Connection) -> Iterator[Labelled]:
    """Those that are trained on."""
    after = 0
    while page := find(connection, Filter(protected=False), after, PAGE):
        yield from (one for one in page if one.state != "open")
        after = page[-1].id


def _result(checks: Checks, ids: Mapping[str, int]) -> dict[str, Any]:
    kinds = [kind for kind in KINDS if checks.suspicious or kind not in ("unlikely", "missing")]
    return {
        "items": checks.items,
        "suspicious": checks.suspicious,
        "at": now(),
        "kinds": {
            kind: {"count": len(checks.of(kind)), "shown": [_told(one, ids) for one in checks.of(kind)[:SHOWN]]}
            for kind in kinds
        },
    }


def _told(finding: Finding, ids: Mapping[str, int]) -> dict[str, Any]:
    return {
        "where": finding.where,
        "zh": finding.zh,
        "theme": finding.theme,
        "texts": [
            {"id": ids.get(name), "text": text[:LONGEST], "cut": len(text) > LONGEST}
            for name, text in zip(finding.ids, (*finding.texts, *[""] * len(finding.ids)), strict=False)
        ],
    }
