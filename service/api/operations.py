"""GET /drift and GET /audit: how the service is doing, and who did what."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request

from service.api.access import ANYBODY, store_of, writer
from service.api.labels import PROBLEMS
from service.api.operations_schemas import AuditEntry, AuditResponse, DriftResponse, MoverOut, SignalOut
from service.metrics import watch_of
from service.state import state_of, tagger_of

__all__ = ["router"]

router = APIRouter(tags=["operations"], responses=PROBLEMS)

Time = Annotated[str, Query(max_length=32, pattern=r"^[0-9T:.+\-]*$", description="ISO 8601, UTC: 2026-11-23T08:00")]


@router.get("/drift", summary="新文本的偏移 (drift)", openapi_extra=ANYBODY)
def drift(request: Request, window: Literal["24h", "7d"] = "24h") -> DriftResponse:
    """How far what the model that serves has tagged is from the text it was trained on, and what to do.

    What other workers tagged within the last minute may be missing; what was asked for with `threshold` or `top` does not count.
    """
    tagger = tagger_of(state_of(request))
    store_of(request)  # there is one from now on, where counts are kept
    watch_of(request).flush()
    found = request.app.state.drift.verdict(tagger, window)
    names = {theme.id: theme.name for theme in tagger.themes} | {"": "(无主题)"}
    movers = [MoverOut(**asdict(one), name=names.get(one.theme, one.theme)) for one in found.movers]
    signals = [SignalOut(**asdict(one)) for one in found.signals]
    return DriftResponse(
        model=found.version,
        window=window,
        sections=found.sections,
        word=found.word,
        advice=found.advice,
        signals=signals,
        movers=movers,
    )


@router.get("/audit", summary="谁写了什么 (the audit log)")
def audit(
    request: Request,
    _: Annotated[str, Depends(writer("admin"))],
    who: Annotated[str, Query(max_length=200, description="密钥名称 (a key's name)")] = "",
    operation: Annotated[
        str, Query(max_length=200, description="操作中的文字,如 POST /labels (part of the operation)")
    ] = "",
    status: Annotated[int, Query(ge=0, le=599)] = 0,
    since: Time = "",
    until: Time = "",
    before: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AuditResponse:
    """Every change and every refusal, newest first, a page at a time. Needs a key with the scope admin."""
    from service.audit.rows import Wanted, count, find

    wanted = Wanted(who, operation, status, since, until)
    with store_of(request).read() as connection:
        found, total = find(connection, wanted, before, limit), count(connection, wanted)
    items = [AuditEntry(**asdict(one)) for one in found]
    return AuditResponse(items=items, total=total, next=found[-1].id if len(found) == limit else None)
