"""The run: rows in, results out in the same order; a row that cannot be tagged is reported and never stops the rest."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from policy_themes.batch.result import Result
from policy_themes.documents.encoding import decoded
from policy_themes.documents.split import split
from policy_themes.documents.tables import SUFFIXES, Row, read_table
from policy_themes.errors import DocumentError, InputError, TextError
from policy_themes.tagging.tagger import Options, Tagger
from policy_themes.tagging.text import checked

__all__ = ["CHUNK", "rows_of", "rows_of_document", "tagged"]

CHUNK = 256  # texts scored together
MAX_DOCUMENT_BYTES = 100_000_000


def rows_of(path: Path, text_column: str | None = None) -> Iterator[Row]:
    """The rows of one input: a table's rows or a plain document's sections. Raises InputError that names the file."""
    suffix = path.suffix.lower()
    if not path.exists():
        raise InputError("没有这个文件", "there is no such file", where=str(path))
    if suffix in SUFFIXES:
        yield from read_table(path, text_column)
    elif suffix in (".txt", ".md"):
        if path.stat().st_size > MAX_DOCUMENT_BYTES:
            raise DocumentError("文件超过 100 MB,请拆分", "the document is over 100 MB; split it", where=str(path))
        yield from rows_of_document(decoded(path.read_bytes(), str(path)), path.name)
    else:
        raise InputError(
            f"还不会读 {suffix or '无扩展名'} 文件,可读:{'、'.join(SUFFIXES)}、.txt、.md",
            f"cannot read {suffix!r}; can read {', '.join(SUFFIXES)}, .txt and .md",
            where=str(path),
        )


def rows_of_document(document: str, name: str) -> Iterator[Row]:
    """One row a section, with the columns document, number, heading, start, end and text."""
    for at, section in enumerate(split(document), 1):
        yield Row(f"{name}#{at}", section.text, {"document": name, **dataclasses.asdict(section)})


def tagged(rows: Iterable[Row], tagger: Tagger, options: Options) -> Iterator[Result]:
    """The result of each row, in order; at most CHUNK rows are held."""
    waiting = iter(rows)
    while chunk := list(islice(waiting, CHUNK)):
        errors = [_error(row) for row in chunk]
        sound = [row.text for row, error in zip(chunk, errors, strict=True) if error is None]
        taggings = iter(tagger.tag_batch(sound, options))
        for row, error in zip(chunk, errors, strict=True):
            yield Result(row.where, row.columns, None if error else next(taggings), error)


def _error(row: Row) -> TextError | None:
    try:
        checked(row.text)
    except TextError as error:
        return error
    return None
