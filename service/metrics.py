"""GET /metrics: counts of all workers, as Prometheus reads them."""

from __future__ import annotations

import ipaddress
from typing import cast

from fastapi import APIRouter, Request, Response
from fastapi.security import HTTPAuthorizationCredentials

from policy_themes.errors import PolicyThemesError
from service.api.access import MAYBE, writer
from service.schemas import Problem
from service.state import live_of
from service.store import LabelStore
from service.watch.counts import Flat
from service.watch.exposition import Facts, exposition
from service.watch.watch import Watch

__all__ = ["router", "watch_of"]

router = APIRouter(tags=["health"])
_key = writer("read")


@router.get(
    "/metrics",
    summary="运行指标 (metrics)",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
        **{status: {"model": Problem, "content": {"application/problem+json": {}}} for status in (401, 403, 503)},
    },
    openapi_extra=MAYBE,
)
def metrics(request: Request) -> Response:
    """In the Prometheus text format. Open to this machine; elsewhere to keys with the scope read, or to all if `metrics_open` is set."""
    if not request.app.state.settings.metrics_open and not _is_here(request):
        # Not a dependency: the API's description would say that a key is needed everywhere.
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        _key(request, HTTPAuthorizationCredentials(scheme=scheme, credentials=key.strip()) if key else None)
    facts = watch_of(request).facts()
    text, kind = exposition(Facts(facts.counts, facts.gauges | _now(request)))
    return Response(text, media_type=kind)


def watch_of(request: Request) -> Watch:
    """What watches this process."""
    return cast(Watch, request.app.state.watch)


def _is_here(request: Request) -> bool:
    return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback


def _now(request: Request) -> Flat:
    """The model that serves, and what the store says, if there is one."""
    found: Flat = {}
    served = live_of(request).served
    if served:
        found["live", served.tagger.version] = 1
    store: LabelStore = request.app.state.label_store
    if not store.exists:
        return found
    try:
        from service.jobs.tally import states

        with store.open().read() as connection:
            found |= {("jobs", kind, state): count for (kind, state), count in states(connection).items()}
        if served:
            found |= request.app.state.drift.gauges(served.tagger)
        return found | {("store_up",): 1}
    except PolicyThemesError:
        return found | {("store_up",): 0}
