"""The one who is signed in, for the pages that ask for it.

    @router.get(VIEW.path)
    def review(request: Request, who: Annotated[Session, Depends(signed("label"))]) -> Response: ...

Without a session the browser is sent to the sign-in page and back (page.py). Changes (POST) carry the session's token: a hidden field
`csrf` in forms, `<input type="hidden" name="csrf" value="{{ signed.csrf }}">`, or the header X-CSRF-Token, which desk.js adds to what
htmx sends. `signed` is known to every template; it is None where nobody is signed in or the page did not ask.
"""

from __future__ import annotations

import contextlib
import hmac
import ipaddress
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from anyio import to_thread
from fastapi import Request

from policy_themes.errors import PolicyThemesError
from service.api.access import store_of
from service.refusals import Forbidden, Unauthorized
from service.session import Session

__all__ = ["COOKIE", "noticed", "perhaps_signed", "session_of", "signed"]

COOKIE = "policy_themes_session"


def signed(scope: str) -> Callable[[Request], Coroutine[Any, Any, Session]]:
    """A dependency that gives the session. Raises Unauthorized without one, Forbidden without `scope` or the form's token."""

    async def found(request: Request) -> Session:
        session = await perhaps_signed(request)
        if session is None:
            raise Unauthorized("请先登录", "sign in first")
        if not session.allows(scope):
            raise Forbidden(
                f"登录所用的密钥“{session.name}”没有 {scope} 权限,请向管理员申请,或换一个密钥登录",
                f"the key {session.name!r} signed in with does not have the scope {scope}; ask the administrator",
            )
        if request.method not in ("GET", "HEAD"):
            await _check_token(request, session)
        return session

    return found


async def perhaps_signed(request: Request) -> Session | None:
    """A dependency that gives the session if there is one, for pages that anybody may look at."""
    session = await to_thread.run_sync(session_of, request)
    request.state.signed = session
    if session is not None:
        request.state.who = session.name  # for the log and the audit
        request.state.key_id = session.key  # for service/gate.py: what it does counts as the key's that opened it
    return session


async def noticed(request: Request) -> Session | None:
    """The same for pages that need no label store, and work while it cannot be read."""
    with contextlib.suppress(PolicyThemesError):
        return await perhaps_signed(request)
    return None


def session_of(request: Request) -> Session | None:
    """The session of the request's cookie."""
    from service.sessions import find

    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    with store_of(request).read() as connection:
        session = find(connection, token, datetime.now(UTC))
    return session if session is None or not session.local or is_here(request) else None


def is_here(request: Request) -> bool:
    """Whether the request comes from this machine."""
    return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback


async def _check_token(request: Request, session: Session) -> None:
    given = request.headers.get("x-csrf-token") or (await request.form()).get("csrf")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise Forbidden(
            "页面已过期,没有做任何改动;请刷新页面后重试",
            "the page is out of date (its token does not fit the session); nothing was changed: reload it and try again",
        )
