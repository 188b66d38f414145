"""Texts that are asked about at the same moment, tagged together: that takes half the time that each by itself does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import NamedTuple

from policy_themes.tagging.tagger import Options, Tagger, Tagging

__all__ = ["Tagged", "Together", "Told"]

MOST = 8_000  # characters, after which no more are taken; some three milliseconds, in which the event loop does nothing else
_log = logging.getLogger("policy_themes")


class Tagged(NamedTuple):
    """What was said of a text, by which version."""

    version: str
    tagging: Tagging


Told = Callable[[Tagged | None], None]  # None: the text, or another that it went with, could not be tagged


class _Waiting(NamedTuple):
    tagger: Tagger
    options: Options
    text: str
    told: Told


class Together:
    """Gathers what the requests of one turn of the event loop ask. A single one waits for nothing."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []

    def tag(self, tagger: Tagger, text: str, options: Options, told: Told) -> None:
        """Have a text, which has been checked, tagged in the next turn; `told` is called once, from the event loop."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._turn)
        self._waiting.append(_Waiting(tagger, options, text, told))

    def _turn(self) -> None:
        taken = _taken(self._waiting)
        now, self._waiting = self._waiting[:taken], self._waiting[taken:]
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._turn)
        alike: dict[tuple[Tagger, Options], list[_Waiting]] = {}
        for one in now:
            alike.setdefault((one.tagger, one.options), []).append(one)
        for (tagger, options), some in alike.items():
            _tag(tagger, options, some)


def _taken(waiting: list[_Waiting]) -> int:
    """How many go together, at least one."""
    characters = 0
    for taken, one in enumerate(waiting, 1):
        characters += len(one.text)
        if characters >= MOST:
            return taken
    return len(waiting)


def _tag(tagger: Tagger, options: Options, some: list[_Waiting]) -> None:
    taggings: list[Tagging | None]
    try:
        taggings = [*tagger.tag_batch([one.text for one in some], options)]
    except Exception:  # whatever it is, each of them is to be told; it shows again where each is tagged alone
        taggings = [None] * len(some)
    for one, tagging in zip(some, taggings, strict=True):
        try:
            one.told(Tagged(tagger.version, tagging) if tagging else None)
        except Exception:  # the others are to be told all the same
            _log.exception("一个请求未能回答 (a request could not be answered)")
