"""Results kept for a day, one file each, so that a link opens the same answer in every process of this machine.

A result is found by 128 random bits. The folder is private to the user the service runs as; the oldest results go first when there are more
than MOST, or more than MOST_BYTES of them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import secrets
import stat
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from policy_themes.batch.record import outcome_from, record_of
from policy_themes.batch.result import Outcome
from policy_themes.files import written_whole
from service.refusals import NotThere, StoreUnavailable

__all__ = ["HOURS", "Kept", "Results"]

HOURS = 24
MOST = 2_000
MOST_BYTES = 1_000_000_000
_ID = re.compile(r"[0-9a-f]{32}")
_SUFFIX = ".json.gz"


@dataclass(frozen=True, slots=True)
class Kept:
    """A result: what was sent under which name, when (seconds since 1970), tagged by which model, and what came of it."""

    name: str
    outcome: Outcome
    model: str
    made: float = field(default_factory=time.time)
    id: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def until(self) -> float:
        """When it is deleted."""
        return self.made + HOURS * 3600


class Results:
    """The results in `folder`, which is made when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def of(cls, models: Path) -> Results:
        """Those of the services on this machine that use these models."""
        mark = hashlib.sha256(str(models.resolve()).encode()).hexdigest()[:12]
        user = os.getuid() if hasattr(os, "getuid") else "user"
        return cls(Path(tempfile.gettempdir()) / f"policy-themes-{user}" / f"results-{mark}")

    def keep(self, kept: Kept) -> None:
        """Write a result, and delete those whose time is over or that there is no room for. Raises StoreUnavailable."""
        record = {"name": kept.name, "model": kept.model, "made": kept.made, "outcome": record_of(kept.outcome)}
        try:
            self._make_folder()
            with written_whole(self._folder / f"{kept.id}{_SUFFIX}") as temporary:
                temporary.write_bytes(gzip.compress(json.dumps(record).encode(), 3))
        except OSError as error:
            raise StoreUnavailable(
                "结果无法保存(磁盘已满,或临时文件夹不可写);请管理员检查服务的 TMPDIR",
                f"the result cannot be kept: {error.strerror or error}; see to the service's TMPDIR",
            ) from error
        self._prune()

    def find(self, wanted: str) -> Kept:
        """The result with this id. Raises NotThere."""
        path = self._folder / f"{wanted}{_SUFFIX}"
        try:
            if not _ID.fullmatch(wanted) or path.stat().st_mtime + HOURS * 3600 < time.time():
                raise FileNotFoundError
            record = json.loads(gzip.decompress(path.read_bytes()))
        except OSError:
            raise NotThere(
                f"没有这份结果:链接不完整,或者已超过 {HOURS} 小时被删除",
                f"there is no such result: the link is incomplete, or it was deleted after {HOURS} hours",
            ) from None
        return Kept(record["name"], outcome_from(record["outcome"]), record["model"], record["made"], wanted)

    def _make_folder(self) -> None:
        """Make the folder private. Raises PermissionError if somebody else made it first, in a place where everybody may."""
        for folder in (self._folder.parent, self._folder):
            folder.mkdir(0o700, parents=True, exist_ok=True)
            facts = folder.lstat()
            if hasattr(os, "getuid") and (facts.st_uid != os.getuid() or not stat.S_ISDIR(facts.st_mode)):
                raise PermissionError(f"{folder} belongs to somebody else")

    def _prune(self) -> None:
        """Newest first, as many as there is room for; the others are deleted."""
        facts = []
        for path in self._folder.iterdir():
            try:
                found = path.stat()
            except FileNotFoundError:  # another process pruned it
                continue
            facts.append((found.st_mtime, found.st_size, path))
        total = 0
        for at, (made, size, path) in enumerate(sorted(facts, reverse=True)):
            total += size
            if at >= MOST or (at and total > MOST_BYTES) or made + HOURS * 3600 < time.time():
                path.unlink(missing_ok=True)
