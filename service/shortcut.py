"""HTTP as the service speaks it: plain requests of POST /classify are answered before the parser, all others after it.

A request that comes whole, or its head and then its body, as clients send small ones, is plain; whatever else comes is left to uvicorn.
"""

from __future__ import annotations

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT

from service.direct import Direct
from service.plain import END, MOST, START, Plain, plain
from service.protocol import BoundedProtocol
from service.settings import Settings
from service.tracing import is_traced

__all__ = ["ShortcutProtocol", "protocol"]

OK = b"HTTP/1.1 200 OK\r\n"


class ShortcutProtocol(BoundedProtocol):
    """One connection. Answers go out in the order of the requests: while one is made, what comes is held."""

    _held = b""  # a head whose body has not come, or what came while an answer is made
    _asked = b""  # the request whose answer is made
    _last = False  # the connection is to be closed after it

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        held, self._held = self._held, b""
        if self._asked:
            self._held = held + data
            if len(self._held) > HIGH_WATER_LIMIT:
                self.flow.pause_reading()
            return
        data = held + data
        if data.startswith(START) and self._free and (held or not self._amid) and self._taken(data):
            return
        if held:
            self._came = 0  # the parser has seen nothing of it
        super().data_received(data)

    def shutdown(self) -> None:
        """Called by uvicorn when the service stops: what has begun is answered."""
        if self._asked:
            self._last = True
            return
        if self._held:
            held, self._held, self._came = self._held, b"", 0
            super().data_received(held)
        super().shutdown()

    @property
    def _free(self) -> bool:
        """Whether no answer is made or waits to be read."""
        ended = self.cycle is None or self.cycle.response_complete
        return ended and not self.flow.write_paused and not self.transport.is_closing()

    def _taken(self, data: bytes) -> bool:
        """Whether no more is to be done with what came."""
        head, end, body = data.partition(END)
        asks = plain(head) if end and len(head) <= MOST else None
        direct: Direct = self.app_state["direct"]
        if asks is None or not 0 < asks.length <= direct.most_bytes:
            return False
        if not body:
            self._hold(data)
            return True
        return len(body) == asks.length and self._ask(direct, data, body, asks)

    def _hold(self, head: bytes) -> None:
        """Wait for the body, as long as for any."""
        self._unset_keepalive_if_required()
        self._held, self._came = head, len(head)
        self._arriving = self._in_head = True
        self._begun = self.loop.time()
        if self._timer is None:
            self._look_in(self.settings.arrival_seconds)

    def _ask(self, direct: Direct, data: bytes, body: bytes, asks: Plain) -> bool:
        if not direct.ask(body, asks.name, self._sent):
            return False
        self._asked = data
        self._arriving = False
        self._stop()
        self._unset_keepalive_if_required()
        return True

    def _sent(self, answer: bytes | None) -> bool:
        """See direct.Sent."""
        asked, self._asked = self._asked, b""
        if self.transport.is_closing():
            return False
        if answer is None:
            self._came = 0
            super().data_received(asked)
        else:
            usual = [b"%b: %b\r\n" % one for one in self.server_state.default_headers]
            self.transport.write(b"".join((OK, *usual, b"connection: close\r\n" if self._last else b"", answer)))
            self.on_response_complete()
        if self._last:
            super().shutdown()
        elif self._held:
            self.data_received(b"")
        return True


def protocol(settings: Settings) -> type[BoundedProtocol]:
    """The protocol that holds clients to `settings`, without the shortcut where each request is traced or its client's are counted."""
    counted = settings.key_requests_per_minute or settings.address_requests_per_minute
    kind = BoundedProtocol if counted or is_traced() else ShortcutProtocol
    return type(kind.__name__, (kind,), {"settings": settings})
