"""训练, steps 4 and 5: a version against the live one, its promotion, and the way back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from policy_themes.errors import InputError, ModelError, PolicyThemesError, PromotionRefused
from service.candidates import compared, folder_of, promoted, rolled_back, versions_of
from service.problems import problem
from service.session import Session
from service.web.contrast import contrast_of
from service.web.page import PageRoute, page
from service.web.releases import release_of, standing_of
from service.web.runs import VIEW
from service.web.signed import noticed, signed
from service.web.tagging import palette_of

__all__ = ["router"]

ONE = f"{VIEW.path}/versions/{{version}}"
BACK = f"{VIEW.path}/rollback"

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Who = Annotated[Session | None, Depends(noticed)]
Trainer = Annotated[Session, Depends(signed("train"))]
Note = Annotated[str, Form(max_length=1_000)]


@router.get(ONE)
def version(request: Request, _: Who, version: str, done: bool = False) -> Response:
    """A version: its figures; the comparison is loaded behind it, as it takes a moment. Raises NotThere."""
    return _shown(request, version, done=done)


@router.get(ONE + "/comparison")
def comparison(request: Request, _: Who, version: str) -> Response:
    """The version against the live one: a part of its page. What cannot be compared is told in words. Raises NotThere."""
    folder_of(request, version)
    try:
        contrast, fault = contrast_of(compared(request, version), palette_of(request)), None
    except PolicyThemesError as error:
        contrast, fault = None, problem(error)
    return page(request, "_train-comparison.html", view=None, contrast=contrast, fault=fault, version=version)


@router.post(ONE + "/promote")
def promote(
    request: Request, who: Trainer, version: str, note: Note = "", force: Annotated[bool, Form()] = False
) -> Response:
    """Make it live; a refusal is told on its page, with the reasons and what was typed. Raises NotThere."""
    said = note.replace("\x00", "").strip()
    try:
        promoted(request, version, who.name, force=force, note=said)
    except (PromotionRefused, InputError, ModelError) as error:
        return _shown(request, version, wrong=error, note=said, force=force)
    return RedirectResponse(f"{request.scope.get('root_path', '')}{VIEW.path}/versions/{version}?done=1", 303)


@router.get(BACK)
def rollback_form(request: Request, _: Trainer) -> Response:
    """What going back would do, to be confirmed."""
    return _back(request)


@router.post(BACK)
def rollback(request: Request, who: Trainer, note: Note = "", live: Annotated[str, Form()] = "") -> Response:
    """Go back, if `live`, seen by the one who asks, still is; else it is shown anew."""
    if versions_of(request).live() != live:
        return _back(request, moved=True)
    rolled_back(request, who.name, note.replace("\x00", "").strip())
    return RedirectResponse(f"{request.scope.get('root_path', '')}{VIEW.path}?back=1", 303)


def _shown(
    request: Request,
    version: str,
    *,
    done: bool = False,
    wrong: PolicyThemesError | None = None,
    note: str = "",
    force: bool = False,
) -> Response:
    folder_of(request, version)
    versions = versions_of(request)
    told = problem(wrong) if wrong else None
    return page(
        request,
        "train-version.html",
        view=VIEW,
        status=told["status"] if told else 200,
        release=release_of(versions, version),
        standing=standing_of(versions),
        done=done,
        wrong=told,
        refused=isinstance(wrong, PromotionRefused),
        reasons=_reasons(wrong) if wrong else (),
        note=note,
        force=force,
    )


def _reasons(error: PolicyThemesError) -> tuple[str, ...]:
    """The reasons of a refusal, without what is said of the commands, which have no place on a page."""
    said = error.zh.partition("。详见 policy-themes")[0]
    return tuple(said.split(";")) if isinstance(error, PromotionRefused) else (said.replace("--note ", "备注"),)


def _back(request: Request, *, moved: bool = False) -> Response:
    standing = standing_of(versions_of(request))
    return page(
        request,
        "train-rollback.html",
        view=VIEW,
        status=409 if moved else 200,
        standing=standing,
        to=release_of(versions_of(request), standing.before) if standing.before else None,
        moved=moved,
    )
