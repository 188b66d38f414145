"""运行: the model that serves, jobs, what is tagged over time and how it differs from the training text, and who changed what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from policy_themes.errors import PolicyThemesError
from service.api.access import label_store_of
from service.disk import shortage
from service.drift.drift import WINDOWS
from service.drift.verdict import SIGNALS, Mover, Verdict
from service.drift.window import Window
from service.metrics import watch_of
from service.problems import problem
from service.session import Session
from service.state import live_of
from service.web.page import PageRoute, page
from service.web.signed import noticed
from service.web.tagging import palette_of
from service.web.view import View

if TYPE_CHECKING:
    from policy_themes.tagging.tagger import Tagger
    from service.audit.entry import Entry

__all__ = ["VIEW", "router"]

VIEW = View("运行", "/desk/operations")
LINES, SHOWN = 8, 5  # themes in the chart, and those of them drawn at first
AUDITED = 30  # rows a page
SPANS = {"24h": "最近 24 小时", "7d": "最近 7 天"}

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@dataclass(frozen=True, slots=True)
class _Line:
    """A theme's row under the chart: shares in percent."""

    name: str
    hue: str
    expected: float
    found: float
    probability: float | None


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the store said; `fault` is the problem for which there is no more."""

    verdict: Verdict | None = None
    lines: tuple[_Line, ...] = ()
    chart: dict[str, Any] | None = None
    jobs: tuple[tuple[str, str, int], ...] = ()
    audited: tuple[Entry, ...] = ()
    fault: dict[str, Any] | None = None


@router.get(VIEW.path)
def operations(
    request: Request,
    who: Annotated[Session | None, Depends(noticed)],
    window: Literal["24h", "7d"] = "24h",
    before: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> Response:
    """The page; the audit is for who is signed in with the scope admin."""
    live = live_of(request)
    tagger = live.served.tagger if live.served else None
    may = who is not None and who.allows("admin")
    return page(
        request,
        "operations.html",
        view=VIEW,
        version=tagger.version if tagger else "",
        model_fault=str(live.fault) if live.fault else "",
        short=shortage((label_store_of(request).models, label_store_of(request).labels.parent)),
        shown=_shown(request, tagger, window, before if may else None),
        window=window,
        spans=SPANS,
        signals=SIGNALS,
        may=may,
        rows=AUDITED,
        kinds={"import": "导入标注", "training": "训练", "check": "检查文件", "held": "等待确认的文件"},
        states={"waiting": "排队", "running": "进行中", "done": "完成", "failed": "失败", "cancelled": "已取消"},
    )


def _shown(request: Request, tagger: Tagger | None, window: str, before: int | None) -> _Shown:
    try:
        from service.audit.rows import Wanted, find
        from service.jobs.tally import states

        with label_store_of(request).open().read() as connection:
            jobs = tuple((kind, state, count) for (kind, state), count in sorted(states(connection).items()))
            audited = () if before is None else tuple(find(connection, Wanted(), before, AUDITED))
        if tagger is None:
            return _Shown(jobs=jobs, audited=audited)
        watch_of(request).flush()
        drift = request.app.state.drift
        verdict, hours = drift.verdict(tagger, window), drift.hours(tagger, window)
        names = {theme.id: theme.name for theme in tagger.themes} | {"": "(无主题)"}
        palette = palette_of(request)
        lines = tuple(_line(one, names, palette.hue(one.theme)) for one in verdict.movers[:LINES])
        chart = _chart(verdict.movers[:LINES], lines, hours, WINDOWS[window]) if len(hours) > 1 else None
        return _Shown(verdict, lines, chart, jobs, audited)
    except PolicyThemesError as error:
        return _Shown(fault=problem(error))


def _line(mover: Mover, names: dict[str, str], hue: str) -> _Line:
    name = names.get(mover.theme, mover.theme)
    return _Line(name, hue, round(100 * mover.expected, 1), round(100 * mover.found, 1), mover.probability)


def _chart(movers: tuple[Mover, ...], lines: tuple[_Line, ...], hours: dict[str, Window], span: int) -> dict[str, Any]:
    """For charts.js: percent of the sections of each hour, or of each day where there are many hours."""
    times: dict[str, list[Window]] = {}
    for hour, one in hours.items():
        times.setdefault(f"{hour[5:10]} {hour[11:]}时" if span <= 24 else hour[5:10], []).append(one)
    drawn = [
        {"name": line.name, "hue": line.hue, "values": [_share(mover.theme, some) for some in times.values()]}
        for mover, line in zip(movers, lines, strict=True)
    ]
    return {"years": list(times), "shown": SHOWN, "lines": drawn}


def _share(theme: str, windows: list[Window]) -> float:
    sections = sum(one.sections for one in windows)
    assigned = sum(one.themes.get(theme, (0, 0.0))[0] for one in windows)
    return round(100 * assigned / sections, 1) if sections else 0.0
