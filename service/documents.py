"""POST /documents: a file or a plain text in, its sections with themes out."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from policy_themes.batch.result import Outcome, Result, Summary
from policy_themes.batch.units import Upload
from policy_themes.errors import DocumentError
from policy_themes.tagging.tagger import Options
from service.api.access import ANYBODY
from service.document_schemas import DocumentOptions, DocumentsResponse
from service.problems import RequestError, problem, validation_error
from service.schemas import Problem, tagging_out
from service.state import live_of
from service.watch.tally import of_outcome

__all__ = ["router"]

PLAIN = "文本.txt"  # the name of a text that came without one
LONGEST_NAME = 200  # characters

router = APIRouter(tags=["documents"])

_FIELDS = DocumentOptions.model_json_schema()["properties"]
_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "additionalProperties": False,
                "properties": {"file": {"type": "string", "format": "binary"}, **_FIELDS},
            }
        },
        "text/plain": {"schema": {"type": "string"}},
    },
}


@router.post(
    "/documents",
    response_model=DocumentsResponse,
    openapi_extra={"requestBody": _BODY, **ANYBODY},
    responses={
        status: {"model": Problem, "content": {"application/problem+json": {}}} for status in (400, 413, 415, 422, 503)
    },
    summary="给一份文件打标 (tag a document)",
)
async def documents(request: Request) -> JSONResponse:
    """The sections of a document with their themes, what was left out, what was repaired, and a summary.

    Send the file as the part `file` of multipart/form-data, or a text as text/plain. A zip gives its documents in turn; those that can't be
    read are under `problems`.
    """
    live = live_of(request)
    live.require()  # without a model there is no need to wait for the upload
    upload, options = await _taken(request)
    served = live.require()
    outcome = await served.readers.outcome(upload, options)
    request.state.tally = of_outcome(served.tagger.version, outcome, options)
    if not outcome.summaries and outcome.failures:
        raise outcome.failures[0]
    return JSONResponse({**_answer(outcome), "model": served.tagger.version})


async def _taken(request: Request) -> tuple[Upload, Options]:
    """What was sent, and how to tag it. Raises RequestError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        async with request.form(max_files=1, max_fields=10) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise RequestError("缺少文件", "is missing; send the document as this part", where="file")
            data, name = await file.read(), PurePath((file.filename or PLAIN).replace("\\", "/")).name
            return Upload(data, name[-LONGEST_NAME:] or PLAIN), _options(form)
    if kind in ("text/plain", ""):
        data = await request.body()
        if not data.strip():
            raise DocumentError("文本为空", "the text is empty", code="text-empty")
        return Upload(data, PLAIN), Options()
    raise RequestError(
        f"不接受 {kind};请用 multipart/form-data 上传文件,或用 text/plain 提交文本",
        f"{kind} is not taken; send multipart/form-data or text/plain",
        where="content-type",
        code="media-type",
    )


def _options(form: FormData) -> Options:
    given = {name: value for name, value in form.items() if name != "file"}
    try:
        return DocumentOptions.model_validate(given).options()
    except ValidationError as error:
        raise validation_error(error.errors()) from error


def _answer(outcome: Outcome) -> dict[str, Any]:
    by_document: dict[str, list[Result]] = {summary.document: [] for summary in outcome.summaries}
    for result in outcome.results:
        by_document[result.columns["document"]].append(result)
    return {
        "documents": [_document(summary, by_document[summary.document]) for summary in outcome.summaries],
        "problems": [problem(failure) for failure in outcome.failures],
    }


def _document(summary: Summary, results: list[Result]) -> dict[str, Any]:
    facts = summary.facts
    return {
        "document": summary.document,
        "title": facts.title,
        "issuer": facts.issuer,
        "number": facts.number,
        "date": facts.date,
        "year": facts.year,
        "repairs": dict(summary.repairs),
        "notes": list(summary.notes),
        "themes": _counts(results),
        "sections": [_section(result) for result in results],
    }


def _counts(results: list[Result]) -> list[dict[str, Any]]:
    """The themes of a document with the number of its sections that carry each, most frequent first."""
    counts: dict[tuple[str, str], int] = {}
    for result in results:
        for theme in result.tagging.themes if result.tagging else ():
            counts[theme.id, theme.name] = counts.get((theme.id, theme.name), 0) + 1
    ordered = sorted(counts.items(), key=lambda one: -one[1])
    return [{"id": key, "name": name, "sections": count} for (key, name), count in ordered]


def _section(result: Result) -> dict[str, Any]:
    columns = {name: value for name, value in result.columns.items() if name != "document"}
    themes: dict[str, Any] = tagging_out(result.tagging) if result.tagging else {"themes": []}
    return {**columns, **themes, **({"error": problem(result.error)} if result.error else {})}
