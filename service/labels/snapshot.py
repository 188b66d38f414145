"""The store written out as a labels/ folder: what training reads, and what people review in git."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, select

from policy_themes.files import written_whole
from policy_themes.themes import Codebook
from service.database.tables import extras
from service.labels.find import Filter, Labelled, find
from service.labels.themes import codebook_of

__all__ = ["write_snapshot"]

PAGE = 5_000
PROTECTED = "protected.jsonl"
NEW = "labels.jsonl"


def write_snapshot(connection: Connection, folder: Path) -> int:
    """Write every labelled text to the file it came from, new ones to labels.jsonl, and the codebook; gives the number of texts.

    Lines that nobody changed come out as they went in. A text whose annotators differ is written with the label that counts until
    somebody settles it; retired themes stay in the codebook and are left out of the labels. `folder` must exist; files of the
    same names are replaced, each whole.
    """
    codebook = codebook_of(connection)
    kept = {row.name: row.value for row in connection.execute(select(extras))}
    _write(folder / "themes.yaml", _codebook_file(codebook, kept.get("themes.yaml", "")))
    _write(folder / "lexicon.txt", kept.get("lexicon.txt", ""))
    names = {theme.id: theme.name for theme in codebook.active}
    lines: dict[str, list[str]] = {}
    for one in _labelled(connection):
        file = PROTECTED if one.protected else one.file or NEW
        lines.setdefault(file, []).append(json.dumps(_item(one, names), ensure_ascii=False) + "\n")
    for file, written in lines.items():
        _write(folder / file, "".join(written))
    return sum(map(len, lines.values()))


def _labelled(connection: Connection) -> Iterator[Labelled]:
    after = 0
    while page := find(connection, Filter(), after, PAGE):
        yield from (one for one in page if one.state != "open")
        after = page[-1].id


def _item(one: Labelled, names: dict[str, str]) -> dict[str, Any]:
    """A line of labels/; the annotator and date are those of the label that counts."""
    deciding = ([said for said in one.said if said.final] or list(one.said))[-1]
    return {
        "id": one.name,
        "kind": one.kind,
        "text": one.text,
        "themes": [names[theme] for theme in one.themes if theme in names],
        "source": one.source,
        "annotator": deciding.annotator,
        "date": deciding.at[:10],
    }


def _codebook_file(codebook: Codebook, as_read: str) -> str:
    """themes.yaml, with its comments as long as it says what holds."""
    if as_read:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "themes.yaml"
            path.write_text(as_read, encoding="utf-8")
            if replace(Codebook.read(path), source=b"") == codebook:
                return as_read
    return _yaml(codebook)


def _yaml(codebook: Codebook) -> str:
    themes: dict[str, dict[str, Any]] = {}
    for theme in codebook.themes:
        themes[theme.name] = {"id": theme.id, "covers": theme.covers}
        if theme.excludes:
            themes[theme.name]["not"] = theme.excludes
        if theme.aliases:
            themes[theme.name]["aliases"] = list(theme.aliases)
        if theme.retired:
            themes[theme.name]["retired"] = True
    content = {"version": 1, "themes": themes, "boundaries": list(codebook.boundaries)}
    dumped: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=140)
    return dumped


def _write(path: Path, content: str) -> None:
    with written_whole(path) as temporary:
        temporary.write_text(content, encoding="utf-8")
