"""What the running service holds."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypedDict, cast

from fastapi import FastAPI, Request

from policy_themes.tagging.tagger import Tagger
from policy_themes.versions import Versions
from service.live import Live
from service.reading import Readers
from service.settings import Settings

__all__ = ["State", "lifespan_of", "live_of", "readers_of", "state_of", "tagger_of"]


class State(TypedDict):
    """Lives as long as the application."""

    settings: Settings
    versions: Versions
    live: Live


def lifespan_of(
    settings: Settings, ready: Tagger | None = None
) -> Callable[[FastAPI], AbstractAsyncContextManager[State]]:
    """The lifespan that loads the live model and follows promotions; without a model the service runs, says so, and is not ready."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        versions = Versions(settings.models) if settings.models else Versions.shipped()
        live = Live(versions, settings, ready)
        await live.refresh()
        # What is loaded now stays: looking through it again and again for garbage would stop requests for tens of milliseconds.
        gc.freeze()
        gc.enable()  # see server.py
        watching = asyncio.create_task(live.watch())
        try:
            yield State(settings=settings, versions=versions, live=live)
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
            live.stop()

    return lifespan


def state_of(request: Request) -> State:
    """The state, typed."""
    return cast(State, request.state._state)


def live_of(request: Request) -> Live:
    """What holds the model that serves."""
    return state_of(request)["live"]


def tagger_of(state: State) -> Tagger:
    """The tagger. Raises ModelError that says why there is none."""
    return state["live"].require().tagger


def readers_of(state: State) -> Readers:
    """The processes that read documents. Raises ModelError that says why there are none."""
    return state["live"].require().readers
