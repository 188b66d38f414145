"""report.html: a model's figures as pictures, in one file that needs no network."""

from __future__ import annotations

from html import escape

from training.card import Facts
from training.metrics import Metrics, ThemeMetrics
from training.plots import bar, heat_map, line_plot

__all__ = ["report"]

STYLE = """body{font:15px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:64rem;margin:2rem auto;
padding:0 1rem;color:#1b2430;background:#fff}
table{border-collapse:collapse;width:100%}td,th{padding:.2rem .5rem;text-align:left;border-bottom:1px solid #dde3ea}
svg{vertical-align:middle;max-width:100%}svg text{font-size:11px;fill:currentColor}
rect.b{fill:#e6ebf1}rect.p{fill:#7aa6d6}rect.r{fill:#e0a458}rect.f{fill:#2f6f4f}
rect.a{fill:none;stroke:#9aa7b5}line.g{stroke:#9aa7b5;stroke-dasharray:4}polyline.l{fill:none;stroke:#2f6f4f;stroke-width:2}
circle.d{fill:#2f6f4f}.row{display:flex;flex-wrap:wrap;gap:1rem}
@media(prefers-color-scheme:dark){body{color:#dfe6ee;background:#14191f}td,th{border-color:#2b333c}rect.b{fill:#2b333c}
rect.f,circle.d{fill:#6fbf95}polyline.l{stroke:#6fbf95}}"""


def report(facts: Facts) -> str:
    """A self-contained HTML page: no script, no address outside the file."""
    sets = [("留出的标注", facts.held_out), *facts.tests.items()]
    rows = "".join(_row(name, metrics) for name, metrics in sets)
    return f"""<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>{escape(facts.version)} 模型报告</title><style>{STYLE}</style>
<h1>模型报告 {escape(facts.version)}</h1>
<p>训练文本:{facts.sections} 段,{facts.clauses} 句,{facts.none} 条不带主题。特征 {facts.features} 个,阈值 {facts.threshold:.2f}。</p>
<h2>总体</h2>
<table><tr><th>文本<th>段<th>micro-F1<th>macro-F1<th>首个主题对<th>不标时对<th>校准误差</tr>{rows}</table>
<p>别处的真实文件比留出的标注更难,以真实文件为准。</p>
<h2>概率是否可信</h2>
<p>横轴为给出的概率,纵轴为其中确实带该主题的比例;落在虚线上即名副其实。</p>
<div class="row">{"".join(_reliability(name, metrics) for name, metrics in sets)}</div>
<h2>标注越多,准确率越高多少</h2>
{_curve(facts)}
{"".join(_themes(name, metrics) for name, metrics in sets)}
<h2>哪些主题常在同一段</h2>
{heat_map(facts.together, list(facts.words))}
<h2>各主题权重最大的词</h2>
<table>{"".join(f"<tr><th>{escape(name)}<td>{escape('、'.join(words))}</tr>" for name, words in facts.words.items())}</table>
</html>
"""


def _row(name: str, metrics: Metrics) -> str:
    return (
        f"<tr><td>{escape(name)}<td>{metrics.items}<td>{metrics.micro_f1:.3f}<td>{metrics.macro_f1:.3f}"
        f"<td>{metrics.first_right:.3f}<td>{metrics.none_right:.3f}<td>{metrics.calibration_error:.3f}</tr>"
    )


def _reliability(name: str, metrics: Metrics) -> str:
    points = [(one.probability, one.frequency, f"{one.count} 个") for one in metrics.reliability]
    plot = line_plot(points, diagonal=True, labels=("给出的概率", "实际比例"))
    return f"<figure><figcaption>{escape(name)}</figcaption>{plot}</figure>"


def _curve(facts: Facts) -> str:
    if not facts.curve:
        return "<p>标注太少,未测。</p>"
    most = max(point.items for point in facts.curve)
    points = [(point.items / most, point.micro_f1, f"{point.items} 条:{point.micro_f1:.3f}") for point in facts.curve]
    return line_plot(points, diagonal=False, labels=(f"训练条数(1 = {most} 条)", "留出一折的 micro-F1"))


def _themes(name: str, metrics: Metrics) -> str:
    rows = "".join(_theme(theme) for theme in sorted(metrics.themes, key=lambda theme: theme.f1) if theme.support)
    head = "<tr><th>主题<th>段<th>精确率<th>召回率<th>F1</tr>"
    return f"<h2>各主题:{escape(name)}</h2><table>{head}{rows}</table>"


def _theme(theme: ThemeMetrics) -> str:
    values = ((theme.precision, "p"), (theme.recall, "r"), (theme.f1, "f"))
    bars = "".join(f"<td>{bar(value, kind)} {value:.2f}" for value, kind in values)
    return f"<tr><td>{escape(theme.name)}<td>{theme.support}{bars}</tr>"
