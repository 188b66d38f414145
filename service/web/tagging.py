"""打标: documents and texts sent, and the pages of their results."""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import PurePath
from typing import Annotated, cast

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile

from policy_themes.batch.units import ARCHIVES, Upload
from policy_themes.documents.read import SUFFIXES
from policy_themes.errors import DocumentError, ModelError, PolicyThemesError
from policy_themes.tagging.tagger import Options
from service.disk import needed
from service.problems import problem
from service.reading import Readers
from service.refusals import NotThere
from service.state import live_of, readers_of, state_of, tagger_of
from service.watch.tally import of_outcome
from service.web.example import EXAMPLE, example_of
from service.web.page import PageRoute, page
from service.web.palette import Palette
from service.web.results import HOURS, Kept, Results
from service.web.sheet import sheet_of
from service.web.signed import noticed
from service.web.view import View

__all__ = ["UPLOADS", "VIEW", "kept_of", "palette_of", "router"]

VIEW = View("打标", "/")
UPLOADS = "/desk/results"
PASTED = "粘贴的文本.txt"
LONGEST_NAME = 200  # characters

router = APIRouter(include_in_schema=False, route_class=PageRoute, dependencies=[Depends(noticed)])

Number = Annotated[int, Query(ge=0, le=100_000)]


@router.get("/")
def home(request: Request, theme: str = "") -> Response:
    """The first screen: where documents are dropped, and the example. A reader is started behind it, so that the first upload finds one."""
    try:
        readers, fault = readers_of(state_of(request)), None
        example = sheet_of(kept_of(request, EXAMPLE), palette_of(request), theme=theme)
    except ModelError as error:
        readers, example, fault = None, None, problem(error)
    return page(
        request,
        "tag.html",
        view=VIEW,
        after=BackgroundTask(_warm, readers) if readers else None,
        sheet=example,
        fault=fault,
        base=request.scope.get("root_path", "") + "/",
        kinds=",".join((*SUFFIXES, *ARCHIVES)),
        hours=HOURS,
    )


@router.post(UPLOADS)
async def upload(request: Request) -> Response:
    """Tag what was sent as `file` or as `text`, keep the result, and say where it is: by a redirect, or as JSON where that is asked for."""
    live = live_of(request)
    live.require()  # without a model there is no need to wait for the upload
    sent = await _sent(request)
    served = live.require()
    outcome = await served.readers.outcome(sent, Options())
    request.state.tally = of_outcome(served.tagger.version, outcome, Options())
    if not outcome.summaries and outcome.failures:
        raise outcome.failures[0]
    kept = Kept(sent.name, outcome, served.tagger.version)
    with needed():
        await to_thread.run_sync(_results(request).keep, kept)
    address = f"{request.scope.get('root_path', '')}{UPLOADS}/{kept.id}"
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(address, 303)
    told = {
        "id": kept.id,
        "url": address,
        "name": kept.name,
        "documents": len(outcome.summaries),
        "sections": sum(result.tagging is not None for result in outcome.results),
        "problems": [problem(failure) for failure in outcome.failures],
        "until": kept.until,
    }
    return JSONResponse(told)


@router.get(UPLOADS + "/{key}")
def result(request: Request, key: str, d: Number = 0, theme: str = "", part: Number = 0) -> Response:
    """A result: its document number `d`, the sections that carry `theme`, part `part` of a very long one."""
    kept = kept_of(request, key)
    return page(
        request,
        "result.html",
        view=VIEW,
        kept=kept,
        sheet=sheet_of(kept, palette_of(request), document=d, theme=theme, part=part),
        base=f"{request.scope.get('root_path', '')}{UPLOADS}/{key}",
        link=str(request.url_for("result", key=key)),
        until=None if key == EXAMPLE else datetime.fromtimestamp(kept.until),
        hours=HOURS,
        documents=[summary.document for summary in kept.outcome.summaries],
        failures=[problem(failure) for failure in kept.outcome.failures],
    )


def kept_of(request: Request, key: str) -> Kept:
    """The result with this id, or the example. Raises NotThere; ModelError for the example without a model."""
    if key == EXAMPLE:
        return example_of(tagger_of(state_of(request)))
    kept = _results(request).find(key)
    if not kept.outcome.summaries:
        raise NotThere("这份结果里没有文件", "the result holds no document")
    return kept


def palette_of(request: Request) -> Palette:
    """The colours of the live model's themes."""
    served = live_of(request).served
    return Palette([theme.id for theme in served.tagger.themes] if served else [])


def _results(request: Request) -> Results:
    return cast(Results, request.app.state.desk.results)


async def _sent(request: Request) -> Upload:
    limit = request.app.state.settings.max_body_bytes
    async with request.form(max_files=1, max_fields=10, max_part_size=limit) as form:
        file, text = form.get("file"), form.get("text")
        if isinstance(file, UploadFile) and file.filename:
            name = PurePath(file.filename.replace("\\", "/")).name
            return Upload(await file.read(), name[-LONGEST_NAME:] or PASTED)
    if not isinstance(text, str) or not text.strip():
        raise DocumentError("没有收到文件或文字", "neither a file nor a text was sent", code="text-empty")
    return Upload(text.encode("utf-8", "replace"), PASTED)


async def _warm(readers: Readers) -> None:
    """The page is sent already: whatever goes wrong here will be told by the upload itself, if it still is so then."""
    with contextlib.suppress(PolicyThemesError, OSError):
        await readers.outcome(Upload("预热".encode(), PASTED), Options())
