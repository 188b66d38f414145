"""Changes of the codebook: a form, the effect shown, and the change when it is confirmed."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from policy_themes.errors import CodebookError, PolicyThemesError
from policy_themes.themes import Theme
from service.api.access import store_of
from service.refusals import Conflict
from service.session import Session
from service.web.codebook import VIEW, colours, theme_in
from service.web.known import known_of
from service.web.page import PageRoute, page
from service.web.revision import ACTIONS, LONGEST, Effect, Revision, carried_out, typed, typed_for
from service.web.signed import signed

if TYPE_CHECKING:
    from service.labels.themes import Use

__all__ = ["router"]

ADD = "/desk/new-theme"
ONE = VIEW.path + "/{theme}/{action}"

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Admin = Annotated[Session, Depends(signed("admin"))]
Typed = Annotated[Revision, Depends(typed)]


class Action(StrEnum):
    """What can be done to a theme there is."""

    DEFINE = "define"
    RENAME = "rename"
    MERGE = "merge"
    RETIRE = "retire"
    RESTORE = "restore"


@router.get(ADD)
def add_form(request: Request, _: Admin) -> Response:
    """The empty form of a new theme."""
    return _form(request, "add", None, Revision())


@router.post(ADD)
def add(request: Request, who: Admin, revision: Typed) -> Response:
    """A new theme: its effect, or, confirmed, the theme itself."""
    return _taken(request, "add", None, revision, who)


@router.get(ONE)
def form(request: Request, _: Admin, theme: str, action: Action) -> Response:
    """The form of a change, with the theme as it is. Raises NotThere."""
    there = _there(request, theme, action)
    return _form(request, action, there, typed_for(there))


@router.post(ONE)
def change(request: Request, who: Admin, theme: str, action: Action, revision: Typed) -> Response:
    """A change: its effect, or, confirmed, the change itself. Raises NotThere."""
    return _taken(request, action, _there(request, theme, action), revision, who)


def _taken(request: Request, action: str, theme: Theme | None, revision: Revision, who: Session) -> Response:
    if revision.step == "back":
        return _form(request, action, theme, revision)
    keep = revision.step == "do"
    try:
        effect = carried_out(store_of(request), action, theme.id if theme else "", revision, who.name, keep=keep)
    except CodebookError as error:
        return _form(request, action, theme, revision, error)
    if keep:
        address = f"{request.scope.get('root_path', '')}{VIEW.path}/{effect.revised.id}"
        return RedirectResponse(f"{address}?done={effect.change}", 303)
    return _shown(request, action, theme, revision, effect=effect)


def _form(
    request: Request, action: str, theme: Theme | None, revision: Revision, wrong: PolicyThemesError | None = None
) -> Response:
    return _shown(request, action, theme, revision, wrong=wrong)


def _shown(
    request: Request,
    action: str,
    theme: Theme | None,
    revision: Revision,
    *,
    effect: Effect | None = None,
    wrong: PolicyThemesError | None = None,
) -> Response:
    """The form, or, with the effect, what is about to be confirmed."""
    from service.labels.themes import codebook_of

    with store_of(request).read() as connection:
        codebook = codebook_of(connection)
        use = _use(request, theme)
    known = known_of(request)
    return page(
        request,
        "themes-change.html",
        view=VIEW,
        status=422 if wrong else 200,
        action=action,
        title=ACTIONS[action],
        theme=theme,
        hue=colours(known, codebook.themes).hue(theme.id) if theme else "",
        others=[one for one in codebook.active if theme is None or one.id != theme.id],
        typed=revision,
        use=use,
        effect=effect,
        wrong=wrong,
        known_as=known.name_of(theme.id) if theme else None,
        known=known,
        longest=LONGEST,
    )


def _use(request: Request, theme: Theme | None) -> Use | None:
    from service.labels.themes import use_of

    if theme is None:
        return None
    with store_of(request).read() as connection:
        return use_of(connection, theme.id)


def _there(request: Request, written: str, action: Action) -> Theme:
    """The theme, in a state in which this can be done to it. Raises NotThere and Conflict."""
    from service.labels.themes import codebook_of

    with store_of(request).read() as connection:
        theme = theme_in(codebook_of(connection).themes, written)
    if theme.retired != (action is Action.RESTORE):
        now = "已经停用:可以先恢复它" if theme.retired else "在用,不必恢复"
        raise Conflict(
            f"主题“{theme.name}”{now}", f"the theme {theme.id} is {'retired' if theme.retired else 'in use'}"
        )
    return theme
