"""All that watches one process, with the thread that carries what it counts to the board and the store."""

from __future__ import annotations

import itertools
import logging
import secrets
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from policy_themes.errors import PolicyThemesError
from service.audit.record import Record
from service.store import LabelStore
from service.watch.board import Board
from service.watch.counts import Counts, Flat
from service.watch.exposition import Facts
from service.watch.intake import Intake
from service.watch.line import Asked
from service.watch.log import Log

if TYPE_CHECKING:
    from policy_themes.tagging.known import Known
    from service.live import Live

__all__ = ["Watch"]

POST = 1.0  # seconds between a worker's posts on the board
FLUSH = 60.0  # seconds between its rows for the store
_log = logging.getLogger("policy_themes")


class Watch:
    """At work from `start` to `stop`. A store that does not exist is not made for the sake of counts: they are kept until there is one."""

    def __init__(self, log: Log | None = None, board: Board | None = None) -> None:
        self.log, self._board = log or Log(), board
        self.counts, self.intake, self.audit = Counts(), Intake(), Record()
        self._first, self._numbers = secrets.token_hex(5), itertools.count(1)
        self._stopped = threading.Event()
        self._flushing = threading.Lock()
        self._known: tuple[str, Known] | None = None
        self._fault = ""

    def start(self, store: LabelStore, live: Live) -> None:
        """Begin; in each worker once it runs by itself."""
        self._store, self._live = store, live
        self.audit.start(store)
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, with everything carried where it belongs."""
        self._stopped.set()
        self._thread.join()
        self.audit.stop()

    def name(self) -> str:
        """For a request that came without a name of its own."""
        return f"{self._first}-{next(self._numbers):x}"

    def answered(self, asked: Asked) -> None:
        """A request has been answered: counts it, and what it tagged, and logs it."""
        self.counts.answered(asked.method, asked.path, asked.status, asked.seconds)
        if asked.tally is not None:
            self.counts.tagged(asked.tally)
            self.intake.add(asked.tally)
        if self.log.on and asked.level >= self.log.level:
            self.log.put(asked)

    def facts(self) -> Facts:
        """The counts of all workers of this service."""
        if self._board is None:
            gauges = {(*name, "0"): value for name, value in self._gauges().items()}
            return Facts(self._counted(), gauges)
        self._post()
        return Facts(*self._board.all())

    def flush(self) -> None:
        """Bring what was tagged to the store, if there is one; what it does not take now is tried again."""
        with self._flushing:
            try:
                self._count()
                if not self.intake.kept or not self._store.exists:
                    return
                from service.drift.rows import add

                with self._store.open().write() as connection:
                    add(connection, self.intake.kept)
                self.intake.stored()
                self._fault = ""
            except Exception as error:  # the thread must live on, whatever it is
                if str(error) != self._fault or not isinstance(error, PolicyThemesError):
                    _log.warning("打标的统计未能写入,稍后再试 (tagging counts not written yet): %s", error)
                self._fault = str(error)

    def _run(self) -> None:
        due = time.monotonic() + FLUSH
        while not self._stopped.wait(POST):
            self._post()
            if time.monotonic() >= due:
                self.flush()
                due = time.monotonic() + FLUSH
        self._post()
        self.flush()

    def _post(self) -> None:
        if self._board is not None:
            self._board.post(self._counted(), self._gauges())

    def _counted(self) -> Flat:
        own: Flat = {("dropped",): self.log.dropped, ("unaudited",): self.audit.failed}
        return self.counts.flat() | own

    def _gauges(self) -> Flat:
        return {("under_way",): self.counts.under_way, ("memory",): _memory()}

    def _count(self) -> None:
        """How familiar the samples are; the hour is that of now, a minute after the tagging at most."""
        hour = time.strftime("%Y-%m-%dT%H", time.gmtime())
        for version, fresh in self.intake.fresh().items():
            known = self._known_of(version)
            if known is not None:
                for text in fresh.samples:
                    one = known.familiar([text])
                    fresh.familiar = type(one)(*map(sum, zip(fresh.familiar, one, strict=True)))
                    time.sleep(0)  # requests go first
            self.intake.keep(hour, version, fresh)

    def _known_of(self, version: str) -> Known | None:
        """Of the version that serves; another has gone, with its vocabulary."""
        served = self._live.served
        if served is None or served.tagger.version != version:
            return None
        if self._known is None or self._known[0] != version:
            self._known = (version, served.tagger.known())
        return self._known[1]


def _memory() -> int:
    """Bytes; 0 where that cannot be told."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * 4096
