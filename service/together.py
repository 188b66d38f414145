"""Texts that are asked about at the same moment, tagged together: that takes half the time that each by itself does."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from policy_themes.tagging.tagger import Options, Tagger, Tagging
from service.state import State, tagger_of

__all__ = ["Tagged", "Together"]

MOST = 8_000  # characters, after which no more are taken; some three milliseconds, in which the event loop does nothing else


class Tagged(NamedTuple):
    """What was said of a text, by which version."""

    version: str
    tagging: Tagging


class _Waiting(NamedTuple):
    options: Options
    text: str
    told: asyncio.Future[Tagged]


class Together:
    """Gathers what the requests of one turn of the event loop ask. A single one waits for nothing."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []

    async def tag(self, state: State, text: str, options: Options) -> Tagged:
        """The themes of a text that has been checked. Raises ModelError, and what tagging raises of any of the texts that it goes with."""
        tagger = tagger_of(state)
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._turn, tagger)
        one = _Waiting(options, text, loop.create_future())
        self._waiting.append(one)
        return await one.told

    def _turn(self, tagger: Tagger) -> None:
        taken = _taken(self._waiting)
        now, self._waiting = self._waiting[:taken], self._waiting[taken:]
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._turn, tagger)
        alike: dict[Options, list[_Waiting]] = {}
        for one in now:
            alike.setdefault(one.options, []).append(one)
        for options, some in alike.items():
            _tag(tagger, some, options)


def _taken(waiting: list[_Waiting]) -> int:
    """How many go together, at least one."""
    characters = 0
    for taken, one in enumerate(waiting, 1):
        characters += len(one.text)
        if characters >= MOST:
            return taken
    return len(waiting)


def _tag(tagger: Tagger, some: list[_Waiting], options: Options) -> None:
    some = [one for one in some if not one.told.done()]  # the service is being stopped: cancelled
    try:
        taggings = tagger.tag_batch([one.text for one in some], options)
    except Exception as error:  # whatever it is, each of them is to be told
        for one in some:
            one.told.set_exception(error)
        return
    for one, tagging in zip(some, taggings, strict=True):
        one.told.set_result(Tagged(tagger.version, tagging))
