"""POST /classify and POST /classify/batch.

A plain /classify is answered by service/direct.py before it comes here, a large body by service/large.py in another process.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from service.answers import batched, classified
from service.api.access import ANYBODY
from service.elsewhere import LargeRoute, answered_elsewhere, answered_with
from service.schemas import BatchRequest, BatchResponse, ClassifyRequest, ClassifyResponse, Problem
from service.state import state_of, tagger_of

__all__ = ["router"]

FEW = 16  # items of a batch tagged in place

router = APIRouter(
    tags=["classify"],
    route_class=LargeRoute,
    responses={
        status: {"model": Problem, "content": {"application/problem+json": {}}} for status in (400, 413, 422, 503)
    },
)


@router.post(
    "/classify", response_model=ClassifyResponse, summary="给一段打标 (tag one section)", openapi_extra=ANYBODY
)
async def classify(body: ClassifyRequest, request: Request) -> Response:
    """The themes of one section, best first, each with the sentences that carry it."""
    state = state_of(request)
    answer = classified(tagger_of(state), body, state["settings"].max_text_characters)
    return answered_with(request, answer)


@router.post(
    "/classify/batch", response_model=BatchResponse, summary="给一批打标 (tag many sections)", openapi_extra=ANYBODY
)
async def classify_batch(body: BatchRequest, request: Request) -> Response:
    """One result an item, in order, `id` echoed; an item that cannot be tagged gets its own error."""
    if len(body.items) > FEW:
        return await answered_elsewhere(request, batch=True)
    state = state_of(request)
    settings = state["settings"]
    answer = batched(tagger_of(state), body, settings.max_text_characters, settings.max_batch)
    return answered_with(request, answer)
