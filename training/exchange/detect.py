"""Which format a file has: by its suffix, and where that can mean several, by what it holds."""

from __future__ import annotations

import json
from pathlib import Path

from policy_themes.errors import LabelError

__all__ = ["FORMATS", "checked_format", "format_of"]

# The formats by name, and the suffix each is written under unless --format says otherwise.
FORMATS = {
    "csv": (".csv",),
    "xlsx": (".xlsx",),
    "jsonl": (".jsonl",),
    "label-studio": (".json",),
    "doccano": (),
    "fasttext": (".txt", ".ft", ".fasttext"),
}
_LABEL = b"__label__"
_DOCCANO = ("label", "labels", "cats")


def checked_format(named: str) -> str:
    """`named`, a format's name or "". Raises LabelError that names those there are."""
    if named and named not in FORMATS:
        there = ", ".join(FORMATS)
        raise LabelError(f"没有格式“{named}”,可用:{there}", f"there is no format {named!r}; there are {there}")
    return named


def format_of(path: Path, data: bytes | None = None) -> str:
    """The name of the format of the file `path` with the content `data`, or None if it is to be written. Raises LabelError."""
    suffix = path.suffix.lower()
    told = next((name for name, suffixes in FORMATS.items() if suffix in suffixes), "")
    if data is not None:
        told = _by_content(data) or (told if told in ("csv", "fasttext") else "")
    if not told:
        there = ", ".join(FORMATS)
        raise LabelError(
            f"认不出格式,请用 --format 指明({there})",
            f"is of no format known; name it: --format {there}",
            where=str(path),
        )
    return told


def _by_content(data: bytes) -> str:
    """The format that only such content has; "" where it may be a table, or anything."""
    bare = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if bare.startswith(b"PK\x03\x04"):
        return "xlsx"
    if bare.startswith(b"["):
        return "label-studio"
    if bare.startswith(b"{"):
        return _of_lines(bare.split(b"\n", 1)[0])
    return "fasttext" if any(line.lstrip().startswith(_LABEL) for line in bare.split(b"\n", 1000)) else ""


def _of_lines(first: bytes) -> str:
    """JSON lines: ours has themes, doccano's label or labels."""
    try:
        entry = json.loads(first)
    except (ValueError, RecursionError):
        return "jsonl"
    return "doccano" if "themes" not in entry and any(name in entry for name in _DOCCANO) else "jsonl"
