"""An answer to a question of the queue, as the form sends it, and the label it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fastapi import Request

from policy_themes.errors import LabelError
from policy_themes.themes import Codebook
from service.refusals import NotThere
from service.web.sitting import Wanted

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from service.labels.find import Labelled

__all__ = ["Answer", "answer_in", "kept"]

MOST = 100  # themes
LONGEST = 400  # characters of one field
LONGEST_NOTE = 1_000


@dataclass(frozen=True, slots=True)
class Answer:
    """`themes` are ids, the main one first; `none` says that there is none. `which` and `kind` name what is to be undone."""

    text: int = 0
    themes: tuple[str, ...] = ()
    none: bool = False
    settles: bool = False
    model: str = ""
    note: str = ""
    kind: str = ""
    which: int = 0
    wanted: Wanted = field(default_factory=Wanted)


async def answer_in(request: Request) -> Answer:
    """A dependency that reads the form. Numbers that are none become 0, which no text has."""
    form = await request.form()
    told = {name: value[:LONGEST] for name, value in form.items() if isinstance(value, str)}
    ticked = [value for value in form.getlist("theme") if isinstance(value, str)][:MOST]
    order = str(form.get("order", "")).split()
    ticked.sort(key=lambda theme: order.index(theme) if theme in order else len(order))
    return Answer(
        _number(told.get("text", "")),
        tuple(dict.fromkeys(ticked)),
        "none" in told,
        bool(told.get("settles")),
        told.get("model", "")[:80],
        str(form.get("note", ""))[:LONGEST_NOTE].strip(),
        told.get("kind", ""),
        _number(told.get("which", "")),
        Wanted(told.get("wanted", ""), told.get("document", "")),
    )


def kept(connection: Connection, answer: Answer, codebook: Codebook, annotator: str) -> tuple[Labelled, str]:
    """Record the answer; gives the text as it stands now, and what was saved in words. Raises NotThere and LabelError."""
    from service.database.database import now
    from service.labels.entry import Entry
    from service.labels.find import get
    from service.labels.record import record

    found = get(connection, [answer.text])
    if not found:
        raise NotThere("没有这段文本", "there is no such text", where=str(answer.text))
    names = {theme.id: theme.name for theme in codebook.active}
    if gone := [theme for theme in answer.themes if theme not in names]:
        raise LabelError(
            "所选的主题刚被停用或合并,没有保存;请刷新页面后重选",
            "a theme chosen has been retired or merged; nothing was saved: reload the page",
            where="、".join(gone)[:100],
        )
    if not answer.themes and not answer.none:
        raise LabelError(
            "没有选主题,没有保存;确实没有主题,请用“无主题”(N)", "no theme was chosen; if it has none, say so"
        )
    themes = () if answer.none else answer.themes
    told: dict[str, Any] = {"model": answer.model, "note": answer.note, "final": answer.settles}
    record(connection, [Entry(found[0].text, themes, annotator, now(), found[0].kind, **told)])
    said = f"已保存:{'、'.join(names[theme] for theme in themes) or '无主题'}"
    after = get(connection, [answer.text])[0]
    if after.state == "conflict":
        said += ";别人对这条说法不同,已列入“分歧”"
    return after, said


def _number(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 0
