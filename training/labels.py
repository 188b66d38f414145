"""The labels/ folder: hand-labelled text, one item a line.

{"id", "kind": "section" | "clause", "text", "themes": [names, main first], "source", "annotator", "date"}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy_themes.errors import LabelError, TextError
from policy_themes.tagging.text import checked
from policy_themes.themes import Codebook

__all__ = ["PROTECTED", "REAL", "Fault", "Item", "Labels", "digest_of", "read_labels"]

REAL = "real.jsonl"  # labels of real documents, without their text: not trained on (see training/real.py)
PROTECTED = "protected.jsonl"  # items that are never trained on: candidates are compared with the live model on them

MAX_LINE_BYTES = 1_000_000
MAX_CHARACTERS = {"section": 5_000, "clause": 200}
FIELDS = ("id", "kind", "text", "themes", "source", "annotator", "date")


@dataclass(frozen=True, slots=True)
class Item:
    """A labelled text. `themes` are present names of the codebook, the main one first; `where` is file:line."""

    id: str
    kind: str
    text: str
    themes: tuple[str, ...]
    source: str
    annotator: str
    date: str
    where: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a labels file: where (file:line), and what, in Chinese and English."""

    where: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.where}: {self.zh} ({self.en})"


@dataclass(frozen=True, slots=True)
class Labels:
    """A labels folder as read: its codebook, its lexicon, the items that are sound, and the faults of the others.

    `items` are for training; `protected` are those of protected.jsonl, which no training may see.
    """

    codebook: Codebook
    lexicon: tuple[str, ...]
    items: tuple[Item, ...]
    faults: tuple[Fault, ...]
    protected: tuple[Item, ...] = ()


def read_labels(folder: Path) -> Labels:
    """Read themes.yaml, lexicon.txt and every *.jsonl in `folder`, in the order of their names; protected.jsonl apart.

    Faulty lines are reported, not raised: raises CodebookError for themes.yaml, LabelError if there is nothing to read.
    """
    codebook = Codebook.read(folder / "themes.yaml")
    paths = _label_files(folder)
    if not paths:
        raise LabelError(
            "还没有标注,请先运行 policy-themes labels import",
            "holds no .jsonl label files; run `policy-themes labels import` first",
            where=str(folder),
        )
    read = [one for path in paths for one in _read(path, codebook)]
    apart = list(_read(folder / PROTECTED, codebook)) if (folder / PROTECTED).is_file() else []
    return Labels(
        codebook,
        _lexicon(folder / "lexicon.txt"),
        items=tuple(one for one in read if isinstance(one, Item)),
        faults=tuple(one for one in [*read, *apart] if isinstance(one, Fault)),
        protected=tuple(one for one in apart if isinstance(one, Item)),
    )


def digest_of(folder: Path) -> str:
    """SHA-256 over the names and contents of the files that training learns from (so not protected.jsonl)."""
    digest = hashlib.sha256()
    for path in sorted([folder / "themes.yaml", folder / "lexicon.txt", *_label_files(folder)]):
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _label_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.jsonl") if path.name not in (PROTECTED, REAL))


def _lexicon(path: Path) -> tuple[str, ...]:
    """The words of lexicon.txt; blank lines and lines that start with # are passed over."""
    if not path.is_file():
        return ()
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def _read(path: Path, codebook: Codebook) -> Iterator[Item | Fault]:
    with path.open("rb") as lines:
        for number, raw in enumerate(lines, 1):
            if not raw.strip():
                continue
            where = f"{path}:{number}"
            try:
                yield _item(raw, where, codebook)
            except LabelError as error:
                yield Fault(where, error.zh, error.en)


def _item(raw: bytes, where: str, codebook: Codebook) -> Item:
    """One line as an Item. Raises LabelError."""
    entry = _entry(raw)
    kind = entry["kind"]
    if kind not in MAX_CHARACTERS:
        raise LabelError(f"kind 应为 section 或 clause,现为 {kind!r}", f"kind must be section or clause, not {kind!r}")
    try:
        checked(entry["text"], MAX_CHARACTERS[kind])
    except TextError as error:
        raise LabelError(error.zh, error.en) from error
    return Item(
        themes=_themes(entry["themes"], codebook),
        where=where,
        **{name: entry[name] for name in FIELDS if name != "themes"},
    )


def _entry(raw: bytes) -> dict[str, Any]:
    if len(raw) > MAX_LINE_BYTES:
        raise LabelError(f"一行超过 {MAX_LINE_BYTES} 字节", f"the line is over {MAX_LINE_BYTES} bytes")
    try:
        entry = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise LabelError(f"不是合法的 JSON:{error}", f"is not valid JSON: {error}") from error
    if not isinstance(entry, dict):
        raise LabelError("应为一个 JSON 对象", "must be a JSON object")
    if missing := [name for name in FIELDS if name not in entry]:
        raise LabelError(f"缺少字段 {'、'.join(missing)}", f"lacks {', '.join(missing)}")
    if unknown := sorted(set(entry) - set(FIELDS)):
        raise LabelError(f"有未知字段 {'、'.join(unknown)}", f"has unknown fields {', '.join(unknown)}")
    for name in FIELDS:
        if name != "themes" and not isinstance(entry[name], str):
            raise LabelError(f"字段 {name} 应为字符串", f"{name} must be a string")
    return entry


def _themes(written: Any, codebook: Codebook) -> tuple[str, ...]:
    if not isinstance(written, list):
        raise LabelError("themes 应为主题名的列表", "themes must be a list of names")
    names = []
    for one in written:
        name = codebook.name_of(str(one))
        if name is None:
            raise LabelError(
                f"未知主题“{one}”;主题名见 themes.yaml", f"unknown theme {one!r}; see themes.yaml for the names"
            )
        names.append(name)
    if len(set(names)) < len(names):
        raise LabelError("同一主题写了两次", "a theme is given twice")
    return tuple(names)
