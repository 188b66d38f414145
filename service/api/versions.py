"""/models/{version}: look at a version, compare it with the live one, promote it, go back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from policy_themes.store import load_manifest
from service.api.access import ANYBODY, writer
from service.api.labels import PROBLEMS
from service.api.version_schemas import (
    ComparisonOut,
    GivenPromotion,
    GivenRollback,
    PromotionOut,
    PromotionResponse,
    VersionResponse,
)
from service.candidates import compared, folder_of, promoted, rolled_back, versions_of

__all__ = ["router"]

router = APIRouter(prefix="/models", tags=["models"], responses=PROBLEMS)
Trainer = Annotated[str, Depends(writer("train"))]
OTHERS = ("format", "version", "themes", "files", "seal", "metrics")


@router.get("/history", summary="上线记录 (who promoted what when)", openapi_extra=ANYBODY)
def history(request: Request) -> list[PromotionOut]:
    """Every promotion and rollback, the newest first."""
    return [PromotionOut(**asdict(step)) for step in reversed(versions_of(request).history())]


@router.post("/rollback", summary="退回上一版本 (go back)")
def rollback(body: GivenRollback, request: Request, by: Trainer) -> PromotionResponse:
    """Make the version live that was live before."""
    return PromotionResponse(live=rolled_back(request, by, body.note))


@router.get("/{version}", summary="一个版本 (a version)", openapi_extra=ANYBODY)
def version(version: str, request: Request) -> VersionResponse:
    """What a version was trained on and how well it did."""
    versions = versions_of(request)
    manifest: dict[str, Any] = load_manifest(folder_of(request, version))
    promotions = [PromotionOut(**asdict(step)) for step in versions.history() if step.version == version]
    trained = {name: value for name, value in manifest.items() if name not in OTHERS}
    return VersionResponse(
        version=version,
        live=version == versions.live(),
        trained=trained,
        metrics=manifest.get("metrics", {}),
        promotions=promotions,
    )


@router.get("/{version}/comparison", summary="与上线版比较 (compare with the live version)", openapi_extra=ANYBODY)
def comparison(
    version: str, request: Request, live: Annotated[str | None, Query(max_length=80, description="默认为上线版")] = None
) -> ComparisonOut:
    """Where a version is better and where worse than the live one, on text that neither was trained on."""
    return ComparisonOut.model_validate(asdict(compared(request, version, live)))


@router.post("/{version}/promote", summary="上线 (promote)")
def promote(version: str, body: GivenPromotion, request: Request, by: Trainer) -> PromotionResponse:
    """Make a version live if the comparison lets it pass, or if forced. Every worker serves it within two seconds."""
    passed = promoted(request, version, by, force=body.force, note=body.note)
    said = ComparisonOut.model_validate(asdict(passed)) if passed else None
    return PromotionResponse(live=version, comparison=said)
