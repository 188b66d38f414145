"""What the browser is told: pages load and run nothing but what this service sends, and nobody frames them."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["POLICY", "PageHeaders"]

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_PLACES = ("/desk/", "/static/", "/docs")


class PageHeaders:
    """ASGI middleware for pages and what they load; answers of the API are left as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not (scope["path"] == "/" or scope["path"].startswith(_PLACES)):
            await self.app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", POLICY)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                # Not "no-referrer": a form's Origin would then be "null", by which page.py could not tell it from another site's.
                headers.setdefault("Referrer-Policy", "same-origin")
                # Ours change with the program: the browser asks whether what it has is still good (ETag).
                headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        await self.app(scope, receive, told)
