"""report.html: the model card's figures as pictures, in one file that needs no network."""

from __future__ import annotations

from html import escape

from training.card import Facts
from training.metrics import Metrics, ThemeMetrics

__all__ = ["report"]

STYLE = """body{font:15px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:60rem;margin:2rem auto;
padding:0 1rem;color:#1b2430;background:#fff}
table{border-collapse:collapse;width:100%}td,th{padding:.2rem .5rem;text-align:left;border-bottom:1px solid #dde3ea}
svg{vertical-align:middle}rect.b{fill:#e6ebf1}rect.p{fill:#7aa6d6}rect.r{fill:#e0a458}rect.f{fill:#2f6f4f}
@media(prefers-color-scheme:dark){body{color:#dfe6ee;background:#14191f}td,th{border-color:#2b333c}rect.b{fill:#2b333c}}"""
WIDTH = 180


def report(facts: Facts) -> str:
    """A self-contained HTML page: no script, no address outside the file."""
    sets = [("留出的撰写文本", facts.held_out), *facts.tests.items()]
    return f"""<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>{escape(facts.version)} 模型报告</title><style>{STYLE}</style>
<h1>模型报告 {escape(facts.version)}</h1>
<p>训练文本:{facts.sections} 段,{facts.clauses} 句,{facts.none} 条不带主题。特征 {facts.features} 个,阈值 {facts.threshold:.2f}。</p>
<h2>总体</h2>
<table><tr><th>文本<th>段<th>micro-F1<th>macro-F1<th>首个主题对<th>校准误差</tr>
{"".join(_row(name, metrics) for name, metrics in sets)}</table>
<p>真实文件比撰写文本更难,以真实文件为准。</p>
{"".join(_themes(name, metrics) for name, metrics in sets)}
</html>
"""


def _row(name: str, metrics: Metrics) -> str:
    return (
        f"<tr><td>{escape(name)}<td>{metrics.items}<td>{metrics.micro_f1:.3f}<td>{metrics.macro_f1:.3f}"
        f"<td>{metrics.first_right:.3f}<td>{metrics.calibration_error:.3f}</tr>"
    )


def _themes(name: str, metrics: Metrics) -> str:
    rows = "".join(_theme(theme) for theme in sorted(metrics.themes, key=lambda theme: theme.f1) if theme.support)
    head = "<tr><th>主题<th>段<th>精确率<th>召回率<th>F1</tr>"
    return f"<h2>各主题:{escape(name)}</h2><table>{head}{rows}</table>"


def _theme(theme: ThemeMetrics) -> str:
    bars = "".join(
        f"<td>{_bar(value, kind)} {value:.2f}"
        for value, kind in ((theme.precision, "p"), (theme.recall, "r"), (theme.f1, "f"))
    )
    return f"<tr><td>{escape(theme.name)}<td>{theme.support}{bars}</tr>"


def _bar(value: float, kind: str) -> str:
    return (
        f'<svg width="{WIDTH}" height="10" role="img" aria-label="{value:.2f}"><rect class="b" width="{WIDTH}" height="10"/>'
        f'<rect class="{kind}" width="{value * WIDTH:.0f}" height="10"/></svg>'
    )
