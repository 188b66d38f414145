"""比较: the documents of several results side by side."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from service.problems import RequestError, problem
from service.refusals import NotThere
from service.state import live_of
from service.web.comparison import compared
from service.web.page import PageRoute, page
from service.web.results import HOURS, Kept
from service.web.signed import noticed
from service.web.tagging import kept_of, palette_of
from service.web.view import View

__all__ = ["VIEW", "router"]

VIEW = View("比较", "/desk/compare")
MOST = 100  # results compared at once

router = APIRouter(include_in_schema=False, route_class=PageRoute, dependencies=[Depends(noticed)])

_LINKED = re.compile(r"(?:^|/)([0-9a-f]{32}|example)(?=$|[/?#\s])")


@router.get(VIEW.path)
def compare(request: Request, r: Annotated[list[str], Query()] = []) -> Response:  # noqa: B006
    """The results `r`, each given by its id or its link. Raises RequestError for too many."""
    keys = list(dict.fromkeys(_key(one) for one in r if one.strip()))
    if len(keys) > MOST:
        raise RequestError(
            f"一次最多比较 {MOST} 份结果,请分批比较", f"at most {MOST} results are compared at once", where="r"
        )
    found, missing = list[Kept](), list[dict[str, object]]()
    for key in keys:
        try:
            found.append(kept_of(request, key))
        except NotThere as error:
            missing.append({**problem(error), "key": key})
    served = live_of(request).served
    order = [theme.id for theme in served.tagger.themes] if served else []
    return page(
        request,
        "compare.html",
        view=VIEW,
        keys=[kept.id for kept in found],
        kept=found,
        missing=missing,
        hours=HOURS,
        comparison=compared(found, palette_of(request), order) if found else None,
    )


def _key(written: str) -> str:
    match = _LINKED.search(written.strip())
    return match.group(1) if match else written.strip()
