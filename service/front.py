"""The service as uvicorn gets it: at work as soon as the model is loaded. The framework, the pages and what stands behind them take longer
to load than the model does, so they are loaded behind it; what asks for them in the first half second waits."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from anyio import to_thread
from pydantic_core import to_json

from service.crowd import Crowd
from service.settings import Settings
from service.state import State, serving
from service.watch.watch import Watch

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["Front"]

_log = logging.getLogger("policy_themes")


class Front:
    """ASGI. Plain requests to tag do not come by here (see shortcut.py); health checks are answered while the rest is loaded."""

    def __init__(self, settings: Settings, watch: Watch) -> None:
        self._settings, self._watch = settings, watch
        self._app: ASGIApp | None = None
        self._loaded = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
            return
        if self._app is None:
            if health := _health(scope):
                await send({"type": "http.response.start", "status": 200, "headers": _headers(health)})
                await send({"type": "http.response.body", "body": health})
                return
            await self._loaded.wait()
        if self._app is None:
            raise RuntimeError("the application could not be loaded")
        await self._app(scope, receive, send)

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        async with serving(self._settings, self._watch, Crowd(self._settings.max_requests)) as state:
            scope["state"].update(state)
            await send({"type": "lifespan.startup.complete"})
            async with AsyncExitStack() as rest:
                loading = asyncio.create_task(self._load(state, rest))
                await receive()
                await loading
        await send({"type": "lifespan.shutdown.complete"})

    async def _load(self, state: State, rest: AsyncExitStack) -> None:
        try:
            app = await to_thread.run_sync(self._made, state)
            await rest.enter_async_context(app.router.lifespan_context(app))
            self._app = app
        except Exception:  # a broken installation
            _log.exception("服务未能装载,即将停止 (the service could not be loaded and stops)")
            signal.raise_signal(signal.SIGTERM)
        finally:
            self._loaded.set()

    def _made(self, state: State) -> FastAPI:
        from service.app import create_app

        return create_app(self._settings, watch=self._watch, started=state)


def _health(scope: Scope) -> bytes:
    """The answer to a health check, as service/health.py gives it; empty for anything else, and where something is wrong."""
    path, live = scope.get("path"), scope["state"]["live"]
    if scope["type"] != "http" or scope["method"] != "GET":
        return b""
    if path == "/health/live":
        return to_json({"status": "live"})
    if path == "/health/ready" and live.served and not live.fault:
        return to_json({"status": "ready", "model": live.served.tagger.version})
    return b""


def _headers(body: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"content-length", b"%d" % len(body)), (b"content-type", b"application/json")]
