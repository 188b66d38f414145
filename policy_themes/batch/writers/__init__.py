"""Results -> a file, one format a module. Each writer takes results one by one and holds none of them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from policy_themes.batch.result import Writer
from policy_themes.errors import InputError

__all__ = ["SUFFIXES", "writer_for"]

SUFFIXES = (".jsonl", ".csv", ".xlsx")


def writer_for(path: Path, suffix: str) -> AbstractContextManager[Writer]:
    """The writer of a format, as a context that opens and closes `path`. Raises InputError for a format not known."""
    from policy_themes.batch.writers import csv, jsonl, xlsx

    makers = {".jsonl": jsonl.write_jsonl, ".csv": csv.write_csv, ".xlsx": xlsx.write_xlsx}
    if suffix not in makers:
        there = "、".join(SUFFIXES)
        raise InputError(
            f"不会写 {suffix or '无扩展名'} 文件,可写:{there}",
            f"cannot write {suffix!r}; can write {there}",
            where=str(path),
        )
    return makers[suffix](path)
