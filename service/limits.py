"""A bound on the size of request bodies, counted as they arrive: a missing or false Content-Length does not get round it.

FastAPI's own `max_body_size` answers an honest Content-Length in plain text; ours raises, so the answer has the one error shape.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["BodyLimit"]


class BodyLimit:
    """ASGI middleware. A body over `max_bytes`, or over the limit of its path in `at`, is refused with 413 before it is read whole."""

    def __init__(self, app: ASGIApp, max_bytes: int, at: Mapping[str, int]) -> None:
        self.app, self.max_bytes, self.at = app, max_bytes, at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        read, limit = 0, self.at.get(scope["path"], self.max_bytes)

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise HTTPException(413, f"the request body is over {limit} bytes; send it in parts")
            return message

        await self.app(scope, counted, send)
