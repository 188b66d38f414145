"""Signing in with a key, and out."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from service.api.access import is_local, store_of
from service.session import LOCAL, Session
from service.web.page import PageRoute, page
from service.web.signed import COOKIE, perhaps_signed, signed

__all__ = ["router"]

PATH = "/desk/sign-in"
_OURS = re.compile(
    r"/desk/[\w/.\-]*(\?[\w&=%.\-]*)?"
)  # where one may be sent on to: a page of ours, never another host

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Who = Annotated[Session | None, Depends(perhaps_signed)]


@router.get(PATH)
def form(request: Request, _: Who, to: str = "") -> Response:
    """The form, or who is signed in."""
    return _form(request, to, "")


@router.post(PATH)
def sign_in(
    request: Request, _: Who, key: Annotated[str, Form(max_length=200)] = "", to: Annotated[str, Form()] = ""
) -> Response:
    """Begin a session with a key; a key that is none of ours is told so, and asked for again."""
    from service.keys import any_key, holder
    from service.sessions import HOURS, start

    given = key.strip()
    with store_of(request).write() as connection:
        if is_local(request, given) and not any_key(connection):
            token = start(connection, None, datetime.now(UTC))
            request.state.who = LOCAL
        elif given and (found := holder(connection, given)):
            token = start(connection, found.id, datetime.now(UTC))
            request.state.who = found.name
        else:
            return _form(
                request,
                to,
                "这不是有效的密钥:请检查是否复制完整、是否已被停用,或向管理员索取" if given else "请填写密钥",
            )
    answer = RedirectResponse(_root(request) + (to if _OURS.fullmatch(to) else "/"), 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(
        COOKIE, token, HOURS * 3600, path=_root(request) or "/", secure=secure, httponly=True, samesite="lax"
    )
    return answer


@router.post("/desk/sign-out")
def sign_out(request: Request, _: Annotated[Session, Depends(signed("read"))]) -> Response:
    """End the session."""
    from service.sessions import close

    with store_of(request).write() as connection:
        close(connection, request.cookies[COOKIE])
    answer = RedirectResponse(_root(request) + PATH, 303)
    answer.delete_cookie(COOKIE, path=_root(request) or "/")
    return answer


def _form(request: Request, to: str, wrong: str) -> Response:
    from service.keys import any_key

    with store_of(request).read() as connection:
        made = any_key(connection)
    return page(request, "sign-in.html", view=None, status=422 if wrong else 200, to=to, wrong=wrong, keys_made=made)


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))
