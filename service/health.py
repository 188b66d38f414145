"""GET /health/live and GET /health/ready."""

from __future__ import annotations

from fastapi import APIRouter, Request

from service.api.access import ANYBODY
from service.schemas import Problem
from service.state import live_of

__all__ = ["router"]

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", summary="进程在运行 (the process runs)", openapi_extra=ANYBODY)
async def live() -> dict[str, str]:
    """Always 200 while the event loop turns."""
    return {"status": "live"}


@router.get(
    "/ready",
    summary="可以打标 (can tag)",
    responses={503: {"model": Problem, "content": {"application/problem+json": {}}}},
    openapi_extra=ANYBODY,
)
async def ready(request: Request) -> dict[str, str]:
    """200 with the model's version, or 503 that says why there is none.

    `fault` tells why the version last promoted is not the one that serves.
    """
    live = live_of(request)
    answer = {"status": "ready", "model": live.require().tagger.version}
    return {**answer, "fault": str(live.fault)} if live.fault else answer
