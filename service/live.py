"""The model that serves: loaded at start, and again whenever another version has been promoted, without a restart."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import anyio
from anyio import to_thread

from policy_themes.errors import ModelMissing, PolicyThemesError
from policy_themes.tagging.tagger import Tagger
from policy_themes.versions import Versions
from service.reading import Readers
from service.settings import Settings

__all__ = ["Live", "Served"]

PAUSE = 0.3  # seconds between looks at which version is live
_log = logging.getLogger("policy_themes")

Mark = tuple[tuple[int, int, int] | None, ...]


@dataclass(frozen=True, slots=True)
class Served:
    """A version at work: `tagger` in this process, `readers` in processes of their own."""

    tagger: Tagger
    readers: Readers


class Live:
    """Holds what serves.

    `served` is None while no model has loaded; `fault` says why the version last promoted is not the one that serves.
    """

    def __init__(self, versions: Versions, settings: Settings, ready: Tagger | None = None) -> None:
        self.served: Served | None = None
        self.fault: PolicyThemesError | None = None
        self._versions, self._settings, self._ready = versions, settings, ready
        self._mark: Mark | None = None
        # One load at a time, each of what is live when it begins: a slow one can never put an older version back.
        self._turn = anyio.Lock()

    async def watch(self) -> None:
        """Look for a promotion three times a second, for ever."""
        while True:
            await anyio.sleep(PAUSE)
            await self.refresh()

    async def refresh(self) -> None:
        """Serve the version that is live now.

        One that does not load leaves in place the one that serves, and is tried again when its files or the promotion change.
        """
        async with self._turn:
            mark = await to_thread.run_sync(self._marked)
            if mark == self._mark:
                return
            self._mark = mark
            before = self.served
            try:
                self.served = await to_thread.run_sync(self._loaded)
                self.fault = None
            except PolicyThemesError as error:
                self.fault = error
                # A worker that starts now has no version before to keep: it takes the one promoted before.
                self.served = before or await to_thread.run_sync(self._earlier)
                _log.warning(
                    "上线版未能装载,仍用原版本:%s (the promoted version did not load; the one before still serves)",
                    error,
                )
        if before and before is not self.served:
            await to_thread.run_sync(before.readers.retire)

    def require(self) -> Served:
        """What serves. Raises ModelError that says why nothing does."""
        if self.served is None:
            raise self.fault or ModelMissing("没有模型", "there is no model")
        return self.served

    def stop(self) -> None:
        """End the processes that read documents."""
        if self.served:
            self.served.readers.stop()

    def _marked(self) -> Mark:
        """What changes when another version is promoted, and, of one that did not load, when its files are put right."""
        current = self._versions.folder / "current"
        if self.fault is None:
            return (_stat(current),)
        try:
            folder = self._versions.live_folder()
            return (_stat(current), *(_stat(path) for path in sorted(folder.iterdir())))
        except (PolicyThemesError, OSError):
            return (_stat(current), None)

    def _loaded(self) -> Served:
        folder = self._versions.live_folder()
        if self.served and self.served.tagger.version == folder.name:
            return self.served
        return self._served(folder)

    def _earlier(self) -> Served | None:
        """The version promoted last of those that load."""
        for version in dict.fromkeys(step.version for step in reversed(self._versions.history())):
            try:
                return self._served(self._versions.path(version))
            except PolicyThemesError:
                continue
        return None

    def _served(self, folder: Path) -> Served:
        settings, ready = self._settings, self._ready
        tagger = ready if ready and ready.version == folder.name else Tagger.load(folder)
        return Served(tagger, Readers(folder, settings.document_workers, settings.document_seconds))


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
