"""What a model said of sections it had not seen: kept in its folder, so that two models can be compared later.

A live model has seen today's labels, so scoring them with it would flatter it. Instead each model keeps what its folds
assigned to sections they had not seen; a source always falls in the same fold, and two models are compared on the sections
that both held out. (What it said of the protected sections is kept in the same form, see training/compare/protected.py.)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from policy_themes.errors import ModelDamaged
from policy_themes.tagging.scorer import Floats
from training.fit import Matrix
from training.labels import Item

__all__ = ["FILE", "HeldOut", "digest_of", "dump", "held_out", "kept", "read"]

FILE = "heldout.jsonl"
LEAST = 0.01  # probabilities below are not kept: they are most of them, and tell nothing


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One section: its id, a digest of its text, the themes it is labelled with and those assigned to it unseen.

    `probabilities` are those of LEAST and above by theme name, to four decimals; models of older folders have none. `text`
    is empty unless the file keeps it.
    """

    id: str
    digest: str
    labelled: frozenset[str]
    assigned: frozenset[str]
    probabilities: Mapping[str, float] = field(default_factory=dict)
    text: str = ""


def held_out(items: Sequence[Item], probabilities: Floats, assigned: Matrix, names: Sequence[str]) -> list[HeldOut]:
    """From items, `probabilities` and `assigned`, both (items, themes)."""
    return [
        HeldOut(
            item.id,
            digest_of(item.text),
            frozenset(item.themes),
            frozenset(names[at] for at in np.flatnonzero(row).tolist()),
            kept(dict(zip(names, chances.tolist(), strict=True))),
        )
        for item, chances, row in zip(items, probabilities, assigned, strict=True)
    ]


def kept(probabilities: Mapping[str, float]) -> dict[str, float]:
    """Those worth keeping, to four decimals, most probable first."""
    ordered = sorted(probabilities.items(), key=lambda one: -one[1])
    return {name: round(chance, 4) for name, chance in ordered if chance >= LEAST}


def digest_of(text: str) -> str:
    """By which texts are told apart: the first 16 hex digits of the SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def dump(rows: Iterable[HeldOut]) -> bytes:
    """As JSON lines: {"id", "digest", "labelled", "assigned", "probabilities"} and, where kept, "text"."""
    return "".join(json.dumps(_entry(row), ensure_ascii=False) + "\n" for row in rows).encode()


def read(folder: Path, name: str = FILE) -> dict[tuple[str, str], HeldOut]:
    """A model folder's sections by (id, digest). Raises ModelDamaged."""
    path = folder / name
    try:
        rows = [_row(json.loads(line)) for line in path.read_text(encoding="utf-8").split("\n") if line]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelDamaged(
            "缺少或损坏,无法与其他版本比较;请重新复制整个模型文件夹",
            "is missing or damaged; versions cannot be compared; copy the whole model folder again",
            where=str(path),
        ) from error
    return {(row.id, row.digest): row for row in rows}


def _entry(row: HeldOut) -> dict[str, Any]:
    entry = {"id": row.id, "digest": row.digest, "labelled": sorted(row.labelled), "assigned": sorted(row.assigned)}
    return {**entry, "probabilities": dict(row.probabilities), **({"text": row.text} if row.text else {})}


def _row(entry: dict[str, Any]) -> HeldOut:
    labelled, assigned = frozenset(entry["labelled"]), frozenset(entry["assigned"])
    probabilities = {str(name): float(chance) for name, chance in entry.get("probabilities", {}).items()}
    return HeldOut(entry["id"], entry["digest"], labelled, assigned, probabilities, entry.get("text", ""))
