"""已标, 分歧 and 一致性 while there are no labels to bring in: what is missing, and what to do, in place of an error."""

from __future__ import annotations

from fastapi import Request, Response

from policy_themes.errors import CodebookError, LabelError, PolicyThemesError
from service.api.access import store_of
from service.problems import problem
from service.web.page import page
from service.web.reviewing import VIEW

__all__ = ["unfilled"]


def unfilled(request: Request, section: str) -> Response | None:
    """The page of `section` without a store to read; None if there is one. Raises what says that the store is there but fails."""
    try:
        store_of(request)
    except (CodebookError, LabelError) as error:
        return _page(request, section, error)
    return None


def _page(request: Request, section: str, error: PolicyThemesError) -> Response:
    told = problem(error)
    return page(request, "review-unfilled.html", view=VIEW, section=section, backlog=None, told=told)
