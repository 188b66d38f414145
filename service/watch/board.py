"""Where the workers of a service put their counts, a file each, so that whichever is asked tells those of all.

prometheus-client's own way with several processes writes to a shared file at every count and must be there before anything is counted;
this one costs a request nothing and loses, with a worker that is killed, at most the second since it last wrote.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from service.watch.counts import Flat

__all__ = ["Board"]

GONE, LOCK = "gone.json", "lock"


class Board:
    """A folder that the first process makes, and removes when it ends; the workers are its children."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="policy-themes-counts-"))

    def remove(self) -> None:
        """Called by the process that made it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def post(self, counts: Flat, gauges: Flat) -> None:
        """This worker's counts since it started, and what is now."""
        with contextlib.suppress(OSError):  # a full disk, or the folder gone: told again in a second
            _write(self.folder / f"{os.getpid()}.json", counts, gauges)

    def fold(self, pid: int) -> None:
        """The worker is gone: its counts stay, what it was doing does not."""
        with contextlib.suppress(OSError), self._locked(fcntl.LOCK_EX):
            path = self.folder / f"{pid}.json"
            if path.is_file():
                counts = Counter(_read(self.folder / GONE)[0])
                counts.update(_read(path)[0])
                _write(self.folder / GONE, dict(counts), {})
                path.unlink()

    def all(self) -> tuple[Flat, Flat]:
        """The counts of all workers, those that are gone too, added up; and what is now, of those that run."""
        counts: Counter[tuple[str, ...]] = Counter()
        gauges: Flat = {}
        with self._locked(fcntl.LOCK_SH):
            for path in sorted(self.folder.glob("*.json")):
                counted, now = _read(path)
                counts.update(counted)
                if _runs(path.stem):
                    gauges |= {(*name, path.stem): value for name, value in now.items()}
        return dict(counts), gauges

    @contextlib.contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """While counts move from one file to another nobody adds them up."""
        with (self.folder / LOCK).open("a") as lock:
            fcntl.flock(lock, how)
            yield


def _write(path: Path, counts: Flat, gauges: Flat) -> None:
    told = [[[list(name), value] for name, value in flat.items()] for flat in (counts, gauges)]
    temporary = path.with_suffix(
        ".tmp"
    )  # whole or not at all, but not through to the disk: it is gone with the service
    temporary.write_text(json.dumps(told), encoding="utf-8")
    temporary.replace(path)


def _read(path: Path) -> tuple[Flat, Flat]:
    """Empty for a file that is not there, or was written by a worker as it was killed."""
    try:
        counts, gauges = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}, {}
    return {tuple(name): value for name, value in counts}, {tuple(name): value for name, value in gauges}


def _runs(pid: str) -> bool:
    if not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
