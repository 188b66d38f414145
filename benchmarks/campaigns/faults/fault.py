"""The faults, each inflicted for some seconds and then taken away."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.campaigns.faults.place import Place
from policy_themes.versions import Versions

__all__ = ["FAULTS", "Fault"]

EVERY = 5.0  # seconds between kills of a worker
JUMPS = (172_800, -172_800, 1_800, 0)  # seconds that the clock is off, one after the other


@dataclass(frozen=True, slots=True)
class Fault:
    """`inflict` does it for so many seconds and takes it away.

    `people` are at work meanwhile (see kills/work.py); `says` is what the page 运行 has to say during it, if it can be known there;
    `breaks` says whether connections may break, `jumps` whether the service needs a clock that can.
    """

    name: str
    inflict: Callable[[Place, float], None]
    says: str = ""
    people: str = "tag label label import train promote"
    breaks: bool = False
    jumps: bool = False


def _disk(place: Place, seconds: float) -> None:
    """Fill the disk that holds labels, models and store to the last byte."""
    with (place.folder / "fill").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(65_536))  # what does not fit is written in part
    place.hold(seconds)
    (place.folder / "fill").unlink()


def _database(place: Place, seconds: float) -> None:
    assert place.server
    place.server.crash()
    place.hold(seconds)
    place.server.start()


def _clock(place: Place, seconds: float) -> None:
    for jump in JUMPS:
        place.set_clock(jump)
        place.hold(seconds / len(JUMPS))


def _workers(place: Place, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(ProcessLookupError):
            os.kill(place.target.children()[0], signal.SIGKILL)
        time.sleep(min(EVERY, seconds / 2))


def _models(place: Place, seconds: float) -> None:
    """The folder away; the live version with a byte of its weights changed; `current` naming nothing; then all as it was."""
    models = place.folder / "models"
    weights = models / str(Versions(models).live()) / "weights.npz"
    for wrong in (_away(models), _changed(weights), _written(models / "current", b"20200101-00000000\n")):
        with wrong:
            place.hold(seconds / 3)


@contextlib.contextmanager
def _away(folder: Path) -> Iterator[None]:
    aside = folder.with_name("aside")
    folder.rename(aside)
    yield
    aside.rename(folder)


def _changed(file: Path) -> contextlib.AbstractContextManager[None]:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    return _written(file, bytes(data))


@contextlib.contextmanager
def _written(file: Path, data: bytes) -> Iterator[None]:
    """Another content, put in its place at once, as who copies a file with care does."""
    before, fresh = file.read_bytes(), file.with_name("fresh")
    for content in (data, before):
        fresh.write_bytes(content)
        shutil.copystat(file, fresh)
        os.utime(fresh)
        fresh.replace(file)
        if content is data:
            yield


FAULTS = (
    Fault("disk full", _disk, says="磁盘"),
    Fault("database down", _database, says="读不到标注库"),
    Fault("clock jumps", _clock, jumps=True),
    Fault("a worker killed every 5 s", _workers, breaks=True),
    Fault("models swapped", _models, says="未能装载", people="tag tag label import"),
)
