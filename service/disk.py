"""The disk that holds models, labels and store: full, or nearly so."""

from __future__ import annotations

import contextlib
import errno
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from service.refusals import Busy

__all__ = ["needed", "shortage"]

LEAST = 100  # megabytes, below which people are told
FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO))
LATER = 60  # seconds; somebody has to make room


@contextlib.contextmanager
def needed() -> Iterator[None]:
    """Around what writes files: a disk that takes none is a reason to come again later. Raises Busy."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise Busy(
            f"磁盘写不进去({error.strerror}),没有做任何改动;请清理或扩大磁盘,再重试",
            f"the disk takes nothing ({error.strerror}); nothing was changed: make room, then try again",
            where=str(error.filename or ""),
            code="disk-full",
            retry_after=LATER,
        ) from error


def shortage(folders: Iterable[Path]) -> tuple[str, int] | None:
    """The first of the folders whose disk has less than LEAST megabytes left, and how many it has."""
    for folder in folders:
        with contextlib.suppress(OSError):
            left = shutil.disk_usage(folder).free // 1_000_000
            if left < LEAST:
                return str(folder), left
    return None
