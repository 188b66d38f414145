"""Model versions as requests name them: found, compared with the live one, promoted, gone back from."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from anyio import from_thread
from fastapi import Request

from policy_themes.errors import ModelMissing
from service.api.access import store_of
from service.disk import needed
from service.refusals import Conflict, NotThere
from service.state import live_of, state_of

if TYPE_CHECKING:
    from policy_themes.versions import Versions
    from training.gate import Comparison

__all__ = ["compared", "folder_of", "promoted", "rolled_back", "versions_of"]


def versions_of(request: Request) -> Versions:
    """The models folder."""
    return state_of(request)["versions"]


def folder_of(request: Request, name: str) -> Path:
    """The folder of a version. Raises NotThere."""
    try:
        return versions_of(request).path(name)
    except ModelMissing as error:
        raise NotThere(error.zh, error.en, where=name) from error


def compared(request: Request, version: str, live: str | None = None) -> Comparison:
    """A version against `live`, or the one that is. Raises NotThere, Conflict where none is live, ModelError for damaged ones."""
    from training.gate import compare

    folder_of(request, version)
    against = live or versions_of(request).live()
    if against is None:
        raise Conflict("还没有上线的模型可比较", "no model is live that it could be compared with")
    folder_of(request, against)
    with _labels(request) as labels:
        return compare(versions_of(request), against, version, labels)


def promoted(request: Request, version: str, by: str, *, force: bool, note: str) -> Comparison | None:
    """Make a version live if the comparison lets it pass, or if forced; this process serves it when it returns.

    Not for the event loop. Raises NotThere, PromotionRefused, InputError for a force without a note, ModelError, Busy for
    a full disk.
    """
    from service.database.database import now
    from training.gate import promote

    folder_of(request, version)
    with needed(), _labels(request) as labels:
        passed = promote(versions_of(request), version, now(), force=force, note=note, by=by, labels=labels)
    from_thread.run(live_of(request).refresh)
    return passed


def rolled_back(request: Request, by: str, note: str) -> str:
    """Make the version live that was live before, and give its name. Not for the event loop. Raises Conflict if there was none, Busy
    for a full disk."""
    from service.database.database import now

    try:
        with needed():
            back = versions_of(request).roll_back(now(), by=by, note=note)
    except ModelMissing as error:
        raise Conflict(error.zh, error.en) from error
    from_thread.run(live_of(request).refresh)
    return back


@contextmanager
def _labels(request: Request) -> Iterator[Path]:
    """The store's labels as a folder."""
    from service.labels.snapshot import write_snapshot

    with tempfile.TemporaryDirectory(prefix="policy-themes-") as folder:
        with store_of(request).read() as connection:
            write_snapshot(connection, Path(folder))
        yield Path(folder)
