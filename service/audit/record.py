"""Writes the audit: all that waits in one transaction, by a thread, before the answers go out.

An answer waits for its row, at most PATIENCE. A row that cannot be written goes to the log whole and holds nothing else up.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import queue
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime

from service.audit.entry import Entry
from service.rates import Rates, client_at
from service.store import LabelStore

__all__ = ["Record"]

PATIENCE = 2.0  # seconds
REFUSALS = 60  # rows a minute of one address: who tries keys fills neither disk nor log
LONGEST = 1_000  # characters of a path
MOST = 500  # rows a transaction

_log = logging.getLogger("policy_themes")
_Waiting = tuple[Entry, concurrent.futures.Future[None]]


class Record:
    """Takes entries on the event loop from `start` to `stop`."""

    def __init__(self) -> None:
        self.failed = 0
        self._rates = Rates()
        self._store: LabelStore | None = None
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def start(self, store: LabelStore) -> None:
        """Rows go to `store`."""
        self._store = store

    async def put(self, entry: Entry, refused_at: str) -> None:
        """Write a row. `refused_at` is the address of who was refused, whose rows are bounded; empty for who was not."""
        if refused_at:
            client, now = client_at(refused_at), time.monotonic()
            if self._rates.wait(client, REFUSALS, now):
                return
            self._rates.charge(client, REFUSALS, now)
        at = datetime.now(UTC).isoformat(timespec="microseconds")
        # PostgreSQL keeps no NUL.
        target = entry.target[:LONGEST].replace("\0", "\ufffd")
        done: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._queue.put((replace(entry, at=at, target=target), done))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
            self._thread.start()
        await asyncio.wait([asyncio.wrap_future(done)], timeout=PATIENCE)

    def stop(self) -> None:
        """Write what waits, and end."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(PATIENCE)

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            waiting, last = [first], False
            while len(waiting) < MOST and not self._queue.empty():
                more = self._queue.get()
                if more is None:
                    last = True
                    break
                waiting.append(more)
            self._write([entry for entry, _ in waiting])
            for _, done in waiting:
                done.set_result(None)
            if last:
                return

    def _write(self, entries: list[Entry]) -> None:
        try:
            from service.audit.rows import add

            if self._store is None:
                raise RuntimeError("the service has not started")
            with self._store.open().write() as connection:
                add(connection, entries)
        except Exception as error:  # whatever it is: what was written stays written
            self.failed += len(entries)
            for entry in entries:
                _log.error("审计记录未能写入 (audit row not written: %r): %r", error, entry)
