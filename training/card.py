"""MODEL_CARD.md: what a model is, what it was trained on, and how well it does, for whoever inherits it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.curve import Point
from training.metrics import Metrics

__all__ = ["Facts", "card"]

NO_TEST = (
    "没有用另外的真实文件测量。留出的标注会高估准确率,请用 `policy-themes train --test 文件.jsonl` 给出真实段落。"
    " (Not measured on other real documents. Held-out labels overstate accuracy: give real sections with `--test`.)"
)

TEMPLATE = """# 模型卡 / Model card: {facts.version}

给中文政策文件的段落打主题标签(可多标,可不标):{names}。 Tags sections of Chinese policy documents; several themes or none.

- 方法 / Method: 分词(rjieba)→ 词与词内词的 TF-IDF → 每个主题一个线性支持向量机,得分取全段、最佳句、最佳小句三者的平均,
  并以此重新拟合一遍。 Words and words within words, TF-IDF, one linear SVM a theme; the mean of the scores of the whole section,
  its best sentence and its best clause, on which it is fitted a second time.
- 训练文本 / Trained on: {facts.sections} 段 sections, {facts.clauses} 句 clauses, 其中 {facts.none} 条不带主题 carry none,
  另有 {facts.phrases} 个主题表短语 phrases of the codebook。文字的来历见 labels/README.md。 Where the text comes from: labels/README.md.
- 特征 / Features: {facts.features}; 阈值 / threshold: {facts.threshold:.2f} (概率 probability); 种子 / seed: {facts.seed}
- 软件 / Libraries: {libraries}
- 标注摘要 / SHA-256 of the labels: `{facts.labels_digest}`

## 准确率 / Accuracy

| 文本 text | 段 sections | micro-F1 | macro-F1 | precision | recall | 首个主题对 first right | 不标时对 none right | ECE |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

留出:{facts.held_out.items} 条标注,按来源分五折(来源太少时按条分),阈值与校准曲线也定在其上。别处的真实文件更难,以真实文件一行为准。
The held-out row is labelled text in five folds by source (by item where sources are few), on which threshold and calibration were
set too. Real documents from elsewhere are harder: go by their rows. {untested}

## 各主题 / Per theme (留出 held-out)

| 主题 | precision | recall | F1 | 段 sections |
| --- | --- | --- | --- | --- |
{themes}

## 局限 / Limits

- 只为公文的段落而作;新闻、论文、群众留言上未测量。 For sections of administrative documents only.
- 概率由留出的标注校准,别处的文件上可能偏差。 Probabilities are calibrated on held-out labels.
- 一句带过的次要主题最易漏;相邻主题最易混。 Secondary themes stated in a clause are missed most.
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a card and a report tell. `held_out` is on the written labels, `tests` on other text by name of the set;
    `curve` is the learning curve; `together` (themes, themes) counts sections that carry both; `words` are those that weigh
    most for each theme."""

    version: str
    sections: int
    clauses: int
    phrases: int
    none: int
    features: int
    threshold: float
    libraries: Mapping[str, str]
    labels_digest: str
    seed: int
    held_out: Metrics
    tests: Mapping[str, Metrics]
    curve: Sequence[Point]
    together: npt.NDArray[np.int64]
    words: Mapping[str, Sequence[str]]


def card(facts: Facts) -> str:
    """The card, in Markdown, Chinese first."""
    return TEMPLATE.format(
        facts=facts,
        libraries=", ".join(f"{name} {version}" for name, version in facts.libraries.items()),
        rows=_rows(facts),
        themes=_themes(facts.held_out),
        names="、".join(facts.words),
        untested="" if facts.tests else NO_TEST,
    )


def _rows(facts: Facts) -> str:
    rows: Sequence[tuple[str, Metrics]] = [
        ("留出的标注 held-out labels", facts.held_out),
        *facts.tests.items(),
    ]
    return "\n".join(
        f"| {name} | {m.items} | {m.micro_f1:.4f} | {m.macro_f1:.4f} | {m.precision:.4f} | {m.recall:.4f} | {m.first_right:.4f} "
        f"| {m.none_right:.4f} | {m.calibration_error:.4f} |"
        for name, m in rows
    )


def _themes(metrics: Metrics) -> str:
    return "\n".join(
        f"| {theme.name} | {theme.precision:.3f} | {theme.recall:.3f} | {theme.f1:.3f} | {theme.support} |"
        for theme in metrics.themes
    )
