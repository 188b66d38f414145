"""What a model's own held-out folds said of each section: kept in its folder, so that two models can be compared later.

A live model has seen today's labels, so scoring them with it would flatter it. Instead each model keeps what its folds
assigned to sections they had not seen; a source always falls in the same fold, and two models are compared on the sections
that both held out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from policy_themes.errors import ModelDamaged
from training.fit import Matrix
from training.labels import Item

__all__ = ["FILE", "HeldOut", "dump", "held_out", "read"]

FILE = "heldout.jsonl"


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One section: its id, a digest of its text, the themes it is labelled with and those assigned to it unseen."""

    id: str
    digest: str
    labelled: frozenset[str]
    assigned: frozenset[str]


def held_out(items: Sequence[Item], assigned: Matrix, names: Sequence[str]) -> list[HeldOut]:
    """From items and `assigned` (items, themes)."""
    return [
        HeldOut(
            item.id,
            _digest(item.text),
            frozenset(item.themes),
            frozenset(names[at] for at in np.flatnonzero(row).tolist()),
        )
        for item, row in zip(items, assigned, strict=True)
    ]


def dump(rows: Iterable[HeldOut]) -> bytes:
    """As JSON lines: {"id", "digest", "labelled", "assigned"}."""
    lines = (
        {"id": row.id, "digest": row.digest, "labelled": sorted(row.labelled), "assigned": sorted(row.assigned)}
        for row in rows
    )
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def read(folder: Path) -> dict[tuple[str, str], HeldOut]:
    """A model folder's held-out sections by (id, digest). Raises ModelDamaged."""
    path = folder / FILE
    try:
        entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        rows = [HeldOut(e["id"], e["digest"], frozenset(e["labelled"]), frozenset(e["assigned"])) for e in entries]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelDamaged(
            "缺少或损坏,无法与其他版本比较", "is missing or damaged; versions cannot be compared", where=str(path)
        ) from error
    return {(row.id, row.digest): row for row in rows}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
