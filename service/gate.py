"""Who may come in now: a bound on requests under way, and on how often and how much each client writes or asks.

Health checks and figures are let through whatever goes on. Stands outside of everything that works on requests.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.crowd import Crowd
from service.handlers import answered
from service.rates import KnownKeys, Rates, client_at
from service.refusals import Busy, Later, TooMany
from service.schemas import Problem
from service.settings import Settings

__all__ = ["LIMITED", "Gate"]

OPEN = frozenset(("/health/live", "/health/ready", "/metrics"))
READING = frozenset(("GET", "HEAD", "OPTIONS"))
TAGGING = frozenset(("/classify", "/classify/batch"))
MEGABYTE = 1e6
# What every operation but the health checks may answer, for the API's description.
LIMITED: dict[int | str, dict[str, Any]] = {
    status: {
        "model": Problem,
        "content": {"application/problem+json": {}},
        "headers": {"Retry-After": {"description": "秒 (seconds)", "schema": {"type": "integer", "minimum": 1}}},
    }
    for status in (429, 503)
}
SOON = 1  # seconds; requests under way are mostly done within


@dataclass(frozen=True, slots=True)
class _Allowed:
    """So many a minute, 0 for any number, for a key and for an address without one; `name` tells what from what in the buckets."""

    name: str
    key: float
    address: float
    least: float = 1.0  # what must be left for one more; the size of a request is not known when it begins

    def rate(self, key: str | None) -> float:
        return self.address if key is None else self.key


class Gate:
    """ASGI middleware. Refuses with 503 what is too much at once, with 429 what is too much from one client.

    A request whose time is over when the service stops is answered 503 too. `clock` gives seconds.
    """

    def __init__(
        self, app: ASGIApp, settings: Settings, crowd: Crowd, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.app, self._clock, self._crowd = app, clock, crowd
        share = settings.workers
        key, address = settings.key_writes_per_minute, settings.address_writes_per_minute
        self._writes = _Allowed("writes", key / share, address / share)
        key, address = settings.key_requests_per_minute, settings.address_requests_per_minute
        self._asks = _Allowed("asks", key / share, address / share)
        key, address = settings.key_megabytes_per_minute, settings.address_megabytes_per_minute
        self._sizes = _Allowed("sizes", key / share, address / share, least=0.0)
        self._asks_bounded = bool(self._asks.key or self._asks.address)
        self._rates, self._keys = Rates(), KnownKeys()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in OPEN:
            await self.app(scope, receive, send)
            return
        if self._crowd.full:
            await answered(_busy(self._crowd.most))(scope, receive, send)
            return
        self._crowd.under_way += 1
        try:
            if scope["method"] not in READING and scope["path"] not in TAGGING:
                await self._write(scope, receive, send)
            elif self._asks_bounded:
                await self._counted(scope, receive, send, self._asks)
            else:
                await self.app(scope, receive, send)
        except asyncio.CancelledError:  # by uvicorn, when the time that a stop gives is over
            with contextlib.suppress(RuntimeError):  # an answer has begun: the connection is closed
                await answered(_stopping())(scope, receive, send)
        finally:
            self._crowd.under_way -= 1

    async def _write(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A request that writes or uploads: its size counts too, as it comes, since what is announced may be false."""
        read = 0

        async def weighed() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            return message

        try:
            await self._counted(scope, weighed, send, self._writes, self._sizes)
        finally:
            self._charge(scope, self._sizes, read / MEGABYTE)

    async def _counted(self, scope: Scope, receive: Receive, send: Send, *bounds: _Allowed) -> None:
        if refusal := self._refusal(scope, bounds):
            await answered(refusal)(scope, receive, send)
            return
        self._charge(scope, bounds[0], 1)
        await self.app(scope, receive, send)
        if (key := scope.get("state", {}).get("key_id")) is not None:  # whoever looked the key up says so
            self._keys.remember(_carried(scope), key)

    def _refusal(self, scope: Scope, bounds: tuple[_Allowed, ...]) -> Later | None:
        client, key = self._client(scope)
        for one in bounds:
            rate = one.rate(key)
            wait = self._rates.wait(f"{one.name} {client}", rate, self._clock(), one.least) if rate else 0
            if wait:
                return _too_many(wait)
        return None

    def _charge(self, scope: Scope, bound: _Allowed, cost: float) -> None:
        client, key = self._client(scope)
        if cost and (rate := bound.rate(key)):
            self._rates.charge(f"{bound.name} {client}", rate, self._clock(), cost)

    def _client(self, scope: Scope) -> tuple[str, str | None]:
        """Who asks, and with which key, if it is one that was found good before."""
        key = self._keys.find(_carried(scope))
        return (f"key {key}" if key is not None else client_at((scope.get("client") or ("",))[0])), key


def _carried(scope: Scope) -> bytes:
    """What a key or a session is known by."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    return headers.get(b"authorization") or headers.get(b"cookie", b"")


def _busy(most: int) -> Busy:
    return Busy(
        f"同时处理的请求已达上限 {most};请稍后重试",
        f"{most} requests are under way, as many as may be; try again soon",
        retry_after=SOON,
    )


def _stopping() -> Busy:
    return Busy(
        "服务正在停止,请求没有做完;请稍后重试",
        "the service is being stopped and did not finish this; try again soon",
        code="stopping",
    )


def _too_many(wait: float) -> TooMany:
    seconds = math.ceil(wait)
    return TooMany(
        f"请求过于频繁;请 {seconds} 秒后再试,批量数据请合并成较少的请求",
        f"too much in a short time; try again in {seconds} s, and send many items in fewer requests",
        retry_after=seconds,
    )
