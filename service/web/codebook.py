"""主题: the codebook, with definitions, examples and counts, and a page for each theme. Changes of it are in revising.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from policy_themes.errors import PolicyThemesError
from policy_themes.themes import Theme
from service.api.access import store_of
from service.problems import problem
from service.refusals import NotThere
from service.session import Session
from service.web.cards import SORTS, Card, Example, cards_of, cards_without_labels, examples_of, sifted
from service.web.figures import words_of
from service.web.known import Known, known_of
from service.web.page import PageRoute, page
from service.web.palette import Palette
from service.web.signed import perhaps_signed
from service.web.view import View

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["VIEW", "colours", "router", "theme_in"]

VIEW = View("主题", "/desk/themes")
SHOWN = 2  # examples of a theme on the page of all
MORE = 12  # on its own

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Who = Annotated[Session | None, Depends(perhaps_signed)]


@dataclass(frozen=True, slots=True)
class _Read:
    """What the store said: cards, codebook, and the fault for which there is no more."""

    cards: list[Card]
    themes: tuple[Theme, ...]
    boundaries: tuple[str, ...] = ()
    fault: PolicyThemesError | None = None


@router.get(VIEW.path)
def themes(request: Request, _: Who, q: Annotated[str, Query(max_length=200)] = "", sort: str = "codebook") -> Response:
    """All themes that hold the words `q`."""
    known = known_of(request)
    read = _read(request, known)
    return page(
        request,
        "themes.html",
        view=VIEW,
        cards=sifted(read.cards, q, sort),
        total=len(read.cards),
        boundaries=read.boundaries,
        fault=problem(read.fault) if read.fault else None,
        gap=known.gap(read.themes),
        known=known,
        q=q,
        sort=sort if sort in SORTS else "codebook",
        sorts=SORTS,
    )


@router.get(VIEW.path + "/{theme}")
def theme_page(
    request: Request,
    _: Who,
    theme: str,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    done: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> Response:
    """One theme with its texts from the one behind number `after`, and what the change number `done` has done. Raises NotThere."""
    from service.labels.themes import codebook_of
    from service.web.done import done_of, history_of

    known = known_of(request)
    with store_of(request).read() as connection:
        found = theme_in(codebook_of(connection).themes, theme)
        if found.id != theme:
            return RedirectResponse(f"{request.scope.get('root_path', '')}{VIEW.path}/{found.id}", 303)
        palette = colours(known, codebook_of(connection).themes)
        return page(
            request,
            "themes-one.html",
            view=VIEW,
            card=cards_of(connection, [found], known, palette, 0)[0],
            examples=_texts(connection, found.id, palette, after),
            most=MORE,
            behind=after,
            words=words_of(known.folder).get(found.id, ()) if known.folder else (),
            known=known,
            done=done_of(connection, done, found),
            history=history_of(connection, found.id),
        )


def theme_in(themes: tuple[Theme, ...], written: str) -> Theme:
    """The theme with this id, or that has it as an alias, as one has whose id was merged into it. Raises NotThere."""
    named = [one for one in themes if one.id == written] or [one for one in themes if written in one.aliases]
    if not named:
        raise NotThere(
            "主题表里没有这个主题;请回到“主题”页查找",
            "the codebook has no such theme",
            where=written[:100],
            code="theme-unknown",
        )
    return named[0]


def colours(known: Known, themes: tuple[Theme, ...]) -> Palette:
    """The colours that results have; without a model, by the order of the codebook."""
    return Palette([one.id for one in known.themes or themes])


def _read(request: Request, known: Known) -> _Read:
    from service.labels.themes import codebook_of

    try:
        with store_of(request).read() as connection:
            codebook = codebook_of(connection)
            cards = cards_of(connection, codebook.themes, known, colours(known, codebook.themes), SHOWN)
            return _Read(cards, codebook.themes, codebook.boundaries)
    except PolicyThemesError as error:
        return _Read(cards_without_labels(known, colours(known, ())), known.themes, fault=error)


def _texts(connection: Connection, theme: str, palette: Palette, after: int) -> tuple[Example, ...]:
    from service.labels.find import Filter, find
    from service.labels.themes import codebook_of

    names = {one.id: one.name for one in codebook_of(connection).themes}
    return examples_of(find(connection, Filter(theme=theme, protected=False), after, MORE), names, palette)
