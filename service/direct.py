"""POST /classify without the framework around it, which takes longer over a plain request than tagging does.

Only a request with nothing wrong in it is answered here. Any other goes on to FastAPI as it came: what an error says is said in one place,
and the operation declared in service/classify.py stays the one that the API description shows.
"""

from __future__ import annotations

from typing import cast

from pydantic import ValidationError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from policy_themes.errors import PolicyThemesError
from service.answers import Answer, classified
from service.elsewhere import SMALL
from service.schemas import ClassifyRequest
from service.state import State, tagger_of

__all__ = ["Direct"]

JSON = (b"content-type", b"application/json")

_read = ClassifyRequest.__pydantic_validator__.validate_json


class Direct:
    """ASGI middleware, outside of BodyLimit. What counts or refuses requests must stand outside of this."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/classify" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        first = await receive()
        answer = _answer(first, scope) if JSON in scope["headers"] else None
        if answer is None:
            await self.app(scope, _again(first, receive), send)
            return
        body, scope["state"]["tally"] = answer
        headers = [(b"content-length", b"%d" % len(body)), JSON]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _answer(message: Message, scope: Scope) -> Answer | None:
    """The answer to a request that came in one message, is small and right; else None."""
    sent = message.get("body", b"")
    state = cast(State, scope["state"])
    settings = state["settings"]
    if message.get("more_body") or len(sent) > min(SMALL, settings.max_body_bytes):
        return None
    try:
        return classified(tagger_of(state), _read(sent), settings.max_text_characters)
    except (ValidationError, PolicyThemesError):
        return None


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
