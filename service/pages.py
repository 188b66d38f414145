"""GET /docs, with every asset from this machine: FastAPI's own page asks a CDN, which an intranet does not reach."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

__all__ = ["STATIC", "router"]

STATIC = Path(__file__).parent / "static"

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs() -> FileResponse:
    """Swagger UI over /openapi.json."""
    return FileResponse(STATIC / "docs.html", headers={"Content-Security-Policy": _POLICY})


# Swagger UI styles its elements in place and draws its icons from data: addresses; nothing else may load or run.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'"
)
