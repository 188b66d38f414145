"""Labelled text in the formats of other programs, one format a module, each with `read` and `write`.

    file -> (detect) -> format.read -> Labelled | Fault -> plan -> apply -> labels/NAME.jsonl
    labels/*.jsonl -> Labelled -> format.write -> file

What a format does not know (fastText knows text and themes only) is empty in a Labelled, and filled in by `plan`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from policy_themes.errors import InputError, LabelError
from policy_themes.files import written_whole
from policy_themes.themes import Codebook
from training.exchange import csv, doccano, fasttext, jsonl, label_studio, xlsx
from training.exchange.detect import checked_format, format_of
from training.exchange.labelled import MAX_FILE_BYTES, MAX_ROWS, Labelled
from training.exchange.names import writable
from training.labels import Fault

__all__ = ["Labelled", "read_bytes", "read_file", "write_file"]

_READ: dict[str, Callable[[bytes, str, Codebook], Iterator[Labelled | Fault]]] = {
    "csv": csv.read,
    "xlsx": xlsx.read,
    "jsonl": jsonl.read,
    "label-studio": label_studio.read,
    "doccano": doccano.read,
    "fasttext": fasttext.read,
}
_TABLES: dict[str, Callable[[Path, Sequence[Labelled], Sequence[str]], None]] = {"csv": csv.write, "xlsx": xlsx.write}
_WRITE: dict[str, Callable[[Path, Sequence[Labelled]], None]] = {
    "jsonl": jsonl.write,
    "label-studio": label_studio.write,
    "doccano": doccano.write,
    "fasttext": fasttext.write,
}
_LISTS = ("csv", "xlsx", "fasttext")  # where names stand in one string


def read_file(path: Path, codebook: Codebook, named: str = "") -> Iterator[Labelled | Fault]:
    """The entries of `path` in their order, with a Fault in place of each that cannot be read; what the file holds raises nothing.

    `named` is its format; by default that is told from suffix and content.
    """
    try:
        data = _bytes(path)
    except LabelError as error:
        yield Fault(error.where, error.zh, error.en)
        return
    yield from read_bytes(data, str(path), codebook, named)


def read_bytes(data: bytes, name: str, codebook: Codebook, named: str = "") -> Iterator[Labelled | Fault]:
    """The entries of a file called `name` that holds `data`, as `read_file` gives them."""
    count = 0
    try:
        for found in _READ[checked_format(named) or format_of(Path(name), data)](data, name, codebook):
            count += 1
            if count > MAX_ROWS:
                raise LabelError(f"超过 {MAX_ROWS} 条,请拆分", f"holds over {MAX_ROWS} items; split it", where=name)
            yield found
    except InputError as error:
        yield Fault(error.where or name, error.zh, error.en)
        return
    if not count:
        yield Fault(name, "没有标注,请检查文件与 --format", "holds no labelled text; check the file and --format")


def write_file(path: Path, entries: Sequence[Labelled], named: str = "", columns: Sequence[str] = ()) -> None:
    """Write `entries` to `path`, whole or not at all. `columns` asks for a table with a column for each of these themes.

    Raises InputError for a format not known or one without columns, OSError as the file system gives it.
    """
    wanted = checked_format(named) or format_of(path)
    if columns and wanted not in _TABLES:
        raise InputError("--marks 只用于 csv 与 xlsx", "--marks is for csv and xlsx only", where=str(path))
    if (
        wanted in _LISTS
        and not columns
        and (bad := sorted({name for one in entries for name in one.themes if not writable(name)}))
    ):
        raise InputError(
            f"主题名“{bad[0]}”含空格或分隔符,请用 jsonl 或 label-studio 格式",
            f"theme {bad[0]!r} has a space or a separator in it; write jsonl or label-studio",
            where=str(path),
        )
    with written_whole(path) as temporary:
        if wanted in _TABLES:
            _TABLES[wanted](temporary, entries, columns)
        else:
            _WRITE[wanted](temporary, entries)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            megabytes = MAX_FILE_BYTES // 1_000_000
            raise LabelError(f"文件超过 {megabytes} MB,请拆分", f"is over {megabytes} MB; split it", where=str(path))
        return path.read_bytes()
    except OSError as error:
        raise LabelError("无法读取,请检查路径与权限", f"cannot be read: {error.strerror}", where=str(path)) from error
