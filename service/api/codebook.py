"""/codebook: the themes that labels may carry, and every change of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request

from service.api.access import ANYBODY, store_of, writer
from service.api.codebook_schemas import (
    ChangeOut,
    CodebookResponse,
    CodebookTheme,
    Effect,
    GivenMerge,
    GivenNote,
    GivenTheme,
    ThemeEdit,
)
from service.api.labels import PROBLEMS, theme_id_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from service.labels.themes import Change

__all__ = ["router"]

router = APIRouter(prefix="/codebook", tags=["codebook"], responses=PROBLEMS)
Admin = Annotated[str, Depends(writer("admin"))]


@router.get("", summary="主题表与各主题的标注数 (the codebook)", openapi_extra=ANYBODY)
def codebook(request: Request) -> CodebookResponse:
    """The themes of the label store; those of the model that serves are at /themes."""
    with store_of(request).read() as connection:
        return _codebook(connection)


@router.get("/changes", summary="主题表的变更记录 (changes of the codebook)", openapi_extra=ANYBODY)
def changes(request: Request, limit: Annotated[int, Query(ge=1, le=1_000)] = 100) -> list[ChangeOut]:
    """The newest changes first."""
    from sqlalchemy import select

    from service.database.tables import theme_changes

    asked = select(theme_changes).order_by(theme_changes.c.id.desc()).limit(limit)
    with store_of(request).read() as connection:
        rows = connection.execute(asked).mappings().all()
    return [ChangeOut(**{name: row[name] for name in ChangeOut.model_fields}) for row in rows]


@router.post("/themes", summary="增加主题 (add a theme)")
def add_theme(body: GivenTheme, request: Request, by: Admin) -> CodebookResponse:
    """Add a theme; it can be labelled at once, and is assigned once a model has been trained with it."""
    from policy_themes.themes import Theme
    from service.labels.themes import add

    theme = Theme(body.id, body.name.strip(), body.covers, body.excludes, tuple(dict.fromkeys(body.aliases)))
    return _changed(request, by, body.note, lambda connection, change: add(connection, theme, change))


@router.get("/themes/{theme}/effect", summary="变更会影响什么 (what a change would touch)", openapi_extra=ANYBODY)
def effect(theme: str, request: Request) -> Effect:
    """Look before you rename, merge or retire."""
    from service.labels.themes import codebook_of, use_of

    with store_of(request).read() as connection:
        theme_id = theme_id_of(codebook_of(connection), theme)
        use = use_of(connection, theme_id)
    said = (
        f"{use.sections} 段、{use.clauses} 句带有此主题,其中 {use.alone} 条只有它:改名不动标注,旧名成为别名;"
        f"合并把这些标注改为另一主题;停用后它们不再用于训练此主题,那 {use.alone} 条按无主题训练,恢复后复原"
    )
    return Effect(theme=theme_id, sections=use.sections, clauses=use.clauses, alone=use.alone, said=said)


@router.patch("/themes/{theme}", summary="改名或改定义 (rename or define)")
def edit_theme(theme: str, body: ThemeEdit, request: Request, by: Admin) -> CodebookResponse:
    """Rename a theme, define it anew, or both."""
    from service.labels.themes import codebook_of, define, rename

    def edit(connection: Connection, change: Change) -> None:
        theme_id = theme_id_of(codebook_of(connection), theme)
        if body.name is not None:
            rename(connection, theme_id, body.name.strip(), change)
        if body.defines:
            now = next(one for one in codebook_of(connection).themes if one.id == theme_id)
            covers = now.covers if body.covers is None else body.covers
            excludes = now.excludes if body.excludes is None else body.excludes
            aliases = None if body.aliases is None else tuple(dict.fromkeys(body.aliases))
            define(connection, theme_id, covers, excludes, change, aliases)

    return _changed(request, by, body.note, edit)


@router.post("/themes/{theme}/merge", summary="并入另一主题 (merge)")
def merge_theme(theme: str, body: GivenMerge, request: Request, by: Admin) -> CodebookResponse:
    """Make every label of this theme one of another; its name becomes an alias of that one."""
    from service.labels.themes import codebook_of, merge

    def merged(connection: Connection, change: Change) -> None:
        there = codebook_of(connection)
        merge(connection, theme_id_of(there, theme), theme_id_of(there, body.into), change)

    return _changed(request, by, body.note, merged)


@router.post("/themes/{theme}/retire", summary="停用主题 (retire)")
def retire_theme(theme: str, body: GivenNote, request: Request, by: Admin) -> CodebookResponse:
    """Take a theme out of use; its labels are kept."""
    from service.labels.themes import codebook_of, retire

    return _changed(
        request,
        by,
        body.note,
        lambda connection, change: retire(connection, theme_id_of(codebook_of(connection), theme), change),
    )


@router.post("/themes/{theme}/restore", summary="恢复主题 (restore)")
def restore_theme(theme: str, body: GivenNote, request: Request, by: Admin) -> CodebookResponse:
    """Bring a retired theme back, by its id."""
    from service.labels.themes import retire

    return _changed(request, by, body.note, lambda connection, change: retire(connection, theme, change, restore=True))


def _changed(request: Request, by: str, note: str, change: Callable[[Connection, Change], None]) -> CodebookResponse:
    from service.database.database import now
    from service.labels.themes import Change

    with store_of(request).write() as connection:
        change(connection, Change(by, now(), note))
        return _codebook(connection)


def _codebook(connection: Connection) -> CodebookResponse:
    from service.labels.tally import tally
    from service.labels.themes import codebook_of

    there, counts = codebook_of(connection), tally(connection)
    own = ("id", "name", "covers", "excludes", "retired")
    themes = [
        CodebookTheme(
            **{name: getattr(theme, name) for name in own},
            aliases=list(theme.aliases),
            sections=counts.get((theme.id, "section"), 0),
            clauses=counts.get((theme.id, "clause"), 0),
        )
        for theme in there.themes
    ]
    return CodebookResponse(themes=themes, boundaries=list(there.boundaries))
