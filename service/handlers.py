"""Every error of the application, answered in the one shape of service/problems.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from policy_themes.errors import PolicyThemesError
from service.problems import TITLES, plain_problem, problem, validation_error
from service.refusals import Later

__all__ = ["add_problem_handlers", "answered"]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error of the application in the one shape."""

    @app.exception_handler(PolicyThemesError)
    async def ours(_: Request, error: PolicyThemesError) -> JSONResponse:
        return answered(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        faults = error.errors()
        if faults[0]["type"] == "json_invalid":
            place = faults[0]["loc"][-1]
            return _answer(
                plain_problem(
                    400, f"不是合法的 JSON(第 {place} 个字符附近)", f"is not valid JSON (near character {place})"
                )
            )
        flat = [{**fault, "loc": fault["loc"][1:]} for fault in faults]  # without "body"
        return _answer(problem(validation_error(flat)))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        zh = TITLES.get(error.status_code, "请求未成功")
        headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
        return _answer(plain_problem(error.status_code, zh, str(error.detail)), headers)

    @app.exception_handler(Exception)
    async def unexpected(_: Request, error: Exception) -> JSONResponse:
        return _answer(plain_problem(500, "服务内部错误,详见日志", "internal error; see the log"))


def answered(error: PolicyThemesError) -> JSONResponse:
    """The answer that tells of `error`."""
    body = problem(error)
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, Later) else HEADERS.get(body["status"])
    return _answer(body, headers)


def _allowed(request: Request) -> str:
    """Every method of an address: each is a route of its own, and Starlette names that of the first only."""
    asked = ({**request.scope, "method": method} for method in METHODS)
    return ", ".join(
        scope["method"] for scope in asked if any(route.matches(scope)[0] == Match.FULL for route in request.app.routes)
    )


def _answer(body: dict[str, Any], headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse(body, body["status"], dict(headers or {}), media_type="application/problem+json")
