"""/labels/imports and /labels/export: labels of other programs in, as a job, and out."""

from __future__ import annotations

from pathlib import PurePath
from shutil import rmtree
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse
from pydantic import ValidationError
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile

from service.api.access import ANYBODY, runner_of, store_of, writer
from service.api.job_schemas import ImportOptions, ImportOut, ImportsResponse, import_out
from service.api.labels import PROBLEMS
from service.problems import RequestError, validation_error

__all__ = ["router"]

LONGEST_NAME = 200  # characters

router = APIRouter(prefix="/labels", tags=["labels"], responses=PROBLEMS)
Labeller = Annotated[str, Depends(writer("label"))]
Format = Literal["csv", "xlsx", "jsonl", "label-studio", "doccano", "fasttext"]

_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "additionalProperties": False,
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    **ImportOptions.model_json_schema()["properties"],
                },
            }
        }
    },
}


@router.post(
    "/imports",
    status_code=202,
    openapi_extra={"requestBody": _BODY},
    responses={415: PROBLEMS[422]},
    summary="导入标注 (import labels)",
)
async def create_import(request: Request, by: Labeller) -> ImportOut:
    """Begin to import a file of labels, sent as the part `file`: all of it or, if anything is wrong, none. Ask for its progress by `id`."""
    name, data, options = await _taken(request)
    return await to_thread.run_sync(_created, request, by, {"name": name, **options.model_dump()}, data)


@router.get("/imports", summary="导入记录 (imports)", openapi_extra=ANYBODY)
def imports(
    request: Request,
    skip: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> ImportsResponse:
    """Imports, newest first, a page at a time."""
    from service.jobs.queue import find

    with store_of(request).read() as connection:
        found, total = find(connection, "import", skip, limit)
    return ImportsResponse(items=[import_out(job) for job in found], total=total)


@router.get("/imports/{job}", summary="一次导入 (an import)", openapi_extra=ANYBODY)
def import_(job: str, request: Request) -> ImportOut:
    """How far an import is, or how it ended: counts, and what is wrong by line."""
    from service.jobs.queue import get

    with store_of(request).read() as connection:
        return import_out(get(connection, "import", job))


@router.delete("/imports/{job}", summary="取消导入 (cancel an import)")
def cancel_import(job: str, request: Request, by: Labeller) -> ImportOut:
    """Stop an import that waits or runs; nothing of it is kept."""
    from service.jobs.queue import cancel

    with store_of(request).write() as connection:
        cancelled = cancel(connection, "import", job)
    runner_of(request).wake("import")
    return import_out(cancelled)


@router.get("/export", response_class=FileResponse, summary="导出标注 (export labels)", openapi_extra=ANYBODY)
def export_labels(
    request: Request,
    format: Format = "csv",  # noqa: A002 -- the parameter's name
    marks: Annotated[bool, Query(description="表格中每个主题一列 (a column for each theme)")] = False,
    protected: bool | None = None,
) -> FileResponse:
    """Every label that holds, as a file for spreadsheets and annotation programs."""
    from service.labels.export import exported

    if marks and format not in ("csv", "xlsx"):
        raise RequestError("只用于 csv 与 xlsx", "is for csv and xlsx only", where="marks")
    path = exported(store_of(request), format, marks=marks, protected=protected)
    return FileResponse(path, filename=path.name, background=BackgroundTask(rmtree, path.parent))


def _created(request: Request, by: str, asked: dict[str, Any], data: bytes) -> ImportOut:
    from service.jobs.queue import create

    with store_of(request).write() as connection:
        job = create(connection, "import", by, asked, data, request.app.state.settings.max_imports)
    runner_of(request).wake("import")
    return import_out(job)


async def _taken(request: Request) -> tuple[str, bytes, ImportOptions]:
    """What was sent. Raises RequestError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        zh, en = f"不接受 {kind};请用 multipart/form-data 上传文件", f"{kind} is not taken; send multipart/form-data"
        raise RequestError(zh, en, where="content-type", code="media-type")
    async with request.form(max_files=1, max_fields=20) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise RequestError("缺少文件", "is missing; send the labels as this part", where="file")
        try:
            options = ImportOptions.model_validate({name: value for name, value in form.items() if name != "file"})
        except ValidationError as error:
            raise validation_error(error.errors()) from error
        name = PurePath((file.filename or "").replace("\\", "/")).name
        return name[-LONGEST_NAME:] or "labels", await file.read(), options
