"""GET /themes and GET /models: what can be assigned, and by which versions."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from policy_themes.errors import ModelError
from policy_themes.store import load_manifest
from policy_themes.versions import Versions
from service.api.access import ANYBODY
from service.schemas import ModelEntry, ModelsResponse, Problem, ThemeEntry, ThemesResponse
from service.state import live_of, state_of, tagger_of

__all__ = ["router"]

router = APIRouter(tags=["catalogue"], responses={503: {"model": Problem, "content": {"application/problem+json": {}}}})


@router.get("/themes", summary="主题表 (the themes)", openapi_extra=ANYBODY)
def themes(request: Request) -> ThemesResponse:
    """The themes of the model that is serving, with what each covers."""
    tagger = tagger_of(state_of(request))
    entries = [ThemeEntry(id=theme.id, name=theme.name, covers=theme.covers) for theme in tagger.themes]
    return ThemesResponse(themes=entries, model=tagger.version)


@router.get("/models", summary="模型版本 (the model versions)", openapi_extra=ANYBODY)
def models(request: Request) -> ModelsResponse:
    """Every version in the models folder with its figures; `live` names the one promoted."""
    versions = state_of(request)["versions"]
    fault = live_of(request).fault
    try:
        live = versions.live()
    except ModelError:
        live = None  # what `current` holds names no version; the fault says so
    return ModelsResponse(
        live=live,
        fault=str(fault) if fault else None,
        models=[_entry(versions, name, live) for name in versions.names()],
    )


def _entry(versions: Versions, name: str, live: str | None) -> ModelEntry:
    try:
        manifest: dict[str, Any] = load_manifest(versions.path(name))
    except ModelError as error:
        return ModelEntry(version=name, live=name == live, fault=str(error))
    return ModelEntry(
        version=name, live=name == live, labels=manifest.get("labels", {}), metrics=manifest.get("metrics", {})
    )
