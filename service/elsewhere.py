"""Routes whose large bodies are answered in another process, so that the event loop is never held up by them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from policy_themes.batch.result import Outcome
from policy_themes.tagging.tagger import Options
from service.answers import Answer
from service.large import ANSWER, FAULT, SMALL, UNREADABLE, Large
from service.state import readers_of, state_of

__all__ = ["LargeRoute", "answered_elsewhere", "answered_with"]


class LargeRoute(APIRoute):
    """POST /classify or POST /classify/batch: a JSON body over SMALL goes to another process, anything else FastAPI's way."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler that tells them apart by size."""
        ordinary, batch = super().get_route_handler(), self.path.endswith("/batch")

        async def handler(request: Request) -> Response:
            try:
                large = len(await request.body()) > SMALL and _is_json(request)
            except ClientDisconnect:
                large = False
            return await (answered_elsewhere(request, batch) if large else ordinary(request))

        return handler


async def answered_elsewhere(request: Request, batch: bool) -> Response:
    """The answer to a request, worked out in one of the processes that read documents."""
    state = state_of(request)
    settings = state["settings"]
    work = Large(await request.body(), "", batch, settings.max_text_characters, settings.max_batch)
    return answered_with(request, _answer(await readers_of(state).outcome(work, Options())))


def answered_with(request: Request, answer: Answer) -> Response:
    """The answer; what was tagged for it is counted once it has gone out."""
    request.state.tally = answer.tally
    return Response(answer.body, media_type="application/json")


def _is_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _answer(outcome: Outcome) -> Answer:
    """The answer, or the error that FastAPI's own reading of the body would have raised."""
    if outcome.failures:
        raise outcome.failures[0]
    told = outcome.results[0].columns
    if ANSWER in told:
        answer: Answer = told[ANSWER]
        return answer
    fault = told[FAULT]
    if fault["type"] == UNREADABLE:
        raise HTTPException(400, "There was an error parsing the body")
    raise RequestValidationError([{**fault, "loc": ("body", *fault["loc"])}])
