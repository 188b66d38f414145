"""A comparison to show: as a page that needs no network and no script, or as JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from html import escape
from pathlib import Path

from policy_themes.errors import InputError
from policy_themes.files import written_whole
from training.compare.changed import Changed
from training.compare.comparison import Comparison
from training.compare.difference import LEAST_SUPPORT, Difference, NewTheme, SetDifference, ThemeDifference
from training.compare.verdict import SETS
from training.plots import bar
from training.report import STYLE

__all__ = ["page", "to_json", "write"]

SHOWN = 500  # changed texts in the page, the worse ones first; the JSON has them all
SPAN = 0.3  # the change of F1 at the ends of a bar's axis; what is beyond is cut off there
WIDTH = 240  # pixels
OUTCOMES = {"worse": "变差 worse", "neutral": "相当 neutral", "better": "变好 better"}
OWN = """rect.up{fill:#2f6f4f}rect.down{fill:#b3452f}line.i{stroke:currentColor;stroke-width:1.5}.no{color:#b3452f}
.few{opacity:.6}td.t{max-width:32rem;overflow-wrap:anywhere}
@media(prefers-color-scheme:dark){rect.up{fill:#6fbf95}rect.down,.no{fill:#e0806c;color:#e0806c}}"""


def write(comparison: Comparison, path: Path) -> None:
    """Write to `path`, a page or JSON by its suffix, whole or not at all. Raises InputError for another suffix."""
    kinds = {".html": page, ".json": to_json}
    if path.suffix.lower() not in kinds:
        raise InputError("输出应为 .html 或 .json 文件", "the output must be an .html or .json file", where=str(path))
    with written_whole(path) as temporary:
        temporary.write_text(kinds[path.suffix.lower()](comparison), encoding="utf-8")


def to_json(comparison: Comparison) -> str:
    """The whole comparison, its fields as they are named."""
    return json.dumps(asdict(comparison), ensure_ascii=False, indent=1) + "\n"


def page(comparison: Comparison) -> str:
    """A self-contained HTML page: no script, no address outside the file."""
    title = f"{comparison.live} → {comparison.candidate}"
    verdict = "可以上线 may be promoted" if comparison.better else "不宜上线 refused"
    reasons = "".join(
        f"<li{' class=no' if reason.against else ''}>{escape(reason.zh)}<br><small>{escape(reason.en)}</small>"
        for reason in comparison.verdict.reasons
    )
    overall = "".join(map(_overall, comparison.sets))
    return f"""<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>{escape(title)} 模型比较</title><style>{STYLE}{OWN}</style>
<h1>模型比较 {escape(title)}</h1>
<h2>结论:{verdict}</h2>
<ul>{reasons}</ul>
<h2>总体 overall</h2>
<table><tr><th>文本<th>段<th>指标<th>上线版 live<th>候选版 candidate<th>变化与 95% 区间</tr>{overall}</table>
<p>只在两个模型训练都未见过的段落上、就两者都有的主题比较,以候选版的标注为准。</p>
{"".join(map(_themes, comparison.sets))}
{_changed(comparison.changed)}
</html>
"""


def _overall(one: SetDifference) -> str:
    zh, en = SETS[one.name]
    rows = (("micro-F1", one.micro), ("macro-F1", one.macro))
    return "".join(
        f"<tr><td>{zh} {en}<td>{one.sections}<td>{figure}<td>{change.live:.4f}<td>{change.candidate:.4f}"
        f"<td>{_change_bar(change)} {change.change:+.4f} [{change.low:+.4f}, {change.high:+.4f}]</tr>"
        for figure, change in rows
    )


def _themes(one: SetDifference) -> str:
    zh, en = SETS[one.name]
    ordered = sorted((theme for theme in one.themes if theme.support), key=lambda theme: theme.f1.change)
    head = "<tr><th>主题<th>段<th>精确率<th>召回率<th>F1 上线版<th>F1 候选版<th>变化与区间</tr>"
    new = "".join(map(_new, one.new))
    return (
        f"<h2>各主题:{zh} {en}</h2><p>横条为 F1 的变化(两端为 ±{SPAN}),黑线为区间,对所有主题同时成立的把握为 95%;"
        f"不足 {LEAST_SUPPORT} 段的主题(浅色)不作依据。</p><table>{head}{''.join(map(_theme, ordered))}{new}</table>"
    )


def _theme(theme: ThemeDifference) -> str:
    old, new, f1 = theme.live, theme.candidate, theme.f1
    few = " class=few" if theme.support < LEAST_SUPPORT else ""
    return (
        f"<tr{few}><td>{escape(theme.name)}<td>{theme.support}<td>{old.precision:.2f} → {new.precision:.2f}"
        f"<td>{old.recall:.2f} → {new.recall:.2f}<td>{old.f1:.3f}<td>{new.f1:.3f}"
        f"<td>{_change_bar(f1)} {f1.change:+.3f} [{f1.low:+.3f}, {f1.high:+.3f}]</tr>"
    )


def _new(theme: NewTheme) -> str:
    own = theme.figures
    return (
        f"<tr><td>{escape(theme.name)}(新主题 new)<td>{theme.support}<td>{own.precision:.2f}<td>{own.recall:.2f}"
        f"<td>—<td>{own.f1:.3f}<td>{bar(own.f1, 'f')}</tr>"
    )


def _change_bar(change: Difference) -> str:
    """The change as a bar from the middle, its interval as a line across."""

    def at(value: float) -> float:
        return WIDTH / 2 * (1 + max(-SPAN, min(SPAN, value)) / SPAN)

    zero, end, low, high = (at(value) for value in (0, change.change, change.low, change.high))
    kind = "down" if change.change < 0 else "up"
    said = f"{change.change:+.4f} [{change.low:+.4f}, {change.high:+.4f}]"
    return (
        f'<svg width="{WIDTH}" height="14" role="img" aria-label="{said}"><rect class="b" y="2" width="{WIDTH}" height="10"/>'
        f'<rect class="{kind}" x="{min(zero, end):.1f}" y="2" width="{abs(end - zero):.1f}" height="10"/>'
        f'<line class="g" x1="{zero:.1f}" x2="{zero:.1f}" y1="0" y2="14"/>'
        f'<line class="i" x1="{low:.1f}" x2="{high:.1f}" y1="7" y2="7"/></svg>'
    )


def _changed(changes: tuple[Changed, ...]) -> str:
    count = {outcome: sum(one.outcome == outcome for one in changes) for outcome in OUTCOMES}
    told = ",".join(f"{words} {count[outcome]}" for outcome, words in OUTCOMES.items())
    cut = f"以下为前 {SHOWN} 段。" if len(changes) > SHOWN else ""
    head = "<tr><th>编号<th>正文<th>标注<th>上线版<th>候选版<th></tr>"
    rows = "".join(
        f'<tr><td>{escape(one.id)}<td class="t">{escape(one.text)}<td>{_names(one.labelled)}<td>{_names(one.before)}'
        f"<td>{_names(one.after)}<td{' class=no' if one.outcome == 'worse' else ''}>{OUTCOMES[one.outcome]}</tr>"
        for one in changes[:SHOWN]
    )
    return f"<h2>主题有变的段落 changed: {len(changes)}</h2><p>{told}。{cut}</p><table>{head}{rows}</table>"


def _names(themes: tuple[str, ...]) -> str:
    return escape("、".join(themes)) or "—"
