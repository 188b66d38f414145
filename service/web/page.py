"""A page from a template, and what becomes of an error on the way to one."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.background import BackgroundTask
from starlette.datastructures import URL
from starlette.exceptions import HTTPException

from policy_themes.errors import PolicyThemesError
from service.problems import TITLES, plain_problem, problem
from service.refusals import Forbidden, Unauthorized
from service.web.advice import advice
from service.web.view import View

__all__ = ["PageRoute", "page"]

_TEMPLATES = Path(__file__).parent / "templates"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(plain=plain, json=_json)
    return environment


def page(
    request: Request,
    template: str,
    *,
    view: View | None,
    status: int = 200,
    after: BackgroundTask | None = None,
    **shown: Any,
) -> HTMLResponse:
    """The page that `template` writes of what is `shown`. `view` is its entry in the bar; `after` runs when it is sent."""
    desk = request.app.state.desk
    text = (
        _templates()
        .get_template(template)
        .render(
            root=request.scope.get("root_path", ""),
            views=desk.views,
            view=view,
            settings=request.app.state.settings,
            signed=getattr(request.state, "signed", None),
            **shown,
        )
    )
    return HTMLResponse(text.encode("utf-8", "replace"), status, background=after)


def plain(name: str) -> str:
    """A name with what shows nothing, or turns the text around, spelled out: a file called "exe.txt" must not pass for another."""
    return "".join(
        f"[U+{ord(one):04X}]" if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") else one
        for one in name
    )


def _json(value: Any) -> str:
    """JSON for a data- attribute, which autoescape then quotes."""
    import json

    return json.dumps(value, ensure_ascii=False)


class PageRoute(APIRoute):
    """A route of the workbench: changes only for its own pages, and errors as a page where a browser asked for one."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with both around it."""
        ordinary = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                _check_origin(request)
                return await ordinary(request)
            except (PolicyThemesError, HTTPException, RequestValidationError) as error:
                looking = "text/html" in request.headers.get("accept", "")
                part = "hx-request" in request.headers
                if isinstance(error, Unauthorized) and (looking or part):
                    return _to_sign_in(request)
                if not looking or part:
                    raise
                return _error_page(request, error)

        return handler


def _check_origin(request: Request) -> None:
    """Raise Forbidden for a change that a page of another site sends."""
    if request.method in ("GET", "HEAD"):
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    own = (
        site in ("same-origin", "none")
        if site
        else not origin or urlsplit(origin).netloc == request.headers.get("host")
    )
    if not own:
        raise Forbidden("请求来自别的网站,已拒绝;请在本页面操作", "the request comes from another site and is refused")


def _to_sign_in(request: Request) -> Response:
    """To the sign-in page and back: to the page itself, or to the one that sent the change, which was not made."""
    here = request.url if request.method == "GET" else URL(request.headers.get("referer", ""))
    root = request.scope.get("root_path", "")
    to = here.path.removeprefix(root) + (f"?{here.query}" if here.query else "")
    address = f"{root}/desk/sign-in?{urlencode({'to': to})}"
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


def _error_page(request: Request, error: Exception) -> Response:
    if isinstance(error, PolicyThemesError):
        told = problem(error)
    elif isinstance(error, HTTPException):
        told = plain_problem(error.status_code, TITLES.get(error.status_code, "请求未成功"), str(error.detail))
    else:
        told = plain_problem(422, "地址不完整或有误", "the address is incomplete or wrong")
    return page(request, "error.html", view=None, status=told["status"], told=told, advice=advice(told))
