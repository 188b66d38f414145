"""What the running service holds."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypedDict, cast

from policy_themes.tagging.tagger import Tagger
from policy_themes.versions import Versions
from service.crowd import Crowd
from service.direct import Direct
from service.live import Live
from service.reading import Readers
from service.settings import Settings
from service.watch.watch import Watch

if TYPE_CHECKING:
    from fastapi import Request

__all__ = ["State", "live_of", "readers_of", "serving", "state_of", "tagger_of"]


class State(TypedDict):
    """Lives as long as the application."""

    settings: Settings
    versions: Versions
    live: Live
    direct: Direct


@asynccontextmanager
async def serving(settings: Settings, watch: Watch, crowd: Crowd, ready: Tagger | None = None) -> AsyncIterator[State]:
    """The live model loaded, or `ready` if it is that, and promotions followed; without a model the service says so, and is not ready."""
    versions = Versions(settings.models) if settings.models else Versions.shipped()
    live = Live(versions, settings, ready)
    await live.refresh()
    watching = asyncio.create_task(live.watch())
    try:
        yield State(settings=settings, versions=versions, live=live, direct=Direct(live, settings, watch, crowd))
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        live.stop()


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
