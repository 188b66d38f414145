"""POST /classify without the framework around it, which takes longer over a plain request than tagging does.

Only a request with nothing wrong in it is answered here. Any other goes on to FastAPI as it came: what an error says is said in one place,
and the operation declared in service/classify.py stays the one that the API description shows.
"""

from __future__ import annotations

from typing import cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from policy_themes.tagging.text import checked
from service.answers import Answer, answer, options_of
from service.elsewhere import SMALL
from service.schemas import ClassifyRequest
from service.state import State
from service.together import Together

__all__ = ["Direct"]

JSON = (b"content-type", b"application/json")

_read = ClassifyRequest.__pydantic_validator__.validate_json


class Direct:
    """ASGI middleware, outside of BodyLimit. What counts or refuses requests must stand outside of this."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self._together = app, Together()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/classify" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        first = await receive()
        answered = await self._answer(first, scope) if JSON in scope["headers"] else None
        if answered is None:
            await self.app(scope, _again(first, receive), send)
            return
        body, scope["state"]["tally"] = answered
        headers = [(b"content-length", b"%d" % len(body)), JSON]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, message: Message, scope: Scope) -> Answer | None:
        """The answer to a request that came in one message, is small and right; else None."""
        sent = message.get("body", b"")
        state = cast(State, scope["state"])
        settings = state["settings"]
        if message.get("more_body") or len(sent) > min(SMALL, settings.max_body_bytes):
            return None
        try:
            body = _read(sent)
            checked(body.text, settings.max_text_characters)
            version, tagging = await self._together.tag(state, body.text, options_of(body))
        except (
            Exception
        ):  # whatever it is, even of a text tagged with it: FastAPI's way tags it alone, and says what is wrong
            return None
        return answer(version, body, tagging)


def _again(first: Message, receive: Receive) -> Receive:
    """A `receive` that gives `first` once more."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return first

    return again
