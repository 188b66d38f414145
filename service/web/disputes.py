"""分歧 and 一致性: texts that annotators read differently, to be settled; and how far annotators agree on each theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from service.api.access import store_of
from service.refusals import Conflict
from service.session import Session
from service.web.answer import Answer, answer_in, kept
from service.web.codebook import colours
from service.web.known import known_of
from service.web.page import PageRoute, page
from service.web.reviewed import rows_of
from service.web.reviewing import VIEW
from service.web.signed import noticed, signed
from service.web.unfilled import unfilled

if TYPE_CHECKING:
    from training.checks.agreement import ThemeAgreement

__all__ = ["router"]

PAGE = 10
FEWEST = 20  # texts labelled by several, below which the figures say little
USES = 5  # the same for a theme

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Who = Annotated[Session | None, Depends(noticed)]
Labeller = Annotated[Session, Depends(signed("label"))]


@router.get(VIEW.path + "/conflicts")
def conflicts(
    request: Request,
    _: Who,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    done: Annotated[bool, Query()] = False,
) -> Response:
    """Texts in conflict from the one behind number `after`, with what everybody says."""
    from service.labels.backlog import backlog_of
    from service.labels.find import Filter, find
    from service.labels.themes import codebook_of

    if empty := unfilled(request, "conflicts"):
        return empty
    with store_of(request).read() as connection:
        codebook, backlog = codebook_of(connection), backlog_of(connection)
        found = find(connection, Filter(state="conflict", protected=False), after, PAGE)
    palette = colours(known_of(request), codebook.themes)
    return page(
        request,
        "review-conflicts.html",
        view=VIEW,
        section="conflicts",
        backlog=backlog,
        disputes=[(one, rows_of(list(one.said), codebook, palette)) for one in found],
        more=found[-1].id if len(found) == PAGE else 0,
        behind=after,
        done=done,
    )


@router.post(VIEW.path + "/conflicts")
def settle(request: Request, who: Labeller, answer: Annotated[Answer, Depends(answer_in)]) -> Response:
    """Make one of the readings (the label number `which`) final. Raises Conflict if it does not hold any more."""
    from dataclasses import replace

    from service.labels.find import get
    from service.labels.themes import codebook_of

    with store_of(request).write() as connection:
        found = get(connection, [answer.text])
        said = [one for one in found[0].said if one.id == answer.which] if found else []
        if not said:
            raise Conflict(
                "这个说法刚被改过或收回,没有定稿;请刷新页面再看",
                "this reading has just been changed; nothing was settled",
            )
        themes = said[0].themes
        taken = replace(answer, themes=themes, none=not themes, settles=True)
        kept(connection, taken, codebook_of(connection), who.name)
    return RedirectResponse(f"{request.scope.get('root_path', '')}{VIEW.path}/conflicts?done=true", 303)


@router.get(VIEW.path + "/agreement")
def agreement(request: Request, _: Who) -> Response:
    """Agreement by theme and by pair of annotators, over the texts that several labelled."""
    from service.labels.backlog import backlog_of
    from service.labels.log import shared_readings
    from service.labels.themes import codebook_of
    from training.checks.agreement import LEAST_ALPHA
    from training.checks.agreement import agreement as measured
    from training.checks.finding import Annotation, latest

    if empty := unfilled(request, "agreement"):
        return empty
    with store_of(request).read() as connection:
        codebook, backlog = codebook_of(connection), backlog_of(connection)
        said = shared_readings(connection)
    found = measured(latest(Annotation(one.digest, one.annotator, one.themes, one.at) for one in said), codebook)
    palette = colours(known_of(request), codebook.themes)
    return page(
        request,
        "review-agreement.html",
        view=VIEW,
        section="agreement",
        backlog=backlog,
        found=found,
        hues={theme.name: palette.hue(theme.id) for theme in codebook.active},
        themes=sorted((one for one in found.themes if one.uses), key=_order),
        least=LEAST_ALPHA,
        fewest=FEWEST,
        uses=USES,
    )


def _order(theme: ThemeAgreement) -> tuple[bool, float]:
    """The lowest first, behind them those of which too little is known."""
    if theme.alpha is None or theme.uses < USES:
        return True, 0.0
    return False, theme.alpha
