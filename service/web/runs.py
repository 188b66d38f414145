"""训练: where it stands, and step 3, the training run: begun, followed, cancelled."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from policy_themes.errors import PolicyThemesError
from service.api.access import runner_of, store_of
from service.candidates import versions_of
from service.problems import problem
from service.refusals import Conflict
from service.session import Session
from service.state import live_of
from service.web.codebook import colours
from service.web.known import known_of
from service.web.page import PageRoute, page
from service.web.progress import chinese, progress_of
from service.web.releases import release_of, standing_of
from service.web.signed import noticed, perhaps_signed, signed
from service.web.stand import Stand, stand_of
from service.web.view import View

__all__ = ["VIEW", "router"]

VIEW = View("训练", "/desk/train")
RUNS = f"{VIEW.path}/runs"
ONE = RUNS + "/{job}"

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Who = Annotated[Session | None, Depends(perhaps_signed)]
Trainer = Annotated[Session, Depends(signed("train"))]


@router.get(VIEW.path)
def overview(request: Request, _: Annotated[Session | None, Depends(noticed)], back: str = "") -> Response:
    """The steps, the live model, the labels of each theme, and the history. `back` is set behind a rollback."""
    stand, live = _stand(request), live_of(request)
    return page(
        request,
        "train.html",
        view=VIEW,
        stand=stand,
        fault=problem(stand.fault) if stand.fault else None,
        standing=standing_of(versions_of(request)),
        serving=live.served.tagger.version if live.served else "",
        live_fault=problem(live.fault) if live.fault else None,
        back=bool(back),
    )


@router.post(RUNS)
def start(
    request: Request,
    who: Trainer,
    force: Annotated[bool, Form()] = False,
    note: Annotated[str, Form(max_length=1_000)] = "",
) -> Response:
    """Train on the labels as they are now; if a run is under way, to that one."""
    from service.jobs.queue import start as begin

    runner = runner_of(request)
    try:
        with store_of(request).write() as connection:
            job = begin(connection, who.name, {"force": force, "note": note.replace("\x00", "")}, runner.name)
    except Conflict as error:
        return _to(request, f"{error.where}?already=1")
    runner.wake("training")
    return _to(request, job.id)


@router.get(ONE)
def run(request: Request, _: Who, job: str, already: bool = False) -> Response:
    """A run: its log, how far it is, or how it ended and why. Raises NotThere."""
    from service.jobs.queue import get, payload_of

    with store_of(request).read() as connection:
        found, log = get(connection, "training", job), payload_of(connection, job)
    result: dict[str, Any] = found.result or {}
    versions, version = versions_of(request), result.get("version")
    there = version in versions.names()
    return page(
        request,
        "train-run.html",
        view=VIEW,
        job=progress_of(found),
        note=found.asked.get("note", ""),
        log=log.decode("utf-8", "replace"),
        read=len(log),
        result=result,
        comparison=result.get("comparison"),
        reasons=[(one["against"], chinese(one["zh"])) for one in (result.get("comparison") or {}).get("reasons", ())],
        release=release_of(versions, version) if version and there else None,
        already=already,
    )


@router.get(ONE + "/follow")
def follow(request: Request, job: str, begin: Annotated[int, Query(alias="from", ge=0, le=2**31 - 1)] = 0) -> Response:
    """How far it is, and its log behind the byte `from`; the page anew once it has ended. Raises NotThere."""
    from service.jobs.queue import get, payload_of

    with store_of(request).read() as connection:
        found, log = progress_of(get(connection, "training", job)), payload_of(connection, job)
    if not found.under_way:
        return Response(headers={"HX-Refresh": "true"})
    more, path = log[begin:].decode("utf-8", "replace"), f"{RUNS}/{job}/follow?from={max(begin, len(log))}"
    return page(request, "_train-progress.html", view=None, job=found, follow=path, more=more)


@router.post(ONE + "/cancel")
def cancel(request: Request, _: Trainer, job: str) -> Response:
    """Stop a run. Raises NotThere; one that has ended shows how."""
    from service.jobs.queue import cancel as stop

    try:
        with store_of(request).write() as connection:
            stop(connection, "training", job)
    except Conflict:
        return _to(request, job)
    runner_of(request).wake("training")
    return _to(request, job)


def _to(request: Request, job: str) -> Response:
    return RedirectResponse(f"{request.scope.get('root_path', '')}{RUNS}/{job}", 303)


def _stand(request: Request) -> Stand:
    """What the store says, or why it says nothing."""
    known = known_of(request)
    try:
        store = store_of(request)
        from service.labels.themes import codebook_of

        with store.read() as connection:
            themes = codebook_of(connection).themes
            return stand_of(connection, themes, colours(known, themes))
    except PolicyThemesError as error:
        return Stand(fault=error)
