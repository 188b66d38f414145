"""A tagged result handed to the queue: its sections become texts that wait for a label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from policy_themes.errors import TextError
from service.api.access import store_of
from service.refusals import NotThere
from service.session import Session
from service.web.example import EXAMPLE
from service.web.page import PageRoute
from service.web.results import Kept
from service.web.reviewing import VIEW
from service.web.signed import signed
from service.web.tagging import kept_of

if TYPE_CHECKING:
    from service.labels.entry import Entry

__all__ = ["router"]

LONGEST = 200  # characters of a document's name and of a place

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.post(VIEW.path + "/add")
def add(
    request: Request,
    who: Annotated[Session, Depends(signed("label"))],
    result: Annotated[str, Form(max_length=64)],
    d: Annotated[int, Form(ge=0, le=100_000)] = 0,
) -> Response:
    """Put the sections of document number `d` of a result into the queue; those in the store already stay as they are. Raises NotThere."""
    from service.labels.backlog import backlog_of
    from service.labels.record import ensure_texts

    kept = kept_of(request, result)
    if result == EXAMPLE or d >= len(kept.outcome.summaries):
        raise NotThere("结果里没有这份文件", "the result has no such document")
    document = kept.outcome.summaries[d].document
    entries = _entries(kept, document, who.name)
    with store_of(request).write() as connection:
        before = backlog_of(connection).all
        ensure_texts(connection, entries)
        added = backlog_of(connection).all - before
    sections = sum(one.columns["document"] == document and one.tagging is not None for one in kept.outcome.results)
    wanted = {"document": document[:LONGEST], "added": added, "left": sections - len(entries)}
    return RedirectResponse(f"{request.scope.get('root_path', '')}{VIEW.path}?{urlencode(wanted)}", 303)


def _entries(kept: Kept, document: str, by: str) -> list[Entry]:
    """The sections as texts without a label. Those that no label may stand on (too long, damaged) are left out."""
    from policy_themes.tagging.text import checked
    from service.database.database import now
    from service.labels.entry import Entry
    from training.labels import MAX_CHARACTERS

    entries = []
    for one in kept.outcome.results:
        if one.columns["document"] != document or one.tagging is None:
            continue
        try:
            text = checked(one.columns["text"], MAX_CHARACTERS["section"])
        except TextError:
            continue
        place = str(one.columns["heading"] or "")[-LONGEST:]
        entries.append(Entry(text, (), by, now(), document=document[:LONGEST], place=place))
    return entries
