"""The pages of the workbench, put on the application."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from fastapi import FastAPI

from service.web import (
    bringing,
    checking,
    codebook,
    comparing,
    disputes,
    downloads,
    handing,
    helping,
    operations,
    promoting,
    reviewed,
    reviewing,
    revising,
    runs,
    signing,
    tagging,
)
from service.web.results import Results
from service.web.view import View

__all__ = ["IMPORTS", "PAGES", "UPLOADS", "Desk", "add_desk"]

PAGES: tuple[ModuleType, ...] = (
    tagging,
    comparing,
    reviewing,
    runs,
    codebook,
    operations,
)  # each with `router` and `VIEW`, in the order of the bar
IMPORTS = bringing.IMPORTS  # where labels are sent to
UPLOADS = tagging.UPLOADS  # where documents are sent to, whose bodies may be as large as a document


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages share: the bar at the top, and the results kept."""

    views: tuple[View, ...]
    results: Results


def add_desk(app: FastAPI, models: Path) -> None:
    """Add the pages; `models` is the models folder, whose services share their results."""
    app.state.desk = Desk(tuple(part.VIEW for part in PAGES), Results.of(models))
    for part in (
        *PAGES,
        downloads,
        revising,
        helping,
        signing,
        bringing,
        checking,
        promoting,
        reviewed,
        disputes,
        handing,
    ):
        app.include_router(part.router)
