"""The application, put together from its parts."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp

from policy_themes import __version__
from policy_themes.tagging.tagger import Tagger
from service import catalogue, classify, documents, health, metrics, pages
from service.api import codebook, imports, labels, operations, queue, training, versions
from service.crowd import Crowd
from service.drift.drift import Drift
from service.gate import LIMITED, Gate
from service.handlers import add_problem_handlers
from service.jobs.runner import Runner
from service.limits import BodyLimit
from service.settings import Settings
from service.state import State, serving
from service.store import LabelStore
from service.tracing import traced
from service.watch.watch import Watch
from service.watch.watched import Watched
from service.web.desk import IMPORTS, UPLOADS, add_desk
from service.web.headers import PageHeaders

__all__ = ["create_app"]


_PARTS = (
    *(classify, documents, catalogue, queue, imports, labels, training, codebook, versions),
    *(operations, health, metrics, pages),
)


class _Application(FastAPI):
    """With what watches requests outside of everything, the answer to an unforeseen error too."""

    def build_middleware_stack(self) -> ASGIApp:
        """Called once by Starlette."""
        paths = {getattr(route, "path", "{}") for part in _PARTS for route in part.router.routes}
        fixed = {path for path in paths if "{" not in path}
        return traced(Watched(super().build_middleware_stack(), self.state.watch, fixed))


def create_app(
    settings: Settings, ready: Tagger | None = None, watch: Watch | None = None, started: State | None = None
) -> FastAPI:
    """A FastAPI application; the model is loaded when it starts, unless it is given, `ready`, and still the live one then; or what
    serves it has been `started`. `watch` is what its requests are told to; by default counts are kept, and nothing is logged."""
    app = _Application(
        title="policy-themes",
        version=__version__,
        summary="给政策文件的段落打主题标签 (tags sections of Chinese policy documents with themes)",
        lifespan=_lifespan(settings, ready, started),
        docs_url=None,
        redoc_url=None,
    )
    larger = {
        "/documents": settings.max_document_bytes,
        UPLOADS: settings.max_document_bytes,
        "/labels/imports": settings.max_import_bytes,
        IMPORTS: settings.max_import_bytes,
    }
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes, at=larger)
    app.add_middleware(PageHeaders)
    crowd = started["direct"].crowd if started else Crowd(settings.max_requests)
    app.add_middleware(Gate, settings=settings, crowd=crowd)  # last added, outermost but for what only watches
    add_problem_handlers(app)
    app.state.settings, app.state.label_store = settings, LabelStore(settings)
    app.state.runner = Runner(app.state.label_store)
    app.state.watch = watch or Watch()
    app.state.crowd = crowd
    store = app.state.label_store
    app.state.drift = Drift(store, store.models, store.labels)
    for part in _PARTS:
        app.include_router(part.router, responses={} if part in (health, metrics) else LIMITED)
    add_desk(app, app.state.label_store.models)
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
    return app


def _lifespan(
    settings: Settings, ready: Tagger | None, started: State | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[dict[str, object]]]:
    """Around the model: the runner of jobs, what watches, and the label store, closed behind them."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, object]]:
        async with AsyncExitStack() as stack:
            if started:
                state = started
            else:
                state = await stack.enter_async_context(serving(settings, app.state.watch, app.state.crowd, ready))
            # What is loaded now stays: looking through it again and again for garbage would stop requests for tens of milliseconds.
            gc.freeze()
            gc.enable()  # see server.py
            app.state.runner.start()
            app.state.watch.start(app.state.label_store, state["live"])
            try:
                yield {**state}
            finally:
                await to_thread.run_sync(app.state.runner.stop)
                await to_thread.run_sync(app.state.watch.stop)
                app.state.label_store.close()

    return lifespan
