"""Theme names as people write them, and the present names of the codebook."""

from __future__ import annotations

import difflib
import re

from policy_themes.themes import Codebook
from training.labels import Fault

__all__ = ["parted", "resolved", "unknown", "writable"]

_PARTS = re.compile(r"[、,\uff0c;\uff1b|\uff5c\s]+")
_CLOSE = 0.4  # of 1: 学前教育 and 学前 are 0.67 alike


def parted(cell: str) -> tuple[str, ...]:
    """The names in one cell, parted by 、 , ; | or spaces, each once."""
    return tuple(dict.fromkeys(one for one in _PARTS.split(cell) if one))


def resolved(written: tuple[str, ...], codebook: Codebook, where: str) -> tuple[tuple[str, ...], list[Fault]]:
    """The present names of themes, each once, in the order written; and a fault for each that the codebook does not have."""
    names = {one: codebook.name_of(one.strip()) for one in written}
    found = dict.fromkeys(name for name in names.values() if name)
    return tuple(found), [unknown(one, codebook, where) for one, name in names.items() if name is None]


def writable(name: str) -> bool:
    """Whether a name stays one name in a list of names."""
    return parted(name) == (name,)


def unknown(written: str, codebook: Codebook, where: str) -> Fault:
    """The fault of a name that is none, with the nearest there is."""
    known = {one: theme.name for theme in codebook.active for one in (theme.name, theme.id, *theme.aliases)}
    near = difflib.get_close_matches(written, known, n=1, cutoff=_CLOSE)
    shown = written[:40]
    if near:
        return Fault(
            where,
            f"未知主题“{shown}”,是否为“{known[near[0]]}”?",
            f"unknown theme {shown!r}; did you mean {known[near[0]]!r}?",
        )
    return Fault(
        where, f"未知主题“{shown}”;主题名见 themes.yaml", f"unknown theme {shown!r}; see themes.yaml for the names"
    )
