"""A model against labelled sections that it was not trained on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from policy_themes.errors import LabelError
from policy_themes.tagging.tagger import Options, Tagger
from policy_themes.themes import Theme
from training.fit import Matrix
from training.metrics import Metrics, measure
from training.real import find, read_real

__all__ = ["TestSet", "evaluate", "read_test_set", "real_test_set"]


@dataclass(frozen=True, slots=True)
class TestSet:
    """Labelled sections for measuring: `carried` (sections, themes); `digest` is the SHA-256 of the file."""

    __test__ = False  # not a test, whatever pytest makes of the name

    name: str
    digest: str
    texts: tuple[str, ...]
    carried: Matrix


def read_test_set(path: Path, themes: Sequence[Theme]) -> TestSet:
    """Read JSON lines of {"text", "themes", ...}. Raises LabelError that names file and line."""
    known = {name: theme.name for theme in themes for name in (theme.name, theme.id)}
    texts, rows = [], []
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise LabelError("无法读取", f"cannot be read: {error.strerror}", where=str(path)) from error
    for number, line in enumerate(raw.splitlines(), 1):
        if line.strip():
            text, names = _entry(line, f"{path}:{number}")
            if unknown := [name for name in names if name not in known]:
                raise LabelError(
                    f"模型没有主题 {unknown}", f"the model has no theme {unknown}", where=f"{path}:{number}"
                )
            texts.append(text)
            rows.append([known[name] for name in names])
    if not texts:
        raise LabelError("没有标注段落", "holds no labelled sections", where=str(path))
    name = f"{path.resolve().parent.name}/{path.name}"
    return TestSet(name, hashlib.sha256(raw).hexdigest(), tuple(texts), _carried(rows, themes))


def real_test_set(labels: Path, documents: Path, themes: Sequence[Theme]) -> TestSet:
    """The sections labelled in `labels`/real.jsonl that stand in the folder `documents`. Raises LabelError or InputError."""
    found = find(documents, read_real(labels))
    texts = tuple(text for _, text in found)
    digest = hashlib.sha256("".join(section.sha256 for section, _ in found).encode()).hexdigest()
    return TestSet(documents.resolve().name, digest, texts, _carried([section.themes for section, _ in found], themes))


def _carried(rows: Sequence[Sequence[str]], themes: Sequence[Theme]) -> Matrix:
    return np.array([[theme.name in row for theme in themes] for row in rows], bool)


def evaluate(tagger: Tagger, test: TestSet) -> Metrics:
    """Tag the test set with the model's own thresholds and measure."""
    taggings = tagger.tag_batch(test.texts, Options(evidence=False, scores=True))
    probabilities = np.array([[(t.scores or {})[theme.id] for theme in tagger.themes] for t in taggings], np.float32)
    return measure(test.carried, probabilities, tagger.thresholds, [theme.name for theme in tagger.themes])


def _entry(line: bytes, where: str) -> tuple[str, list[str]]:
    try:
        entry = json.loads(line)
        text, names = entry["text"], entry["themes"]
        if not isinstance(text, str) or not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise TypeError
    except (ValueError, KeyError, TypeError) as error:
        raise LabelError(
            '每行应为 {"text": 正文, "themes": [主题名]}',
            'each line must be {"text": ..., "themes": [names]}',
            where=where,
        ) from error
    return text, names
