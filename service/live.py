"""The model that serves: loaded at start, and again whenever another version has been promoted, without a restart."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from pathlib import Path

import anyio
from anyio import to_thread

from policy_themes.errors import ModelDamaged, ModelMissing, PolicyThemesError
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
            before, told = self.served, str(self.fault)
            try:
                self.served = await to_thread.run_sync(self._loaded)
                self.fault = None
            except Exception as error:  # whatever it is: who stops looking serves the old version until a restart
                self.fault = error if isinstance(error, PolicyThemesError) else self._unforeseen(error)
                # A worker that starts now has no version before to keep: it takes the one promoted before.
                self.served = before or await to_thread.run_sync(self._earlier)
                if str(self.fault) != told:
                    _log.warning(
                        "上线版未能装载,仍用原版本:%s (the promoted version did not load; the one before still serves)",
                        self.fault,
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
        current = _stat(self._versions.folder / "current")
        try:
            folder = self._versions.live_folder()
            return (current, *(_stat(path) for path in sorted(folder.iterdir())))
        except (PolicyThemesError, OSError):
            return (current, None)

    def _loaded(self) -> Served:
        folder = self._versions.live_folder()
        if self.served and self.served.tagger.version == folder.name:
            return self.served
        if not folder.is_dir():
            self._versions.path(folder.name)  # raises with the versions there are
        return self._served(folder)

    def _unforeseen(self, error: Exception) -> ModelDamaged:
        """What no check of a model folder saw coming, as an error of ours."""
        place = self._versions.folder / "current"
        with contextlib.suppress(PolicyThemesError, OSError):
            place = self._versions.live_folder()
        return ModelDamaged(
            f"装载时出错({error!r});请重新复制整个模型文件夹,或用 policy-themes models rollback 换回上一版本",
            f"loading failed ({error!r}); copy the model folder again, or go back with `policy-themes models rollback`",
            where=str(place),
        )

    def _earlier(self) -> Served | None:
        """The version promoted last of those that load."""
        try:
            steps = self._versions.history()
        except PolicyThemesError:
            return None  # the fault told is that of the live version
        for version in dict.fromkeys(step.version for step in reversed(steps)):
            with contextlib.suppress(Exception):
                return self._served(self._versions.path(version))
        return None

    def _served(self, folder: Path) -> Served:
        settings, ready = self._settings, self._ready
        # The dictionary is shared with the version before: the memory that workers share stays shared through promotions.
        beside = self.served.tagger if self.served else ready
        tagger = ready if ready and ready.version == folder.name else Tagger.load(folder, beside)
        return Served(tagger, Readers(folder, settings))


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
