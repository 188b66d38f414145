"""POST /classify without the framework around it, which takes longer over a plain request than tagging does.

Only a request with nothing wrong in it is answered here. Any other goes on to FastAPI as it came: what an error says is said in one place,
and the operation declared in service/classify.py stays the one that the API description shows.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable

from pydantic import ValidationError

from policy_themes.errors import PolicyThemesError
from policy_themes.tagging.text import checked
from service.answers import answer, options_of
from service.crowd import Crowd
from service.large import SMALL
from service.live import Live
from service.schemas import ClassifyRequest
from service.settings import Settings
from service.together import Tagged, Together
from service.watch.line import GONE, Asked
from service.watch.watch import Watch

__all__ = ["Direct", "Sent"]

PATH, INFO = "/classify", 20

# Is given the end of an answer, from its headers on, or None if the request is to take FastAPI's way; says whether the client was there.
Sent = Callable[[bytes | None], bool]

_read = ClassifyRequest.__pydantic_validator__.validate_json


class Direct:
    """Answers requests of one process on its event loop."""

    def __init__(self, live: Live, settings: Settings, watch: Watch, crowd: Crowd) -> None:
        self._live, self._watch, self.crowd = live, watch, crowd
        self._most = settings.max_text_characters
        self.most_bytes = min(SMALL, settings.max_body_bytes)
        self._together = Together()

    def ask(self, body: bytes, name: str, sent: Sent) -> bool:
        """Have a body of at most `most_bytes` answered: `sent` is called once, later. `name` is the request's, "" for one of ours.

        False, and nothing more happens, if the request is to take FastAPI's way.
        """
        if self.crowd.full:
            return False
        begun = time.perf_counter()
        try:
            read = _read(body)
            checked(read.text, self._most)
            tagger = self._live.require().tagger
        except (ValidationError, PolicyThemesError):
            return False
        self._count(1)
        told = functools.partial(self._tagged, read, name or self._watch.name(), begun, len(body), sent)
        self._together.tag(tagger, read.text, options_of(read), told)
        return True

    def _tagged(
        self, read: ClassifyRequest, name: str, begun: float, size: int, sent: Sent, tagged: Tagged | None
    ) -> None:
        self._count(-1)
        if tagged is None:
            sent(None)
            return
        try:
            body, tally = answer(tagged.version, read, tagged.tagging)
        except Exception:  # whatever it is, it shows again on FastAPI's way
            sent(None)
            return
        head = f"content-length: {len(body)}\r\ncontent-type: application/json\r\nx-request-id: {name}\r\n\r\n"
        status = 200 if sent(head.encode() + body) else GONE
        seconds = time.perf_counter() - begun
        self._watch.answered(Asked(time.time(), INFO, name, "POST", PATH, status, seconds, size, len(body), "", tally))

    def _count(self, one: int) -> None:
        self.crowd.under_way += one
        self._watch.counts.under_way += one
