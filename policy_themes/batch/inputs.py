"""What the user names -> units of work: a document or archive each, a table in stretches of rows."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from policy_themes.batch.units import ARCHIVES, FileUnit, LinesUnit, RowsUnit, Unit, Written
from policy_themes.documents import read, tables
from policy_themes.documents.tables import MAX_LINE_BYTES, Row, lines_of, read_table
from policy_themes.errors import InputError, TableError

__all__ = ["CHUNK", "LINES", "STREAM", "is_table", "units_of"]

CHUNK = 256  # rows tagged together
STREAM = "-"
LINES = ".jsonl"
_LITTER = ("Thumbs.db", "desktop.ini", "__MACOSX")


def is_table(name: str) -> bool:
    """Whether an input named on the command line is a table with a text column."""
    return name == STREAM or Path(name).suffix.lower() in tables.SUFFIXES


def units_of(
    inputs: Sequence[str],
    text_column: str | None = None,
    stream: BinaryIO | None = None,
    skip: Iterable[Path] = (),
    *,
    written: Written = None,
) -> Iterator[Unit]:
    """The units of `inputs`, in order: a file or folder each, or "-" for JSON lines from `stream`. Folders are walked in the order of
    names, each folder once however it is linked; in them, only .jsonl is a table. `skip` are files left out (the output). `written`: see
    units.Written.

    Raises InputError for an input that is not there or, when nothing can be read from it, not readable.
    """
    names = Counter(Path(one).name for one in inputs)
    left_out = {path.resolve() for path in skip}
    for one in inputs:
        path = Path(one)
        if one == STREAM:
            if stream is not None:
                yield from _line_stretches(stream, "<stdin>", text_column, written)
        elif path.is_dir():
            yield from _of_folder(path, left_out, written)
        elif not path.exists():
            raise InputError("没有这个文件", "there is no such file", where=one)
        elif path.suffix.lower() == LINES:
            yield from _line_stretches(lines_of(path), str(path), text_column, written)
        elif is_table(one):
            yield from _stretches(read_table(path, text_column))
        elif path.suffix.lower() in (*read.SUFFIXES, *ARCHIVES):
            yield FileUnit(path, path.name if names[path.name] == 1 else one, written)
        else:
            known = "、".join(dict.fromkeys((*tables.SUFFIXES, *read.SUFFIXES, *ARCHIVES)))
            suffix = path.suffix.lower() or "无扩展名"
            raise InputError(
                f"还不会读 {suffix} 文件,可读:{known}", f"cannot read {suffix!r}; can read {known}", where=one
            )


def _of_folder(folder: Path, left_out: set[Path], written: Written) -> Iterator[Unit]:
    for path in _files(folder, set()):
        if path.resolve() in left_out:
            continue
        name = path.relative_to(folder).as_posix()
        if path.suffix.lower() == LINES:
            yield from _line_stretches(lines_of(path), str(path), None, written)
        else:
            yield FileUnit(path, name, written)


def _files(folder: Path, seen: set[Path]) -> Iterator[Path]:
    """The files below `folder` by name; hidden ones, lock files and what systems leave behind are passed over."""
    real = folder.resolve()
    if real in seen:
        return
    seen.add(real)
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise InputError("无法打开文件夹", f"cannot be opened: {error.strerror}", where=str(folder)) from error
    for entry in entries:
        if entry.name.startswith((".", "~$")) or entry.name in _LITTER:
            continue
        if entry.is_dir():
            yield from _files(Path(entry.path), seen)
        else:
            yield Path(entry.path)


def _line_stretches(lines: Iterable[bytes], table: str, column: str | None, written: Written) -> Iterator[Unit]:
    """CHUNK lines at a time. What is too long for a line is cut off there, and refused when it is read."""
    reading, first = iter(lines), 1
    try:
        while stretch := [line[: MAX_LINE_BYTES + 1] for line in islice(reading, CHUNK)]:
            yield LinesUnit(table, first, b"".join(stretch), column, written)
            first += len(stretch)
    except TableError as error:
        yield RowsUnit((), error)


def _stretches(rows: Iterator[Row]) -> Iterator[RowsUnit]:
    """CHUNK rows at a time; a fault of the table ends it, behind the rows before it."""
    stretch: list[Row] = []
    fault = None
    try:
        for row in rows:
            stretch.append(row)
            if len(stretch) == CHUNK:
                yield RowsUnit(tuple(stretch))
                stretch = []
    except InputError as error:
        fault = error
    if stretch or fault:
        yield RowsUnit(tuple(stretch), fault)
