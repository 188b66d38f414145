"""What the queue shows to the one who labels: the next question, how much there is, and what was done last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastapi import Request

from policy_themes.themes import Codebook
from service.api.access import store_of
from service.session import Session
from service.state import live_of
from service.web.codebook import colours
from service.web.known import known_of
from service.web.question import Question, question_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from service.labels.acts import Act
    from service.labels.backlog import Backlog
    from service.labels.find import Labelled
    from service.labels.queue import Turn

__all__ = ["Done", "Sitting", "Wanted", "midnight", "sit"]

AT_ONCE = 300  # texts that one request brings up to date with the live model
SHOWN = 18  # characters of the text that can be undone


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which texts are asked for: about a theme (id), of a document; "" is any."""

    theme: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What was just done, in words; `show` is the act that was undone, whose text comes next."""

    said: str
    show: Act | None = None


@dataclass(frozen=True, slots=True)
class Sitting:
    """`today` counts the labels of who is signed in; `last` can be undone and is named by `last_said`; `passed` counts texts skipped."""

    question: Question | None
    backlog: Backlog
    today: int
    passed: int
    last: Act | None
    last_said: str
    wanted: Wanted
    codebook: Codebook
    said: str


def sit(
    request: Request, who: Session, wanted: Wanted, do: Callable[[Connection, Codebook], Done] | None = None
) -> Sitting:
    """Do what was asked for, if anything, and take the next text in the same transaction."""
    from service.database.database import now
    from service.labels.acts import last_act, made_since, passed_over
    from service.labels.backlog import backlog_of
    from service.labels.proposals import propose
    from service.labels.themes import codebook_of

    store, served = store_of(request), live_of(request).served
    if served:
        propose(store, served.tagger, AT_ONCE)
    with store.write() as connection:
        codebook = codebook_of(connection)
        done = do(connection, codebook) if do else Done("")
        turn, one = _next(connection, who, wanted, done, now())
        backlog, since = backlog_of(connection), midnight()
        today, passed = made_since(connection, who.name, since), passed_over(connection, who.name)
        last = last_act(connection, who.name, since)
    question = None
    if one is not None:
        question = question_of(
            one,
            codebook,
            served.tagger if served else None,
            colours(known_of(request), codebook.themes),
            wanted=wanted.theme or None,
            doubted=turn.themes if turn else (),
            picked=done.show.themes if done.show and done.show.kind == "label" else None,
        )
    return Sitting(question, backlog, today, passed, last, _said(last, codebook), wanted, codebook, done.said)


def midnight() -> str:
    """When today began here, ISO 8601 in UTC as the store keeps times."""
    today = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return today.astimezone(UTC).isoformat(timespec="microseconds")


def _next(
    connection: Connection, who: Session, wanted: Wanted, done: Done, at: str
) -> tuple[Turn | None, Labelled | None]:
    from service.labels.find import get
    from service.labels.queue import take

    if done.show:
        return None, get(connection, [done.show.text])[0]
    turns = take(connection, who.name, 1, at, wanted.theme or None, wanted.document or None)
    return (turns[0], get(connection, [turns[0].text])[0]) if turns else (None, None)


def _said(act: Act | None, codebook: Codebook) -> str:
    if act is None:
        return ""
    names = {theme.id: theme.name for theme in codebook.themes}
    given = "跳过" if act.kind == "skip" else "、".join(names.get(theme, theme) for theme in act.themes) or "无主题"
    return f"“{act.words[:SHOWN]}{'…' if len(act.words) > SHOWN else ''}” → {given}"
