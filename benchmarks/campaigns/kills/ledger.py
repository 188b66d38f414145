"""What the service said yes to: the promise that a kill must not break."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from policy_themes.store import load_model
from policy_themes.versions import Versions
from service.database.database import Database
from service.database.office_tables import jobs
from service.database.tables import texts

__all__ = ["Ledger"]


@dataclass(slots=True)
class Ledger:
    """Acknowledged: batches of labels (the texts of each) and imports (job id -> texts), and promotions in order.

    `asked` holds what was sent, acknowledged or not: each batch and file has to be there whole or not at all.
    """

    asked: dict[str, list[str]] = field(default_factory=dict)
    recorded: list[str] = field(default_factory=list)  # keys of `asked` whose labels were acknowledged
    imports: dict[str, str] = field(default_factory=dict)  # job id -> key of `asked`
    runs: list[str] = field(default_factory=list)
    promoted: list[str] = field(default_factory=list)

    def kept(self) -> Counter[str]:
        """How much was promised."""
        return Counter(
            labels=len(self.recorded), imports=len(self.imports), runs=len(self.runs), promotions=len(self.promoted)
        )

    def faults(self, store: str, models: Path) -> list[str]:
        """What was promised and is not so, in words; nothing if all is well."""
        found = [*self._labels(store), *self._models(models)]
        return list(dict.fromkeys(found))

    def unfinished(self, store: str) -> list[str]:
        """Imports and training runs that were accepted and have not come to an end that they tell; imports must have been done."""
        states = self._states(store)
        left = [f"import {job}: {states.get(job)}" for job in self.imports if states.get(job) != "done"]
        return left + [
            f"run {job}: {states.get(job)}" for job in self.runs if states.get(job) in (None, "running", "waiting")
        ]

    def _labels(self, store: str) -> list[str]:
        states = self._states(store)  # before the texts: an import may end meanwhile
        database = Database.open(store)
        with database.read() as connection:
            kept = set(connection.scalars(select(texts.c.text)))
        database.close()
        halves = [key for key, sent in self.asked.items() if 0 < sum(text in kept for text in sent) < len(sent)]
        due = [*self.recorded, *(key for job, key in self.imports.items() if states.get(job) == "done")]
        lost = [key for key in due if not kept.issuperset(self.asked[key])]
        gone = [job for job in (*self.imports, *self.runs) if job not in states]
        return (
            [f"half of {key}" for key in halves]
            + [f"lost: {key}" for key in lost]
            + [f"lost: job {job}" for job in gone]
        )

    def _models(self, models: Path) -> list[str]:
        versions = Versions(models)
        load_model(versions.live_folder())  # raises, with the reason, if it does not load
        steps = iter(step.note for step in versions.history())
        return [f"promotion lost: {note}" for note in self.promoted if note not in steps]

    def _states(self, store: str) -> dict[str, str]:
        database = Database.open(store)
        with database.read() as connection:
            states = {row.id: row.state for row in connection.execute(select(jobs.c.id, jobs.c.state))}
        database.close()
        return states
