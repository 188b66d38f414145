"""The application, put together from its parts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from policy_themes import __version__
from policy_themes.tagging.tagger import Tagger
from service import catalogue, classify, documents, health, pages
from service.api import codebook, imports, labels, queue, training, versions
from service.direct import Direct
from service.handlers import add_problem_handlers
from service.jobs.runner import Runner
from service.limits import BodyLimit
from service.settings import Settings
from service.state import State, lifespan_of
from service.store import LabelStore
from service.web.desk import UPLOADS, add_desk
from service.web.headers import PageHeaders

__all__ = ["create_app"]


def create_app(settings: Settings, ready: Tagger | None = None) -> FastAPI:
    """A FastAPI application; the model is loaded when it starts, unless it is given, `ready`, and still the live one then."""
    app = FastAPI(
        title="policy-themes",
        version=__version__,
        summary="给政策文件的段落打主题标签 (tags sections of Chinese policy documents with themes)",
        lifespan=_lifespan(settings, ready),
        docs_url=None,
        redoc_url=None,
    )
    larger = {
        "/documents": settings.max_document_bytes,
        UPLOADS: settings.max_document_bytes,
        "/labels/imports": imports.MAX_BODY_BYTES,
    }
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes, at=larger)
    app.add_middleware(PageHeaders)
    app.add_middleware(Direct)  # last added, outermost
    add_problem_handlers(app)
    app.state.settings, app.state.label_store = settings, LabelStore(settings)
    app.state.runner = Runner(app.state.label_store)
    for part in (classify, documents, catalogue, queue, imports, labels, training, codebook, versions, health, pages):
        app.include_router(part.router)
    add_desk(app, app.state.label_store.models)
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
    return app


def _lifespan(settings: Settings, ready: Tagger | None) -> Callable[[FastAPI], AbstractAsyncContextManager[State]]:
    """That of the tagger, with the runner of jobs stopped and the label store closed behind it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[State]:
        async with lifespan_of(settings, ready)(app) as state:
            app.state.runner.start()
            try:
                yield state
            finally:
                await to_thread.run_sync(app.state.runner.stop)
                app.state.label_store.close()

    return lifespan
