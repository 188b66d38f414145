"""A result as a file: the formats of the batch writers."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePath
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from policy_themes.batch.writers import writer_for
from service.refusals import NotThere
from service.state import live_of
from service.web.page import PageRoute
from service.web.tagging import UPLOADS, kept_of

__all__ = ["router"]

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "html": "text/html; charset=utf-8",
}


@router.get(UPLOADS + "/{key}/download.{kind}")
def download(request: Request, key: str, kind: str) -> Response:
    """The whole result, all its documents, as xlsx, csv, jsonl or html. Raises NotThere."""
    if kind not in _TYPES:
        raise NotThere(f"没有 .{kind} 这种下载格式", f"there is no download of the kind {kind!r}")
    kept = kept_of(request, key)
    served = live_of(request).served
    seen = {theme.name for one in kept.outcome.results if one.tagging for theme in one.tagging.themes}
    known = [theme.name for theme in served.tagger.themes] if served else []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"result.{kind}"
        with writer_for(path, f".{kind}", [*known, *sorted(seen.difference(known))]) as write:
            write(kept.outcome)
        content = path.read_bytes()
    name = quote(f"{PurePath(kept.name).stem}-主题.{kind}".encode("utf-8", "replace"))
    return Response(
        content,
        media_type=_TYPES[kind],
        headers={"Content-Disposition": f"attachment; filename=\"result.{kind}\"; filename*=UTF-8''{name}"},
    )
