"""HTTP load on one address: connections kept alive, each sending its next request when it has its answer.

Written on asyncio's transports, without an HTTP library, so that the client takes a small part of the time and answers come one at a time.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

__all__ = ["Load", "load", "post"]


@dataclass(frozen=True, slots=True)
class Load:
    """What was measured: answers a second, and the median and 99th percentile of their times in milliseconds."""

    rate: float
    p50: float
    p99: float


def post(path: str, body: bytes, content_type: str = "application/json") -> bytes:
    """A POST as it goes over the wire."""
    head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {content_type}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def load(port: int, requests: Sequence[bytes], clients: int, seconds: float) -> Load:
    """Send `requests` in turn over `clients` connections for `seconds`. Raises ConnectionError for any answer but 200."""
    gc.collect()
    gc.disable()
    try:
        return asyncio.run(_load(port, requests, clients, seconds))
    finally:
        gc.enable()


async def _load(port: int, requests: Sequence[bytes], clients: int, seconds: float) -> Load:
    loop, times = asyncio.get_running_loop(), list[float]()
    connections: list[_Client] = []
    for number in range(clients):
        first = number * len(requests) // clients
        client = _Client([*requests[first:], *requests[:first]], times)
        await loop.create_connection(lambda made=client: made, "127.0.0.1", port)  # type: ignore[misc]
        connections.append(client)
    # A server takes new connections one by one between its answers; what is timed begins when all of them have had one.
    await asyncio.gather(*(client.run(0) for client in connections))
    times.clear()
    begin = time.perf_counter()
    await asyncio.gather(*(client.run(begin + seconds) for client in connections))
    taken = time.perf_counter() - begin
    for client in connections:
        client.close()
    times.sort()
    return Load(len(times) / taken, times[len(times) // 2] * 1e3, times[math.ceil(len(times) * 0.99) - 1] * 1e3)


class _Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, requests: Sequence[bytes], times: list[float]) -> None:
        self._requests, self._times = itertools.cycle(requests), times
        self._until, self._sent, self._came = 0.0, 0.0, b""

    def run(self, until: float) -> asyncio.Future[None]:
        """Send requests; done with the first answer that comes after `until`, on the clock of time.perf_counter."""
        self._until = until
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._send()
        return self._done

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        came = self._came = self._came + data if self._came else data
        head = came.find(b"\r\n\r\n")
        if head < 0:
            return
        at = came.index(b"content-length: ") + 16
        if len(came) < head + 4 + int(came[at : came.index(b"\r", at)]):
            return
        now = time.perf_counter()
        self._times.append(now - self._sent)
        self._came = b""
        if not came.startswith(b"HTTP/1.1 200 "):
            self._done.set_exception(ConnectionError(came.decode()))
        elif now < self._until:
            self._send()
        else:
            self._done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(next(self._requests))
