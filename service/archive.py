"""A backup: one zip of the label store, the labels folder and the model versions, each member's SHA-256 in its manifest.

    manifest.json          format, program, moment, the store's revision and rows, SHA-256 and size of every other member
    store/TABLE.jsonl      a table of the label store, a row a line (service/database/dump.py); none if there is no store yet
    labels/...             the files of the labels folder
    models/VERSION/...     every version, with models/current and models/history.jsonl

To change the format: add one to FORMAT, read the old number too in `_manifest`, and add a backup of the old format to the tests.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from policy_themes.errors import InputError

__all__ = ["FORMAT", "MANIFEST", "PLACE", "Archive", "Manifest", "Member", "opened"]

FORMAT = 1
MANIFEST = "manifest.json"
MAX_MEMBERS = 20_000
MAX_MANIFEST_BYTES = 16_000_000
MAX_BYTES = 50_000_000_000  # of all members, unpacked
BLOCK = 1 << 20
# A part that begins with a dot is never ours: no .., no hidden file.
PLACE = re.compile(r"(store|labels|models)(/[^/\\\0.][^/\\\0]{0,199}){1,6}")
FAULTS = (BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, TypeError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the backup: SHA-256 and size in bytes, unpacked."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `revision` is the store's, empty if there was none; `rows` are counted by table."""

    format: int
    program: str
    made_at: str
    revision: str
    rows: dict[str, int]
    members: dict[str, Member]


class Archive:
    """An opened backup whose manifest has been read."""

    def __init__(self, path: Path, archive: ZipFile, manifest: Manifest) -> None:
        self.path, self.manifest, self._archive = path, manifest, archive

    def check(self) -> None:
        """Read every member. Raises InputError for the first that is not what the manifest says."""
        for name in self.manifest.members:
            for _ in self.blocks(name):
                pass

    def blocks(self, name: str) -> Iterator[bytes]:
        """A member's content in blocks. Raises InputError at its end if it is not the one listed."""
        # As a generator, so that what goes wrong where the blocks are written is not taken for damage.
        with _refused(f"{self.path}: {name}"), self._archive.open(name) as source:
            found = hashlib.sha256()
            while block := source.read(BLOCK):
                found.update(block)
                yield block
            if found.hexdigest() != self.manifest.members[name].sha256:
                raise ValueError("digest")

    def lines(self, table: str) -> Iterator[str]:
        """The lines of a table of the store; none for one that the backup does not have."""
        name = f"store/{table}.jsonl"
        if name in self.manifest.members:
            with _refused(f"{self.path}: {name}"), self._archive.open(name) as source:
                yield from (line.decode() for line in source)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open a backup and check its list of members. Raises InputError for what is none of ours, too large, or names a place outside."""
    with contextlib.ExitStack() as stack:
        with _refused(str(path)):
            archive = stack.enter_context(ZipFile(path))
            listed = {entry.filename: entry for entry in archive.infolist()}
            if len(archive.infolist()) != len(listed) or len(listed) > MAX_MEMBERS:
                raise ValueError("members")
            manifest = _manifest(archive, listed[MANIFEST], path)
            sizes = {name: entry.file_size for name, entry in listed.items() if name != MANIFEST}
            if sizes != {name: member.size for name, member in manifest.members.items()}:
                raise ValueError("sizes")
            if sum(sizes.values()) > MAX_BYTES or not all(map(PLACE.fullmatch, sizes)):
                raise ValueError("places")
        yield Archive(path, archive, manifest)


def _manifest(archive: ZipFile, entry: ZipInfo, path: Path) -> Manifest:
    if entry.file_size > MAX_MANIFEST_BYTES:
        raise ValueError("manifest")
    read = json.loads(archive.read(entry))
    if read["format"] != FORMAT:
        raise InputError(
            f"备份格式为 {read['format']},本程序的是 {FORMAT};请换用写下它的版本({read['program']})或更新的版本",
            f"the backup's format is {read['format']}, this program's {FORMAT}; use version {read['program']} or a newer one",
            where=str(path),
        )
    if not isinstance(read["rows"], dict) or not all(
        isinstance(read[name], str) for name in ("program", "made_at", "revision")
    ):
        raise ValueError("manifest")
    return Manifest(**{**read, "members": {name: Member(**one) for name, one in read["members"].items()}})


@contextlib.contextmanager
def _refused(where: str) -> Iterator[None]:
    try:
        yield
    except FAULTS as error:
        raise InputError(
            "不是完好的备份;请改用另一份,或重新复制这一份",
            "is not a sound backup; use another or copy it again",
            where=where,
            code="backup-damaged",
        ) from error
