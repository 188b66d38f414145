"""The run: units in, outcomes out in the same order, each kept in the journal before it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from policy_themes.batch.journal import Journal
from policy_themes.batch.result import Outcome, Writer
from policy_themes.batch.units import Unit
from policy_themes.batch.work import outcome_of
from policy_themes.tagging.tagger import Options, Tagger

__all__ = ["Engine", "in_process", "run"]

# Takes numbered units, gives the number and outcome of each as they are done.
Engine = Callable[[Iterable[tuple[int, Unit]]], Iterator[tuple[int, Outcome]]]


def in_process(model: Path, options: Options) -> Engine:
    """One unit after the other, here: for tables too small to be worth a pool."""
    tagger = Tagger.load(model)
    return lambda units: ((index, outcome_of(unit, tagger, options)) for index, unit in units)


def run(units: Iterable[Unit], engine: Engine, journal: Journal, write: Writer) -> None:
    """Do what the journal has not, and write every outcome in the order of the units. What stands in a table behind a fault is not
    written, as it is not read where rows are read here."""
    keys: dict[int, str] = {}
    tables: dict[int, str] = {}
    written = count = 0
    ended = ""

    def wanted() -> Iterator[tuple[int, Unit]]:
        nonlocal count
        for index, unit in enumerate(units):
            count = index + 1
            key, tables[index] = unit.key, unit.table
            if not journal.has(index, key):
                keys[index] = key
                yield index, unit

    def put() -> None:
        nonlocal written, ended
        outcome, table = journal.outcome(written), tables.pop(written)
        if not table or table != ended:
            write(outcome)
        if table and outcome.failures:
            ended = table
        written += 1

    for index, outcome in engine(wanted()):
        journal.add(index, keys.pop(index), outcome)
        while written < count and written not in keys:
            put()
    while written < count:
        put()
