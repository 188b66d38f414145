"""A bound on the size of request bodies, counted as they arrive: a missing or false Content-Length does not get round it.

FastAPI's own `max_body_size` answers an honest Content-Length in plain text; ours raises, so the answer has the one error shape.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["BodyLimit"]


class BodyLimit:
    """ASGI middleware. A body over `max_bytes` is refused with 413 before it is read whole."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app, self.max_bytes = app, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.max_bytes:
                raise HTTPException(413, f"the request body is over {self.max_bytes} bytes; send it in parts")
            return message

        await self.app(scope, counted, send)
