"""HTTP as uvicorn speaks it, with an end to requests that never end; uvicorn itself waits for them without limit.

A proxy that gathers requests, such as the nginx of service/deploy, keeps such clients away altogether, and those too that do not read
their answers, which nothing here cuts off.
"""

from __future__ import annotations

from asyncio import BaseTransport, TimerHandle

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.settings import Settings

__all__ = ["BoundedProtocol"]

LEAST = 0.5  # seconds between looks
MAX_LEFT = 32_000_000  # bytes of a body that are let pass after the answer: a client that meets a closed connection may not read the answer


class BoundedProtocol(HttpToolsProtocol):
    """Closes a connection on which a request comes too slowly, or has too long headers, or goes on and on after its answer."""

    settings: Settings  # uvicorn makes one of these a connection, and gives it nothing of ours: see service/shortcut.py

    _arriving = True  # a request has begun, or is the first to come, and is not there whole
    _in_head = True
    _came = 0
    _left = 0
    _timer: TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Called by asyncio."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._begun = self.loop.time()
        self._look_in(self.settings.arrival_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Called by asyncio. A request that comes in one piece costs no timer."""
        fresh = not self._amid
        self._came += len(data)
        super().data_received(data)
        if fresh:
            self._came = len(data)  # its beginning set the count back
        if not self._arriving:
            self._stop()
            return
        if self._in_head and self._came > self.settings.max_head_bytes:
            self.transport.close()
        elif not self._in_head and self.cycle.response_complete:
            self._left += len(data)
            if self._left > MAX_LEFT:
                self.transport.close()
        if self._timer is None:
            self._look_in(self.settings.arrival_seconds)

    def on_message_begin(self) -> None:
        """Called by the parser."""
        self._arriving = self._in_head = True
        self._came = self._left = 0
        self._begun = self.loop.time()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self._arriving = False
        super().on_message_complete()

    @property
    def _amid(self) -> bool:
        """Whether a part of a request is there."""
        return self._arriving and self._came > 0

    def _look(self) -> None:
        """Close the connection if its time is over; a client that the service itself keeps waiting has more."""
        late = self.loop.time() - self._due
        if self.flow.read_paused:
            self._begun = self.loop.time()
        elif late > LEAST:  # this process was stopped or starved, and what the client sent meanwhile is not read yet
            self._begun += late
        allowed = self.settings.arrival_seconds + self._came / self.settings.arrival_pace
        left = self._begun + allowed - self.loop.time()
        if left <= 0:
            self._timer = None
            self.transport.close()
        else:
            self._look_in(max(left, LEAST))

    def _look_in(self, seconds: float) -> None:
        self._due = self.loop.time() + seconds
        self._timer = self.loop.call_later(seconds, self._look)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
