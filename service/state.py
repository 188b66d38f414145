"""What the running service holds: the tagger, or why there is none."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypedDict, cast

import anyio
from fastapi import FastAPI, Request

from policy_themes.errors import ModelMissing, PolicyThemesError
from policy_themes.tagging.tagger import Tagger
from policy_themes.versions import Versions
from service.reading import Readers
from service.settings import Settings

__all__ = ["State", "lifespan_of", "readers_of", "state_of", "tagger_of"]


class State(TypedDict):
    """Lives as long as the application. `fault` is set when there is no `tagger`; `pool` bounds the work done in threads."""

    settings: Settings
    versions: Versions
    tagger: Tagger | None
    fault: PolicyThemesError | None
    pool: anyio.CapacityLimiter
    readers: Readers | None


def lifespan_of(settings: Settings) -> Callable[[FastAPI], AbstractAsyncContextManager[State]]:
    """The lifespan that loads the live model; without one the service runs, says so, and is not ready."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        versions = Versions(settings.models) if settings.models else Versions.shipped()
        tagger = fault = readers = None
        try:
            folder = versions.live_folder()
            tagger = Tagger.load(folder)
            readers = Readers(folder, settings.document_workers, settings.document_seconds)
        except PolicyThemesError as error:
            fault = error
        pool = anyio.CapacityLimiter(settings.pool_threads)
        try:
            yield State(settings=settings, versions=versions, tagger=tagger, fault=fault, pool=pool, readers=readers)
        finally:
            if readers:
                readers.stop()

    return lifespan


def state_of(request: Request) -> State:
    """The state, typed."""
    return cast(State, request.state._state)


def tagger_of(state: State) -> Tagger:
    """The tagger. Raises ModelError that says why there is none."""
    tagger, fault = state["tagger"], state["fault"]
    if tagger is None:
        raise fault or ModelMissing("没有模型", "there is no model")
    return tagger


def readers_of(state: State) -> Readers:
    """The processes that read documents. Raises ModelError that says why there are none."""
    if state["readers"] is None:
        raise state["fault"] or ModelMissing("没有模型", "there is no model")
    return state["readers"]
