"""训练, step 2: the quality checks of the labels, as a job, and what they found, each finding with the texts to look at again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from service.api.access import runner_of, store_of
from service.refusals import Busy, Conflict
from service.session import Session
from service.web.page import PageRoute, page
from service.web.progress import local, progress_of
from service.web.runs import VIEW
from service.web.signed import perhaps_signed, signed

__all__ = ["router"]

CHECKS = f"{VIEW.path}/checks"
KIND = "check"
ADVICE = {
    "few": "给这些主题多标一些文本,或者停用用不上的主题。",
    "conflict": "几位标注者说法不同的文本,商定一个结果。",
    "contradiction": "文字相同或几乎相同,主题却不同:至少有一条标错了。",
    "duplicate": "同样的文字不必留两条;近似的会让检验结果偏高。",
    "unlikely": "没见过这一条的模型认为它不像。多数是模型错,但标错的也常在其中,从上往下看最划算。",
    "missing": "没见过这一条的模型认为它应有。漏标的常在其中。",
    "agreement": "大家对这些主题理解不一,先把主题的定义写清楚。",
}

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Who = Annotated[Session | None, Depends(perhaps_signed)]
Labeller = Annotated[Session, Depends(signed("label"))]


@dataclass(frozen=True, slots=True)
class Found:
    """The findings of one kind: how many, and those shown, the strongest first, as child/checking.py keeps them."""

    kind: str
    title: str
    advice: str
    count: int
    shown: tuple[Mapping[str, Any], ...]


@router.get(CHECKS)
def checks(request: Request, _: Who) -> Response:
    """The newest check: how far it is, or what it found; or what a check would do."""
    from service.jobs.queue import find

    with store_of(request).read() as connection:
        newest, _total = find(connection, KIND, 0, 1)
    job = newest[0] if newest else None
    result = (job.result or {}) if job else {}
    return page(
        request,
        "train-checks.html",
        view=VIEW,
        job=progress_of(job) if job else None,
        found=_found(result),
        result=result,
        at=local(result["at"]) if result else None,
    )


@router.post(CHECKS)
def start(request: Request, who: Labeller, suspicious: Annotated[bool, Form()] = False) -> Response:
    """Check the labels as they are now; if a check is under way, to that one."""
    from service.jobs.queue import create

    try:
        with store_of(request).write() as connection:
            create(connection, KIND, who.name, {"suspicious": suspicious}, most=1)
    except Busy:
        return _to(request)
    runner_of(request).wake(KIND)
    return _to(request)


@router.get(CHECKS + "/{job}/follow")
def follow(request: Request, job: str) -> Response:
    """How far it is; the page anew once it has ended. Raises NotThere."""
    from service.jobs.queue import get

    with store_of(request).read() as connection:
        found = progress_of(get(connection, KIND, job))
    if not found.under_way:
        return Response(headers={"HX-Refresh": "true"})
    return page(request, "_train-progress.html", view=None, job=found, follow=f"{CHECKS}/{job}/follow")


@router.post(CHECKS + "/{job}/cancel")
def cancel(request: Request, _: Labeller, job: str) -> Response:
    """Stop a check. Raises NotThere; one that has ended shows how."""
    from service.jobs.queue import cancel as stop

    try:
        with store_of(request).write() as connection:
            stop(connection, KIND, job)
    except Conflict:
        return _to(request)
    runner_of(request).wake(KIND)
    return _to(request)


def _found(result: Mapping[str, Any]) -> tuple[Found, ...]:
    if not result:
        return ()
    from training.checks import KINDS

    kinds = result["kinds"]
    return tuple(
        Found(kind, title, ADVICE.get(kind, ""), kinds[kind]["count"], tuple(kinds[kind]["shown"]))
        for kind, title in KINDS.items()
        if kind in kinds
    )


def _to(request: Request) -> Response:
    return RedirectResponse(f"{request.scope.get('root_path', '')}{CHECKS}", 303)
