r"""fastText's lines: `__label__X __label__Y text`. Source: https://fasttext.cc/docs/en/supervised-tutorial.html

A line cannot hold a line break, so one is written \n; likewise \r, \t, a leading space as "\ ", a leading _ as \_ (the text could be taken
for a label), and \ itself as \\. Other uses of \ are read as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from policy_themes.themes import Codebook
from training.exchange.labelled import Labelled, text_of
from training.labels import Fault

__all__ = ["read", "write"]

_LABELS = re.compile(r"[ \t]*((?:__label__\S+[ \t]*)*)")
_LABEL = re.compile(r"__label__(\S+)")
_ESCAPED = re.compile(r"\\([\\nrt _])")
_MEANT = {"n": "\n", "r": "\r", "t": "\t"}
_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})


def read(data: bytes, name: str, codebook: Codebook) -> Iterator[Labelled | Fault]:
    """The entries of the file called `name`, one a line. Raises DocumentError if it is not text."""
    for number, line in enumerate(text_of(data, name).split("\n"), 1):
        bare = line.removesuffix("\r")
        if bare.strip():
            labels = _LABELS.match(bare)
            end = labels.end() if labels else 0
            themes = tuple(_LABEL.findall(bare[:end]))
            yield Labelled(_unescaped(bare[end:]), themes, where=f"{name}:{number}")


def write(path: Path, entries: Sequence[Labelled]) -> None:
    """Write `entries` to `path` in UTF-8, one a line; no theme's name may hold a space."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for entry in entries:
            labels = "".join(f"__label__{theme} " for theme in entry.themes)
            file.write(f"{labels}{_escaped(entry.text)}\n")


def _escaped(text: str) -> str:
    line = text.translate(_ESCAPES)
    return f"\\{line}" if line.startswith((" ", "_")) else line


def _unescaped(line: str) -> str:
    return _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), line)
