"""/models/{version}: look at a version, compare it with the live one, promote it, go back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from anyio import from_thread
from fastapi import APIRouter, Depends, Query, Request

from policy_themes.errors import ModelMissing
from policy_themes.store import load_manifest
from service.api.access import store_of, writer
from service.api.labels import PROBLEMS
from service.api.version_schemas import (
    ComparisonOut,
    GivenPromotion,
    GivenRollback,
    PromotionOut,
    PromotionResponse,
    VersionResponse,
)
from service.refusals import Conflict, NotThere
from service.state import live_of, state_of

if TYPE_CHECKING:
    from policy_themes.versions import Versions

__all__ = ["router"]

router = APIRouter(prefix="/models", tags=["models"], responses=PROBLEMS)
Trainer = Annotated[str, Depends(writer("train"))]
OTHERS = ("format", "version", "themes", "files", "seal", "metrics")


@router.get("/history", summary="上线记录 (who promoted what when)")
def history(request: Request) -> list[PromotionOut]:
    """Every promotion and rollback, the newest first."""
    return [PromotionOut(**asdict(step)) for step in reversed(_versions(request).history())]


@router.post("/rollback", summary="退回上一版本 (go back)")
def rollback(body: GivenRollback, request: Request, by: Trainer) -> PromotionResponse:
    """Make the version live that was live before."""
    from service.database.database import now

    try:
        back = _versions(request).roll_back(now(), by=by, note=body.note)
    except ModelMissing as error:
        raise Conflict(error.zh, error.en) from error
    from_thread.run(live_of(request).refresh)
    return PromotionResponse(live=back)


@router.get("/{version}", summary="一个版本 (a version)")
def version(version: str, request: Request) -> VersionResponse:
    """What a version was trained on and how well it did."""
    versions = _versions(request)
    manifest: dict[str, Any] = load_manifest(_there(versions, version))
    promotions = [PromotionOut(**asdict(step)) for step in versions.history() if step.version == version]
    trained = {name: value for name, value in manifest.items() if name not in OTHERS}
    return VersionResponse(
        version=version,
        live=version == versions.live(),
        trained=trained,
        metrics=manifest.get("metrics", {}),
        promotions=promotions,
    )


@router.get("/{version}/comparison", summary="与上线版比较 (compare with the live version)")
def comparison(
    version: str, request: Request, live: Annotated[str | None, Query(max_length=80, description="默认为上线版")] = None
) -> ComparisonOut:
    """Where a version is better and where worse than the live one, on text that neither was trained on."""
    from training.gate import compare

    versions = _versions(request)
    _there(versions, version)
    against = live or versions.live()
    if against is None:
        raise Conflict("还没有上线的模型可比较", "no model is live that it could be compared with")
    _there(versions, against)
    with _labels(request) as labels:
        return ComparisonOut.model_validate(asdict(compare(versions, against, version, labels)))


@router.post("/{version}/promote", summary="上线 (promote)")
def promote(version: str, body: GivenPromotion, request: Request, by: Trainer) -> PromotionResponse:
    """Make a version live if the comparison lets it pass, or if forced. Every worker serves it within two seconds."""
    from service.database.database import now
    from training.gate import promote as go

    versions = _versions(request)
    _there(versions, version)
    with _labels(request) as labels:
        passed = go(versions, version, now(), force=body.force, note=body.note, by=by, labels=labels)
    from_thread.run(live_of(request).refresh)
    said = ComparisonOut.model_validate(asdict(passed)) if passed else None
    return PromotionResponse(live=version, comparison=said)


def _versions(request: Request) -> Versions:
    return state_of(request)["versions"]


def _there(versions: Versions, name: str) -> Path:
    try:
        return versions.path(name)
    except ModelMissing as error:
        raise NotThere(error.zh, error.en, where=name) from error


@contextmanager
def _labels(request: Request) -> Iterator[Path]:
    """The store's labels as a folder."""
    from service.labels.snapshot import write_snapshot

    with tempfile.TemporaryDirectory(prefix="policy-themes-") as folder:
        with store_of(request).read() as connection:
            write_snapshot(connection, Path(folder))
        yield Path(folder)
