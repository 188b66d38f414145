"""训练, step 1: a file of labels is looked through, shown, and brought into the store when that is confirmed: all of it or nothing."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from policy_themes.errors import PolicyThemesError
from service.api.access import runner_of, store_of
from service.api.job_schemas import ImportOptions
from service.problems import RequestError, validation_error
from service.refusals import Conflict
from service.session import Session
from service.web.page import PageRoute, page
from service.web.progress import progress_of
from service.web.report import report_of
from service.web.runs import VIEW
from service.web.signed import perhaps_signed, signed

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["IMPORTS", "router"]

IMPORTS = f"{VIEW.path}/import"
ONE = f"{VIEW.path}/imports/{{job}}"
LONGEST_NAME = 200  # characters
FIELDS = ("format", "kind", "source", "annotator", "replace", "protected", "final", "unlabelled")

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Who = Annotated[Session | None, Depends(perhaps_signed)]
Labeller = Annotated[Session, Depends(signed("label"))]


@router.get(IMPORTS)
def form(request: Request, _: Labeller) -> Response:
    """The form."""
    return _form(request, ImportOptions.model_validate({}))


@router.post(IMPORTS)
async def upload(request: Request, who: Labeller) -> Response:
    """Have a file looked through; what is wrong with the form is said on it, with what was typed kept."""
    sent = await request.form()
    typed: dict[str, Any] = {name: str(value) for name, value in sent.items() if name in FIELDS}
    try:
        options = _options(typed)
    except RequestError as error:
        return _form(request, ImportOptions.model_construct(**typed), error)
    try:
        name, data = await _file(sent)
    except RequestError as error:
        return _form(request, options, error)
    # Who confirms may be another: what the file does not say is by the one who sent it.
    asked = {"name": name, **options.model_dump(), "preview": True, "annotator": options.annotator or who.name}
    return await to_thread.run_sync(_sent, request, who.name, asked, data)


@router.get(ONE)
def one(request: Request, _: Who, job: str) -> Response:
    """An import: how far it is, what it would do, or what it did. Raises NotThere."""
    from service.jobs.queue import get
    from service.web.held import HOURS, is_held

    with store_of(request).read() as connection:
        found, held = get(connection, "import", job), is_held(connection, job)
    return page(
        request,
        "train-import-one.html",
        view=VIEW,
        job=progress_of(found),
        file=found.asked["name"],
        asked=ImportOptions(**{name: value for name, value in found.asked.items() if name != "name"}),
        report=report_of(found.result) if found.ended and found.result else None,
        held=held,
        hours=HOURS,
    )


@router.get(ONE + "/follow")
def follow(request: Request, job: str) -> Response:
    """The part that says how far it is; the page anew once it has ended. Raises NotThere."""
    from service.jobs.queue import get

    with store_of(request).read() as connection:
        found = progress_of(get(connection, "import", job))
    if not found.under_way:
        return Response(headers={"HX-Refresh": "true"})
    return page(request, "_train-progress.html", view=None, job=found, follow=f"{VIEW.path}/imports/{job}/follow")


@router.post(ONE + "/confirm")
def confirm(request: Request, who: Labeller, job: str) -> Response:
    """Bring in what a preview showed. Raises NotThere, and Conflict for what cannot be confirmed, or has been."""
    return _again(request, who, job, preview=False)


@router.post(ONE + "/replace")
def replace(request: Request, who: Labeller, job: str) -> Response:
    """Look through the same file again, with what it says taking the place of what its annotators said before."""
    return _again(request, who, job, preview=True, replace=True)


@router.post(ONE + "/cancel")
def cancel(request: Request, _: Labeller, job: str) -> Response:
    """Stop an import that waits or runs; nothing of it is kept. Raises NotThere; one that has ended shows how."""
    from service.jobs.queue import cancel as stop

    try:
        with store_of(request).write() as connection:
            stop(connection, "import", job)
    except Conflict:
        return _to(request, job)
    runner_of(request).wake("import")
    return _to(request, job)


def _again(request: Request, who: Session, job: str, **changes: bool) -> Response:
    from service.jobs.queue import get
    from service.web.held import take

    with store_of(request).write() as connection:
        found = get(connection, "import", job)
        faults = found.result["fault_count"] if found.state == "done" and found.result else None
        if faults is None or (faults and not changes["preview"]):
            raise Conflict(
                "这个文件没有通过核对,不能导入", "the file has not passed its check and cannot be imported", where=job
            )
        data = take(connection, job)
        if data is None:
            raise Conflict(
                "这个文件已经确认过,或者等得太久已经删除;请到训练页看结果,或重新选择文件",
                "the file was confirmed before, or deleted after a day; see the imports, or send it again",
                where=job,
            )
        begun = _begun(connection, request, who.name, {**found.asked, **changes}, data)
    return _woken(request, begun)


def _sent(request: Request, by: str, asked: dict[str, Any], data: bytes) -> Response:
    with store_of(request).write() as connection:
        begun = _begun(connection, request, by, asked, data)
    return _woken(request, begun)


def _begun(connection: Connection, request: Request, by: str, asked: dict[str, Any], data: bytes) -> str:
    """A new import; the file of a preview is kept until it is confirmed. Raises Busy."""
    from service.jobs.queue import create
    from service.web.held import hold

    job = create(connection, "import", by, asked, data, request.app.state.settings.max_imports)
    if asked["preview"]:
        hold(connection, job.id, by, asked, data)
    return job.id


def _woken(request: Request, job: str) -> Response:
    runner_of(request).wake("import")
    return _to(request, job)


def _to(request: Request, job: str) -> Response:
    return RedirectResponse(f"{request.scope.get('root_path', '')}{VIEW.path}/imports/{job}", 303)


def _form(request: Request, typed: ImportOptions, wrong: PolicyThemesError | None = None) -> Response:
    limit = request.app.state.settings.max_import_bytes
    status = 422 if wrong else 200
    return page(request, "train-import.html", view=VIEW, status=status, typed=typed, wrong=wrong, limit=limit)


def _options(typed: dict[str, str]) -> ImportOptions:
    """Raises RequestError."""
    try:
        return ImportOptions.model_validate(typed)
    except ValidationError as error:
        raise validation_error(error.errors()) from error


async def _file(sent: FormData) -> tuple[str, bytes]:
    """The file's name and what is in it. Raises RequestError."""
    file = sent.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise RequestError("还没有选择文件;请选择一个表格或标注文件", "is missing; choose a file", where="file")
    data = await file.read()
    if not data:
        raise RequestError("文件是空的;请检查是否选错了文件", "is empty; is it the right one?", where="file")
    return PurePath(file.filename.replace("\\", "/")).name[-LONGEST_NAME:] or "labels", data
