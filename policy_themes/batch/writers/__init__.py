"""Outcomes -> a file, one format a module. Each writer takes them one by one and holds none of their rows."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path

from policy_themes.batch.result import Writer
from policy_themes.errors import InputError

__all__ = ["SUFFIXES", "writer_for"]

_MODULES = {".xlsx": "xlsx", ".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet", ".html": "html"}
SUFFIXES = tuple(_MODULES)


def writer_for(path: Path, suffix: str, themes: Sequence[str]) -> AbstractContextManager[Writer]:
    """The writer of a format, as a context that opens and closes `path`; `themes` are the names of the model's themes.

    Raises InputError for a format not known.
    """
    if suffix not in _MODULES:
        there = "、".join(SUFFIXES)
        raise InputError(
            f"不会写 {suffix or '无扩展名'} 文件,可写:{there}",
            f"cannot write {suffix!r}; can write {there}",
            where=str(path),
        )
    module = import_module(f"policy_themes.batch.writers.{_MODULES[suffix]}")
    context: AbstractContextManager[Writer] = module.writer(path, themes)
    return context
