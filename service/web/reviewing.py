"""复核: the queue of what to label next, one text at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from policy_themes.errors import PolicyThemesError
from policy_themes.themes import Codebook
from service.api.access import store_of
from service.problems import problem
from service.session import Session
from service.web.answer import Answer, answer_in, kept
from service.web.page import PageRoute, page
from service.web.signed import noticed, signed
from service.web.sitting import Done, Sitting, Wanted, sit
from service.web.view import View

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from service.labels.backlog import Backlog

__all__ = ["VIEW", "router"]

VIEW = View("复核", "/desk/review")

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Who = Annotated[Session | None, Depends(noticed)]
Labeller = Annotated[Session, Depends(signed("label"))]
Given = Annotated[Answer, Depends(answer_in)]


@router.get(VIEW.path)
def queue(
    request: Request,
    who: Who,
    theme: Annotated[str, Query(max_length=100)] = "",
    document: Annotated[str, Query(max_length=400)] = "",
    added: Annotated[int, Query(ge=-1, le=100_000)] = -1,
    left: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """The next text; `added` is how many texts a result has just brought, `left` how many were too long. Who may not label sees what
    there is."""
    sitting, backlog, fault = None, None, None
    try:
        if who and who.allows("label"):
            sitting = sit(request, who, Wanted(theme, document))
            backlog = sitting.backlog
        else:
            backlog = _backlog(request)
    except PolicyThemesError as error:
        fault = problem(error)
    return page(
        request,
        "review.html",
        view=VIEW,
        status=403 if who and not who.allows("label") else 200,
        section="queue",
        sitting=sitting,
        backlog=backlog,
        fault=fault,
        added=added,
        left=left,
    )


@router.post(VIEW.path + "/save")
def save(request: Request, who: Labeller, answer: Given) -> Response:
    """Record an answer. Raises NotThere and LabelError."""

    def do(connection: Connection, codebook: Codebook) -> Done:
        return Done(kept(connection, answer, codebook, who.name)[1])

    return _next(request, sit(request, who, answer.wanted, do))


@router.post(VIEW.path + "/skip")
def skip(request: Request, who: Labeller, answer: Given) -> Response:
    """Pass a text over."""

    def do(connection: Connection, _: Codebook) -> Done:
        from service.database.database import now
        from service.labels.find import get
        from service.labels.queue import skip

        if get(connection, [answer.text]):
            skip(connection, answer.text, who.name, now())
        return Done("已跳过")

    return _next(request, sit(request, who, answer.wanted, do))


@router.post(VIEW.path + "/undo")
def undo(request: Request, who: Labeller, answer: Given) -> Response:
    """Take back what was done last. Raises Conflict if it is not there any more."""

    def do(connection: Connection, _: Codebook) -> Done:
        from service.database.database import now
        from service.labels.acts import undo

        return Done("已撤销,请重新选择", undo(connection, answer.kind, answer.which, who.name, now()))

    return _next(request, sit(request, who, answer.wanted, do))


@router.post(VIEW.path + "/again")
def again(request: Request, who: Labeller, answer: Given) -> Response:
    """Ask again about the texts passed over."""

    def do(connection: Connection, _: Codebook) -> Done:
        from service.labels.queue import ask_again

        return Done(f"{ask_again(connection, who.name)} 条跳过的文本又在队列里了")

    return _next(request, sit(request, who, answer.wanted, do))


def _next(request: Request, sitting: Sitting) -> Response:
    """The part that changes, for the script of the page; the page itself for a browser without one."""
    if "hx-request" in request.headers:
        return page(request, "review-work.html", view=None, sitting=sitting)
    wanted = {"theme": sitting.wanted.theme, "document": sitting.wanted.document}
    query = urlencode({name: value for name, value in wanted.items() if value})
    root = request.scope.get("root_path", "")
    return RedirectResponse(f"{root}{VIEW.path}{'?' if query else ''}{query}", 303)


def _backlog(request: Request) -> Backlog:
    from service.labels.backlog import backlog_of

    with store_of(request).read() as connection:
        return backlog_of(connection)
