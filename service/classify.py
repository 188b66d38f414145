"""POST /classify and POST /classify/batch."""

from __future__ import annotations

from functools import partial
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from policy_themes.errors import PolicyThemesError
from policy_themes.tagging.tagger import Options, Tagger
from policy_themes.tagging.text import checked
from service.problems import RequestError, problem, validation_error
from service.schemas import (
    BatchItem,
    BatchRequest,
    BatchResponse,
    ClassifyRequest,
    ClassifyResponse,
    Problem,
    tagging_out,
)
from service.state import state_of, tagger_of

__all__ = ["router"]

IN_PLACE = 4_000  # characters tagged in a millisecond or two; longer text goes to the pool

router = APIRouter(
    tags=["classify"],
    responses={
        status: {"model": Problem, "content": {"application/problem+json": {}}} for status in (400, 413, 422, 503)
    },
)


@router.post("/classify", response_model=ClassifyResponse, summary="给一段打标 (tag one section)")
async def classify(body: ClassifyRequest, request: Request) -> JSONResponse:
    """The themes of one section, best first, each with the sentences that carry it."""
    state = state_of(request)
    tagger = tagger_of(state)
    text, options = checked(body.text, state["settings"].max_text_characters), body.options()
    if len(text) <= IN_PLACE:
        tagging = tagger.tag(text, options)
    else:
        tagging = await to_thread.run_sync(tagger.tag, text, options, limiter=state["pool"])
    return JSONResponse({**tagging_out(tagging), "model": tagger.version})


@router.post("/classify/batch", response_model=BatchResponse, summary="给一批打标 (tag many sections)")
async def classify_batch(body: BatchRequest, request: Request) -> JSONResponse:
    """One result an item, in order, `id` echoed; an item that cannot be tagged gets its own error."""
    state = state_of(request)
    tagger, settings = tagger_of(state), state["settings"]
    if len(body.items) > settings.max_batch:
        raise RequestError(
            f"一批有 {len(body.items)} 段,上限 {settings.max_batch};请分批提交",
            f"a batch of {len(body.items)} is over the limit of {settings.max_batch}; send it in parts",
            where="items",
            code="batch-too-large",
        )
    work = partial(_tagged, tagger, body.items, body.options(), settings.max_text_characters)
    results = await to_thread.run_sync(work, limiter=state["pool"])
    return JSONResponse({"results": results, "model": tagger.version})


def _tagged(tagger: Tagger, items: list[Any], options: Options, max_characters: int) -> list[dict[str, Any]]:
    """The result of each item, as JSON values."""
    results: list[dict[str, Any]] = []
    sound: list[tuple[int, str]] = []
    for number, item in enumerate(items):
        try:
            read = BatchItem.model_validate(item)
            results.append({"id": read.id})
            sound.append((number, checked(read.text, max_characters)))
        except ValidationError as error:
            results.append({"id": _id_of(item), "error": problem(validation_error(error.errors(), ("items", number)))})
        except PolicyThemesError as error:
            results[-1]["error"] = problem(error.at(f"items.{number}.text"))
    taggings = tagger.tag_batch([text for _, text in sound], options)
    for (number, _), tagging in zip(sound, taggings, strict=True):
        results[number].update(tagging_out(tagging))
    return results


def _id_of(item: Any) -> str | int | None:
    """The id of a faulty item, if it has one that can be given back."""
    try:
        return BatchItem.model_validate({"id": item["id"], "text": ""}).id
    except (ValidationError, TypeError, KeyError, IndexError):
        return None
