"""Around every request, outside of everything else: its id, its counts, its line in the log, its row of the audit."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.audit.entry import Entry
from service.plain import good_name
from service.watch.line import GONE, Asked
from service.watch.watch import Watch

__all__ = ["Watched"]

HEADER = b"x-request-id"
STATIC = "/static/"
NOWHERE = "(none)"  # the path of what no operation answers: those that strangers make up are not told apart
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
READING = frozenset(("GET", "HEAD", "OPTIONS"))
TAGGING = frozenset(("/classify", "/classify/batch"))
SIGN_IN = "/desk/sign-in"
QUIET = frozenset(("/health/live", "/health/ready", "/metrics"))  # asked every few seconds: only told where debugging

_log = logging.getLogger("policy_themes")


class Watched:
    """ASGI middleware. `fixed` are the paths of operations that name nothing, known even where a request did not get as far as those."""

    def __init__(self, app: ASGIApp, watch: Watch, fixed: Iterable[str]) -> None:
        self.app, self._watch, self._fixed = app, watch, frozenset(fixed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.perf_counter()
        name = self._given(scope["headers"]) or self._watch.name()
        scope.setdefault("state", {})["request_id"] = name
        written = scope["method"] not in READING and scope["path"] not in TAGGING
        status, size_in, size_out = 0, 0, 0

        async def counted() -> Message:
            nonlocal size_in
            message = await receive()
            size_in += len(message.get("body", b""))
            return message

        async def told(message: Message) -> None:
            nonlocal status, size_out
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (HEADER, name.encode())]
                if written or status in (401, 403):
                    await self._audit(scope, status)
            else:
                size_out += len(message.get("body", b""))
            await send(message)

        self._watch.counts.under_way += 1
        try:
            await self._answer(scope, counted, told)
        finally:
            self._watch.counts.under_way -= 1
            self._done(scope, status or GONE, time.perf_counter() - begun, size_in, size_out)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An unforeseen error, which Starlette has answered with 500, goes no further than the log."""
        try:
            await self.app(scope, receive, send)
        except ClientDisconnect:
            return  # nobody is there to answer; the line of the request says 499 or what was answered
        except Exception:
            asked = {"request_id": scope["state"]["request_id"]}
            _log.exception("%s %s 出错 (failed)", scope["method"], self._path(scope), extra=asked)

    def _done(self, scope: Scope, status: int, seconds: float, size_in: int, size_out: int) -> None:
        state, path, method = scope["state"], self._path(scope), scope["method"]
        if method not in METHODS:
            method = "OTHER"
        level = 40 if status >= 500 else 10 if path in QUIET and status < 400 else 20
        name, who, tally = state["request_id"], state.get("who", ""), state.get("tally")
        self._watch.answered(
            Asked(time.time(), level, name, method, path, status, seconds, size_in, size_out, who, tally)
        )

    async def _audit(self, scope: Scope, status: int) -> None:
        """Who writes has been found to be somebody, or is refused; sign-ins are told however they end."""
        state, refused = scope["state"], status in (401, 403)
        if not (refused or state.get("who") or scope["path"].endswith(SIGN_IN)):
            return
        address = (scope.get("client") or ("",))[0]
        operation = f"{scope['method'][:20]} {self._path(scope)}"
        who = state.get("who") or f"未知 {address}"
        entry = Entry(who, operation, scope["path"], status, state["request_id"])
        await self._watch.audit.put(entry, address if refused or not state.get("who") else "")

    def _path(self, scope: Scope) -> str:
        route: Any = scope.get("route")
        path = getattr(route, "path", None) or scope["path"]
        if route is not None or path in self._fixed:
            return str(path)
        return STATIC if path.startswith(STATIC) else NOWHERE

    @staticmethod
    def _given(headers: Iterable[tuple[bytes, bytes]]) -> str:
        for key, value in headers:
            if key == HEADER:
                return value.decode() if good_name(value) else ""
        return ""
