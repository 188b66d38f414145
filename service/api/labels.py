"""GET, POST and DELETE /labels: what people labelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request

from policy_themes.errors import LabelError, TextError
from service.api import addresses  # noqa: F401 -- {text:number}
from service.api.access import ANYBODY, store_of, writer
from service.api.label_schemas import (
    GivenLabel,
    HistoryResponse,
    LabelOut,
    LabelsRequest,
    LabelsResponse,
    RecordedResponse,
    TextOut,
)
from service.refusals import NotThere
from service.schemas import Problem

if TYPE_CHECKING:
    from policy_themes.themes import Codebook
    from service.labels.entry import Entry
    from service.labels.find import Labelled, Said

__all__ = ["PROBLEMS", "label_out", "router", "text_out"]

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {"application/problem+json": {}}}
    for status in (400, 401, 403, 404, 409, 413, 422, 503)
}
LARGEST_PAGE = 200

router = APIRouter(prefix="/labels", tags=["labels"], responses=PROBLEMS)


@router.get("", summary="查标注 (find labels)", openapi_extra=ANYBODY)
def labels(
    request: Request,
    theme: Annotated[str | None, Query(max_length=100, description="主题名或 id;空值为无主题 (empty: none)")] = None,
    annotator: Annotated[str | None, Query(max_length=200)] = None,
    state: Literal["open", "labelled", "conflict"] | None = None,
    kind: Literal["section", "clause"] | None = None,
    source: Annotated[str | None, Query(max_length=200)] = None,
    document: Annotated[str | None, Query(max_length=400)] = None,
    protected: bool | None = None,
    words: Annotated[str | None, Query(max_length=200, description="文本中的词,空格分隔 (words in the text)")] = None,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 50,
) -> LabelsResponse:
    """Texts with their labels, in the order they came, a page at a time."""
    from service.labels.find import Filter, count, find
    from service.labels.themes import codebook_of

    with store_of(request).read() as connection:
        codebook = codebook_of(connection)
        theme_id = theme and theme_id_of(codebook, theme)
        wanted = Filter(theme_id, annotator, state, kind, source, document, protected, words)
        found = find(connection, wanted, after, limit)
        total = count(connection, wanted)
    items = [text_out(one, codebook) for one in found]
    return LabelsResponse(items=items, total=total, next=found[-1].id if len(found) == limit else None)


@router.post("", summary="记下标注 (record labels)")
def record_labels(
    body: LabelsRequest, request: Request, by: Annotated[str, Depends(writer("label"))]
) -> RecordedResponse:
    """Record labels, all or none. Sent twice they are recorded once."""
    from service.labels.find import get
    from service.labels.record import record
    from service.labels.themes import codebook_of

    with store_of(request).write() as connection:
        codebook = codebook_of(connection)
        asked = [given.id for given in body.labels if given.id is not None]
        texts = {one.id: one for one in get(connection, asked)}
        entries = [_entry(given, at, by, codebook, texts) for at, given in enumerate(body.labels)]
        done = record(connection, entries)
    return RecordedResponse(new=done.new, changed=done.changed, same=done.same, ids=list(done.ids))


@router.get("/{text:number}", summary="一段文本的全部标注 (a text and its history)", openapi_extra=ANYBODY)
def label(text: int, request: Request) -> HistoryResponse:
    """A text and everything ever said of it."""
    from service.labels.find import get, history
    from service.labels.themes import codebook_of

    with store_of(request).read() as connection:
        found, said, codebook = get(connection, [_checked(text)]), history(connection, text), codebook_of(connection)
    if not found:
        raise _none(text)
    return HistoryResponse(text=text_out(found[0], codebook), history=[label_out(one, codebook) for one in said])


@router.delete("/{text:number}", summary="收回标注 (take a label back)")
def delete_label(
    text: int,
    request: Request,
    by: Annotated[str, Depends(writer("label"))],
    annotator: Annotated[str | None, Query(max_length=200, description="默认为密钥的名称")] = None,
    note: Annotated[str, Query(max_length=1_000)] = "",
) -> HistoryResponse:
    """Take an annotator's label of a text back; it stays in the history."""
    from service.database.database import now
    from service.labels.record import withdraw

    with store_of(request).write() as connection:
        if not withdraw(connection, _checked(text), annotator or by, now(), note):
            raise NotThere(
                f"“{annotator or by}”没有标注这段文本", "there is no label of that annotator", where=str(text)
            )
    return label(text, request)


def theme_id_of(codebook: Codebook, written: str) -> str:
    """The id of a theme by its name, alias or id. Raises LabelError that names the nearest."""
    from training.exchange.names import unknown

    name = codebook.name_of(written.strip())
    if name is None:
        fault = unknown(written, codebook, "")
        raise LabelError(fault.zh, fault.en, where=written)
    return next(theme.id for theme in codebook.themes if theme.name == name)


def text_out(one: Labelled, codebook: Codebook) -> TextOut:
    """A text of the store as JSON has it."""
    names = {theme.id: theme.name for theme in codebook.themes}
    own = {name: getattr(one, name) for name in TextOut.model_fields if name not in ("themes", "labels")}
    themes = [names.get(theme, theme) for theme in one.themes]
    return TextOut(**own, themes=themes, labels=[label_out(said, codebook) for said in one.said])


def label_out(said: Said, codebook: Codebook) -> LabelOut:
    """A label as JSON has it; a theme that has been merged since is shown by its id."""
    names = {theme.id: theme.name for theme in codebook.themes}
    own = {name: getattr(said, name) for name in LabelOut.model_fields if name != "themes"}
    return LabelOut(**own, themes=[names.get(theme, theme) for theme in said.themes])


def _entry(given: GivenLabel, at: int, by: str, codebook: Codebook, texts: dict[int, Labelled]) -> Entry:
    """A request's label as the store takes it. Raises LabelError that names its place."""
    from policy_themes.tagging.text import checked
    from service.database.database import now
    from service.labels.entry import Entry
    from training.labels import MAX_CHARACTERS

    where = f"labels.{at}"
    if (given.id is None) == (given.text is None):
        raise LabelError("请给 id 或 text 之一", "give either id or text", where=where)
    if given.id is not None and given.id not in texts:
        raise _none(given.id)
    known = texts.get(given.id or 0)
    try:
        text = known.text if known else checked(given.text or "", MAX_CHARACTERS[given.kind])
        themes = tuple(dict.fromkeys(theme_id_of(codebook, name) for name in given.themes))
    except (TextError, LabelError) as error:
        raise error.at(where) from None
    told = {name: getattr(given, name) for name in ("kind", "source", "document", "place", "model", "note", "final")}
    return Entry(text=text, themes=themes, annotator=given.annotator or by, at=now(), **told)


def _checked(text: int) -> int:
    if not 0 < text < 2**31:
        raise _none(text)
    return text


def _none(text: int) -> NotThere:
    return NotThere("没有这段文本", "there is no such text", where=str(text))
