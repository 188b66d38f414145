"""What an import would do to the store as it is now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, and_, select

from service.database.chunks import among, chunks
from service.database.tables import labels, texts
from service.jobs.child.reading import Given, Read
from service.labels.entry import Entry
from service.labels.themes import codebook_of
from training.labels import Fault

__all__ = ["Outcome", "outcome_of"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`entries` to be recorded, of which `new` are labels on which their annotator said nothing before and `changed` replace what
    he said; `same` say nothing new. `conflicts` of the `faults` are of one annotator who says two things. `differing` is on how many
    texts annotators would differ. `themes` counts the entries by the name of each theme.
    """

    entries: tuple[Entry, ...]
    unlabelled: tuple[Entry, ...]
    new: int
    changed: int
    same: int
    conflicts: int
    differing: int
    near: tuple[Fault, ...]
    faults: tuple[Fault, ...]
    themes: dict[str, int]


def outcome_of(connection: Connection, read: Read, *, replacing: bool) -> Outcome:
    """Compare entries with the store; with `replacing` they win over what the same annotator said before."""
    settling = _Settling(replacing, *_known(connection, (given.entry.digest for given in read.entries)))
    for given in read.entries:
        settling.add(given)
    names = {theme.id: theme.name for theme in codebook_of(connection).themes}
    count = Counter(names[theme] for entry in settling.entries for theme in entry.themes)
    differing = sum(len(set(map(frozenset, settling.said[digest].values()))) > 1 for digest in settling.touched)
    return Outcome(
        entries=tuple(settling.entries),
        unlabelled=tuple(settling.unlabelled),
        new=len(settling.entries) - settling.changed,
        changed=settling.changed,
        same=settling.same,
        conflicts=settling.conflicts,
        differing=differing,
        near=read.near,
        faults=(*read.faults, *settling.faults),
        themes=dict(count.most_common()),
    )


def _known(
    connection: Connection, digests: Iterable[str]
) -> tuple[dict[str, bool], dict[str, dict[str, tuple[str, ...]]]]:
    """Of texts that the store has, by digest: whether each is protected, and what each annotator says of it."""
    protected: dict[str, bool] = {}
    said: dict[str, dict[str, tuple[str, ...]]] = {}
    of_text = and_(labels.c.text_id == texts.c.id, labels.c.current, ~labels.c.deleted)
    asked = select(texts.c.digest, texts.c.protected, labels.c.annotator, labels.c.themes).outerjoin(labels, of_text)
    for chunk in chunks(sorted(set(digests))):
        for row in connection.execute(asked.where(among(connection, texts.c.digest, chunk))):
            protected[row.digest] = row.protected
            if row.annotator is not None:
                said.setdefault(row.digest, {})[row.annotator] = tuple(row.themes)
    return protected, said


@dataclass(slots=True)
class _Settling:
    replacing: bool
    protected: dict[str, bool]
    said: dict[str, dict[str, tuple[str, ...]]]
    read: dict[tuple[str, str], Given] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    entries: list[Entry] = field(default_factory=list)
    unlabelled: list[Entry] = field(default_factory=list)
    changed: int = 0
    same: int = 0
    conflicts: int = 0
    faults: list[Fault] = field(default_factory=list)

    def add(self, given: Given) -> None:
        """Put an entry where it belongs."""
        entry, digest = given.entry, given.entry.digest
        if entry.protected and self.protected.get(digest) is False:
            self.faults.append(_Faults.trained(given))
        elif given.unlabelled:
            if digest in self.protected:
                self.same += 1
            else:
                self.protected[digest] = entry.protected
                self.unlabelled.append(entry)
        elif (earlier := self.read.setdefault((digest, entry.annotator), given)) is not given:
            self._again(given, earlier)
        else:
            self._compared(given, self.said.setdefault(digest, {}).get(entry.annotator))

    def _again(self, given: Given, earlier: Given) -> None:
        if set(given.entry.themes) == set(earlier.entry.themes):
            self.same += 1
        else:
            self.conflicts += 1
            self.faults.append(_Faults.twice(given, earlier))

    def _compared(self, given: Given, before: tuple[str, ...] | None) -> None:
        entry = given.entry
        if before == entry.themes or (before is not None and not self.replacing and set(before) == set(entry.themes)):
            self.same += 1
            return
        if before is not None and not self.replacing:
            self.conflicts += 1
            self.faults.append(_Faults.changed(given))
            return
        self.changed += before is not None
        self.said[entry.digest][entry.annotator] = entry.themes
        self.touched.add(entry.digest)
        self.entries.append(entry)


class _Faults:
    """What can be wrong with an entry in view of the store."""

    @staticmethod
    def trained(given: Given) -> Fault:
        zh = "这段文本已在训练标注中,不能再作受保护的测试文本;请从文件中删去"
        return Fault(given.where, zh, "is among the labels for training and cannot be protected as well; take it out")

    @staticmethod
    def twice(given: Given, earlier: Given) -> Fault:
        zh = f"与 {earlier.where} 文字相同、标注人相同而主题不同;请留下一条"
        return Fault(
            given.where, zh, f"is by the annotator of {earlier.where}, on the same text, with other themes; keep one"
        )

    @staticmethod
    def changed(given: Given) -> Fault:
        who = given.entry.annotator
        zh = f"“{who}”对这段文本已有不同的标注;要以新标注为准请选“替换”(replace)"
        return Fault(given.where, zh, f"{who!r} has labelled this text otherwise; set replace to take the new themes")
