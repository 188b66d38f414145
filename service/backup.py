"""A backup is made: the label store as of one moment, the labels folder and the model versions, in one zip (service/archive.py)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from policy_themes import __version__
from policy_themes.errors import InputError
from policy_themes.files import written_whole
from policy_themes.versions import Versions
from service.archive import FORMAT, MANIFEST, PLACE, Manifest, Member, opened

__all__ = ["write_backup"]

BLOCK = 1 << 20
LEFT_OUT = (".db", ".db-wal", ".db-shm", ".lock", ".tmp")


def write_backup(path: Path, labels: Path, models: Path, url: str, at: str) -> Manifest:
    """Write everything to `path`, whole or not at all, the store as of one moment; `at` is kept as the moment it was made.

    Raises InputError if `path` exists or `labels` has no codebook, StoreUnavailable, OSError as the file system gives it.
    """
    if path.exists():
        raise InputError("已经存在,请换一个文件名", "is there already; give another name", where=str(path))
    if not (labels / "themes.yaml").is_file():
        raise InputError("标注文件夹中没有 themes.yaml", "the labels folder has no themes.yaml", where=str(labels))
    members: dict[str, Member] = {}
    with written_whole(path) as temporary:
        temporary.touch(mode=0o600)  # it holds what annotators said and the hashes of keys
        with ZipFile(temporary, "w") as archive:
            revision, rows = _add_store(archive, members, url)
            for name, file in chain(_files(labels), _versions(models)):
                members[name] = _add(archive, name, _blocks(file))
            manifest = Manifest(FORMAT, __version__, at, revision, rows, dict(members))
            archive.writestr(_entry(MANIFEST), json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        with opened(temporary) as written:
            written.check()
    return manifest


def _add_store(archive: ZipFile, members: dict[str, Member], url: str) -> tuple[str, dict[str, int]]:
    """The tables within one transaction, so that no label is in it without its text; gives the revision and the rows."""
    from service.database import dump
    from service.database.database import Database

    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_file():
        return "", {}
    database, rows = Database(url), {}
    try:
        with database.read() as connection:
            dump.one_state(connection)
            revision = dump.revision(connection)
            for table in dump.tables(connection) if revision else ():
                name, counted = f"store/{table.name}.jsonl", _Counted(dump.lines(connection, table))
                members[name] = _add(archive, name, (line.encode() for line in counted))
                rows[table.name] = counted.count
    finally:
        database.close()
    return revision, rows


class _Counted:
    """An iterable that knows how many it has given."""

    def __init__(self, values: Iterable[str]) -> None:
        self._values, self.count = values, 0

    def __iter__(self) -> Iterator[str]:
        for value in self._values:
            self.count += 1
            yield value


def _files(labels: Path) -> list[tuple[str, Path]]:
    """What is kept of the labels folder: not the store, which is dumped, nor what starts with a dot."""
    found = [(path.relative_to(labels).as_posix(), path) for path in sorted(labels.rglob("*")) if path.is_file()]
    places = [(f"labels/{name}", path) for name, path in found if not name.endswith(LEFT_OUT)]
    return [(place, path) for place, path in places if PLACE.fullmatch(place)]


def _versions(models: Path) -> Iterator[tuple[str, Path]]:
    """`current` first, and the versions listed only then: one that goes live meanwhile is not live in the backup, or is all there."""
    versions = Versions(models)
    for path in (models / "current", models / "history.jsonl"):
        if path.is_file():
            yield f"models/{path.name}", path
    for name in versions.names():
        for path in sorted((models / name).rglob("*")):
            place = f"models/{path.relative_to(models).as_posix()}"
            if path.is_file() and PLACE.fullmatch(place):
                yield place, path


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while block := source.read(BLOCK):
            yield block


def _add(archive: ZipFile, name: str, blocks: Iterable[bytes]) -> Member:
    digest, size = hashlib.sha256(), 0
    with archive.open(_entry(name), "w", force_zip64=True) as target:
        for block in blocks:
            digest.update(block)
            size += len(block)
            target.write(block)
    return Member(digest.hexdigest(), size)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name)
    entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o600 << 16
    return entry
