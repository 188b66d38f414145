"""帮助: how the pages are used, the keys, what the probabilities mean, and where files go."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from service.session import Session
from service.web.page import PageRoute, page
from service.web.results import HOURS
from service.web.signed import noticed

__all__ = ["router"]

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/desk/help")
def help_page(request: Request, _: Annotated[Session | None, Depends(noticed)]) -> Response:
    """The page of help."""
    return page(request, "help.html", view=None, hours=HOURS)
