"""已标: who labelled what, each text with its history, to be corrected or taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from policy_themes.errors import LabelError
from policy_themes.themes import Codebook
from service.api.access import store_of
from service.problems import problem
from service.refusals import Forbidden, NotThere
from service.session import Session
from service.web.answer import Answer, answer_in, kept
from service.web.codebook import colours
from service.web.known import known_of
from service.web.page import PageRoute, page
from service.web.palette import Palette
from service.web.question import choices_of
from service.web.reviewing import VIEW
from service.web.signed import noticed, signed
from service.web.unfilled import unfilled

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from service.labels.find import Labelled, Said
    from service.labels.log import Logged

__all__ = ["Row", "named", "router", "rows_of"]

LABELS = VIEW.path + "/labels"
PAGE = 30
SHOWN = 90  # characters of a text in the list
NONE = "-"  # the theme that is asked for by those who look for texts without one

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Who = Annotated[Session | None, Depends(noticed)]
Labeller = Annotated[Session, Depends(signed("label"))]
Given = Annotated[Answer, Depends(answer_in)]
Words = Annotated[str, Query(max_length=200)]
Number = Annotated[int, Query(ge=0, le=2**31 - 1)]


@dataclass(frozen=True, slots=True)
class Row:
    """A label as a list shows it: `themes` are (name, hue), the main one first; `at` is local time."""

    label: Logged | Said
    themes: tuple[tuple[str, str], ...]
    at: datetime


@router.get(LABELS)
def labels(request: Request, _: Who, q: Words = "", theme: Words = "", by: Words = "", before: Number = 0) -> Response:
    """The labels that hold, newest first, numbered below `before`."""
    from service.labels.backlog import backlog_of
    from service.labels.find import Filter
    from service.labels.log import annotators, log
    from service.labels.themes import codebook_of

    if empty := unfilled(request, "labels"):
        return empty
    with store_of(request).read() as connection:
        codebook = codebook_of(connection)
        known = {one.id for one in codebook.themes}
        about = "" if theme == NONE else theme if theme in known else None
        found = log(connection, Filter(about, by or None, words=q or None), before, PAGE, SHOWN)
        people, backlog = annotators(connection), backlog_of(connection)
    return page(
        request,
        "review-labels.html",
        view=VIEW,
        section="labels",
        backlog=backlog,
        rows=rows_of(found, codebook, colours(known_of(request), codebook.themes)),
        more=found[-1].id if len(found) == PAGE else 0,
        people=people,
        codebook=codebook,
        asked={"q": q, "theme": theme, "by": by},
        before=before,
        none=NONE,
    )


@router.get(LABELS + "/{text:int}")
def one_text(request: Request, who: Who, text: int, done: Words = "") -> Response:
    """A text with everything ever said of it. Raises NotThere."""
    return _one(request, who, text, done=done)


@router.post(LABELS + "/{text:int}")
def correct(request: Request, who: Labeller, text: int, answer: Given) -> Response:
    """Say anew what the text is about. Raises NotThere; an answer that cannot be recorded is told on the page."""
    from service.labels.themes import codebook_of

    try:
        with store_of(request).write() as connection:
            after, _ = kept(connection, answer, codebook_of(connection), who.name)
    except LabelError as error:
        return _one(request, who, text, wrong=error, answer=answer)
    return _back(request, after.id, "saved")


@router.post(LABELS + "/{text:int}/withdraw")
async def withdraw(request: Request, who: Labeller, text: int) -> Response:
    """Take a label back, one's own, or as an administrator another's; it stays in the history. Raises NotThere and Forbidden."""
    from anyio import to_thread

    form = await request.form()
    annotator, note = str(form.get("annotator", ""))[:200], str(form.get("note", ""))[:1_000]
    if annotator != who.name and not who.allows("admin"):
        raise Forbidden(
            "别人的标注只有管理员能收回;您可以写下自己的看法,并定稿",
            "only an administrator takes back the labels of others",
        )
    await to_thread.run_sync(_withdrawn, request, text, annotator, note)
    return _back(request, text, "withdrawn")


def rows_of(labels: list[Logged] | list[Said], codebook: Codebook, palette: Palette) -> list[Row]:
    """Labels as lists show them."""
    names = {theme.id: theme.name for theme in codebook.themes}
    return [Row(one, named(one.themes, names, palette), datetime.fromisoformat(one.at).astimezone()) for one in labels]


def named(themes: tuple[str, ...], names: dict[str, str], palette: Palette) -> tuple[tuple[str, str], ...]:
    """(name, hue) of themes; one that has been merged since is shown by its id."""
    return tuple((names.get(theme, theme), palette.hue(theme)) for theme in themes)


def _withdrawn(request: Request, text: int, annotator: str, note: str) -> None:
    from service.database.database import now
    from service.labels.record import withdraw

    with store_of(request).write() as connection:
        if not 0 < text < 2**31 or not withdraw(connection, text, annotator, now(), note.strip()):
            raise NotThere(
                f"“{annotator}”没有标注这段文本,或已经收回", "there is no label of that annotator", code="label-unknown"
            )


def _one(
    request: Request,
    who: Session | None,
    text: int,
    *,
    done: str = "",
    wrong: LabelError | None = None,
    answer: Answer | None = None,
) -> Response:
    from service.labels.backlog import backlog_of
    from service.labels.find import history
    from service.labels.themes import codebook_of

    with store_of(request).read() as connection:
        one, said = _found(connection, text), history(connection, text)
        codebook, backlog = codebook_of(connection), backlog_of(connection)
    palette = colours(known_of(request), codebook.themes)
    own = [label for label in one.said if who and label.annotator == who.name]
    held = own[0].themes if own else one.themes
    return page(
        request,
        "review-one.html",
        view=VIEW,
        status=422 if wrong else 200,
        section="labels",
        backlog=backlog,
        one=one,
        rows=rows_of(list(one.said), codebook, palette),
        past=rows_of(said[::-1], codebook, palette),
        held=named(one.themes, {theme.id: theme.name for theme in codebook.themes}, palette),
        choices=choices_of(codebook, palette, answer.themes if answer else held),
        order=answer.themes if answer else held,
        others=[label for label in one.said if not who or label.annotator != who.name],
        answer=answer,
        wrong=problem(wrong) if wrong else None,
        done=done,
    )


def _found(connection: Connection, text: int) -> Labelled:
    from service.labels.find import get

    found = get(connection, [text]) if 0 < text < 2**31 else []
    if not found:
        raise NotThere(
            "没有这段文本;请回到“已标”查找", "there is no such text", where=str(text)[:20], code="text-unknown"
        )
    return found[0]


def _back(request: Request, text: int, done: str) -> Response:
    return RedirectResponse(f"{request.scope.get('root_path', '')}{LABELS}/{text}?done={done}", 303)
