"""The labels that hold, written in a format of another program."""

from __future__ import annotations

import tempfile
from pathlib import Path

from service.database.database import Database
from service.labels.find import Filter, find
from service.labels.themes import codebook_of

__all__ = ["exported"]

PAGE = 5_000


def exported(database: Database, format: str, *, marks: bool, protected: bool | None) -> Path:  # noqa: A002 -- as in the API
    """A new temporary file, which the caller removes with its folder. Raises InputError as training.exchange.write_file does."""
    from training.exchange import Labelled, write_file
    from training.exchange.detect import FORMATS

    with database.read() as connection:
        codebook = codebook_of(connection)
        names = {theme.id: theme.name for theme in codebook.active}
        entries: list[Labelled] = []
        after = 0
        while page := find(connection, Filter(protected=protected), after, PAGE):
            after = page[-1].id
            for one in page:
                if one.state == "open":
                    continue
                said = ([said for said in one.said if said.final] or list(one.said))[-1]
                themes = tuple(names[theme] for theme in one.themes if theme in names)
                entries.append(Labelled(one.text, themes, one.name, one.kind, said.annotator, one.source, said.at[:10]))
    path = Path(tempfile.mkdtemp(prefix="policy-themes-export-")) / f"labels{(*FORMATS[format], '.jsonl')[0]}"
    write_file(path, entries, format, list(names.values()) if marks else [])
    return path
