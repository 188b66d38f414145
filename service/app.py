"""The application, put together from its parts."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from policy_themes import __version__
from service import catalogue, classify, documents, health, pages
from service.limits import BodyLimit
from service.problems import add_problem_handlers
from service.settings import Settings
from service.state import lifespan_of

__all__ = ["create_app"]


def create_app(settings: Settings) -> FastAPI:
    """A FastAPI application; the model is loaded when it starts, not before."""
    app = FastAPI(
        title="policy-themes",
        version=__version__,
        summary="给教育政策文件的段落打主题标签 (tags sections of Chinese education-policy documents with themes)",
        lifespan=lifespan_of(settings),
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes, at={"/documents": settings.max_document_bytes})
    add_problem_handlers(app)
    for part in (classify, documents, catalogue, health, pages):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
    return app
