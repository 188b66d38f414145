"""A plan -> the labels folder: each changed file written whole, after the whole folder was read and checked as it would be."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path

from policy_themes.errors import LabelError
from policy_themes.files import written_whole
from policy_themes.themes import Codebook
from training.exchange.jsonl import line_of
from training.exchange.labelled import Labelled
from training.exchange.plan import Plan
from training.faults import faults
from training.labels import REAL, Item, Labels, read_labels

__all__ = ["apply", "labels_in"]

_SHOWN = 5  # faults named in a message


def labels_in(folder: Path) -> Labels:
    """The labels of `folder`, which may have a codebook and no labels yet. Raises CodebookError."""
    if any(path.name != REAL for path in folder.glob("*.jsonl")):
        return read_labels(folder)
    return Labels(Codebook.read(folder / "themes.yaml"), (), (), ())


def apply(folder: Path, plan: Plan, name: str) -> None:
    """Append the new items to NAME.jsonl in `folder` and rewrite the lines of replaced ones; other lines stay byte for byte.

    Raises LabelError, with nothing written, if the plan has faults or the folder would have faults that it has not now.
    """
    if plan.faults:
        raise LabelError("有错误,未导入", "there are faults; nothing was imported", where=str(folder))
    changed = _changed(folder, plan, folder / f"{name}.jsonl")
    _check(folder, changed)
    with contextlib.ExitStack() as stack:
        for path, content in changed.items():
            # All are written out before the first is put in place, so a full disk changes nothing.
            stack.enter_context(written_whole(path)).write_bytes(content)


def _changed(folder: Path, plan: Plan, target: Path) -> dict[Path, bytes]:
    """The files that change, and what each shall hold."""
    by_file: dict[Path, dict[int, Item]] = defaultdict(dict)
    for there, item in plan.replaced:
        path, _, line = there.where.rpartition(":")
        by_file[folder / Path(path).name][int(line)] = item
    changed = {path: _with_lines(path.read_bytes(), items) for path, items in by_file.items()}
    if plan.new:
        content = changed.get(target, target.read_bytes() if target.is_file() else b"")
        ending = b"\n" if content and not content.endswith(b"\n") else b""
        changed[target] = content + ending + b"".join(_line(item) for item in plan.new)
    return changed


def _with_lines(content: bytes, items: dict[int, Item]) -> bytes:
    lines = content.split(b"\n")
    for number, item in items.items():
        lines[number - 1] = _line(item).removesuffix(b"\n")
    return b"\n".join(lines)


def _line(item: Item) -> bytes:
    return line_of(Labelled.of(item)).encode() + b"\n"


def _check(folder: Path, changed: dict[Path, bytes]) -> None:
    """Read and check a copy of the folder as it would be."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for path in (*folder.glob("*.jsonl"), folder / "themes.yaml", folder / "lexicon.txt"):
            if path.is_file() and path not in changed:
                shutil.copyfile(path, copy / path.name)
        for path, content in changed.items():
            (copy / path.name).write_bytes(content)
        found = [str(fault).replace(f"{copy}/", f"{folder}/") for fault in faults(labels_in(copy))]
    now = {str(fault) for fault in faults(labels_in(folder))} if found else set()
    if added := [one for one in found if one not in now]:
        shown = "\n".join(added[:_SHOWN])
        raise LabelError(
            f"导入后会有 {len(added)} 处错误,未导入:\n{shown}\n",
            f"would have {len(added)} new faults; nothing was imported",
            where=str(folder),
        )
