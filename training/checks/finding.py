"""What a check found, and what one annotator said of one text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from training.labels import Item

__all__ = ["KINDS", "Annotation", "Finding", "annotations_of", "latest", "text_digest"]

# The kinds of findings in the order they are shown, and what they are called.
KINDS = {
    "few": "标注太少的主题",
    "conflict": "标注者意见不一的文本",
    "contradiction": "文字相同或近似而主题不同",
    "duplicate": "重复与近似重复",
    "unlikely": "标了而模型认为不像的主题",
    "missing": "没标而模型认为应有的主题",
    "agreement": "标注者一致性低的主题",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should look at.

    `kind` is a key of KINDS, `where` the place as items give it (file:line) or a theme; `zh` and `en` say what was found and what to do.
    `strength` (0 to 1) ranks the findings of one kind. `ids` and `texts` are those of the items involved, in the same order.
    Suspicious labels have `theme`, its held-out `probability` and the `words` that weighed most.
    """

    kind: str
    where: str
    zh: str
    en: str
    strength: float
    ids: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    theme: str = ""
    probability: float | None = None
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.where}: {self.zh} ({self.en})"


@dataclass(frozen=True, slots=True)
class Annotation:
    """The themes (names, ids or old names) that `annotator` gave the text with `digest`; `date` is ISO 8601 or empty.

    No theme is an answer as well: that the text carries none.
    """

    digest: str
    annotator: str
    themes: tuple[str, ...]
    date: str


def text_digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal: what annotations of the same text have in common."""
    return hashlib.sha256(text.encode()).hexdigest()


def annotations_of(items: Iterable[Item]) -> list[Annotation]:
    """What the items' annotators said. A labels folder mostly has one item a text, the label store has them all."""
    return [Annotation(text_digest(item.text), item.annotator, item.themes, item.date) for item in items]


def latest(annotations: Iterable[Annotation]) -> dict[str, tuple[Annotation, ...]]:
    """The latest annotation of each annotator by the text's digest; texts and annotators in the order of their names."""
    last: dict[tuple[str, str], Annotation] = {}
    for one in sorted(annotations, key=lambda one: (one.digest, one.annotator, one.date, one.themes)):
        last[one.digest, one.annotator] = one
    found: dict[str, list[Annotation]] = {}
    for (digest, _), one in last.items():
        found.setdefault(digest, []).append(one)
    return {digest: tuple(group) for digest, group in found.items()}
