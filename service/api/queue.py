"""/labels/queue: what to label next, and texts that are to be labelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from policy_themes.errors import TextError
from service.api import addresses  # noqa: F401 -- {text:number}
from service.api.access import ANYBODY, store_of, writer
from service.api.label_schemas import TextOut
from service.api.labels import PROBLEMS, text_out, theme_id_of
from service.state import state_of, tagger_of

if TYPE_CHECKING:
    from policy_themes.themes import Codebook
    from service.labels.find import Labelled
    from service.labels.queue import Turn

__all__ = ["router"]

AT_ONCE = 1_000  # texts that one request brings up to date with the live model

router = APIRouter(prefix="/labels/queue", tags=["labels"], responses=PROBLEMS)
Labeller = Annotated[str, Depends(writer("label"))]


class _Given(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class GivenTake(_Given):
    """Who labels, how many texts, and about which theme (name or id) if it matters."""

    annotator: str | None = Field(None, min_length=1, max_length=200, description="默认为密钥的名称")
    size: int = Field(1, ge=1, le=50)
    theme: str | None = Field(None, max_length=100)


class GivenSkip(_Given):
    annotator: str | None = Field(None, min_length=1, max_length=200)


class GivenText(_Given):
    text: str = Field(max_length=5_000)
    kind: Literal["section", "clause"] = "section"
    document: str = Field("", max_length=400)
    place: str = Field("", max_length=200)


class GivenTexts(_Given):
    texts: list[GivenText] = Field(min_length=1, max_length=1_000)


class QueueSize(BaseModel):
    """How many texts wait for a first label, and how many for somebody to settle what annotators said."""

    open: int
    conflicts: int


class QueueItem(BaseModel):
    """A text to label: why it is asked, and what the model proposes (theme name -> probability)."""

    text: TextOut
    why: Literal["conflict", "doubt"]
    said: str
    proposed: dict[str, float]
    model: str


class QueueResponse(BaseModel):
    items: list[QueueItem]


@router.get("", summary="队列有多长 (the size of the queue)", openapi_extra=ANYBODY)
def queue_size(request: Request) -> QueueSize:
    """What waits."""
    from service.labels.queue import waiting

    with store_of(request).read() as connection:
        first, conflicts = waiting(connection)
    return QueueSize(open=first, conflicts=conflicts)


@router.post("", summary="领取下一批 (take what to label next)")
def take_texts(body: GivenTake, request: Request, by: Labeller) -> QueueResponse:
    """Texts that are worth a label most; nobody else gets them for 15 minutes. Answer with POST /labels, or skip."""
    from service.database.database import now
    from service.labels.find import get
    from service.labels.proposals import propose
    from service.labels.queue import take
    from service.labels.themes import codebook_of

    store = store_of(request)
    propose(store, tagger_of(state_of(request)), AT_ONCE)
    with store.write() as connection:
        codebook = codebook_of(connection)
        theme = theme_id_of(codebook, body.theme) if body.theme else None
        turns = take(connection, body.annotator or by, body.size, now(), theme)
        found = get(connection, [turn.text for turn in turns])
    items = [_item(turn, one, codebook) for turn, one in zip(turns, found, strict=True)]
    return QueueResponse(items=items)


@router.post("/texts", summary="加入待标文本 (add texts to be labelled)")
def add_texts(body: GivenTexts, request: Request, by: Labeller) -> QueueSize:
    """Put texts into the queue; those that are in the store already stay as they are."""
    from policy_themes.tagging.text import checked
    from service.database.database import now
    from service.labels.entry import Entry
    from service.labels.queue import waiting
    from service.labels.record import ensure_texts
    from training.labels import MAX_CHARACTERS

    entries = []
    for at, given in enumerate(body.texts):
        try:
            text = checked(given.text, MAX_CHARACTERS[given.kind])
        except TextError as error:
            raise error.at(f"texts.{at}.text") from None
        entries.append(Entry(text, (), by, now(), given.kind, document=given.document, place=given.place))
    with store_of(request).write() as connection:
        ensure_texts(connection, entries)
        first, conflicts = waiting(connection)
    return QueueSize(open=first, conflicts=conflicts)


@router.post("/{text:number}/skip", status_code=204, summary="跳过 (skip)")
def skip_text(text: int, body: GivenSkip, request: Request, by: Labeller) -> None:
    """Pass a text over; others may still get it."""
    from service.database.database import now
    from service.labels.find import get
    from service.labels.queue import skip
    from service.refusals import NotThere

    with store_of(request).write() as connection:
        if not 0 < text < 2**31 or not get(connection, [text]):
            raise NotThere("没有这段文本", "there is no such text", where=str(text))
        skip(connection, text, body.annotator or by, now())


def _item(turn: Turn, one: Labelled, codebook: Codebook) -> QueueItem:
    names = {theme.id: theme.name for theme in codebook.themes}
    shown = [f"{names.get(theme, theme)}({one.proposed.get(theme, 0):.2f})" for theme in turn.themes]
    said = (
        f"{len(one.said)} 位标注人意见不同,请定稿"
        if turn.why == "conflict"
        else f"模型拿不准:{'、'.join(shown)}"
        if shown
        else "模型认为没有主题,请确认"
    )
    proposed = {names.get(theme, theme): p for theme, p in one.proposed.items()}
    return QueueItem(text=text_out(one, codebook), why=turn.why, said=said, proposed=proposed, model=one.model)  # type: ignore[arg-type]
