"""The protected sections: what a model says of texts that no training sees, and which texts a model was trained on.

A model folder keeps two files for it: protected.jsonl, what the model said of each protected section of its labels, with the
section's text, so that a model trained earlier can still be asked; and trained.txt, a digest of every text it was trained on,
one a line, so that it is not asked about those.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from policy_themes.errors import ModelDamaged, ModelError
from policy_themes.tagging.tagger import Options, Tagger
from training import heldout
from training.heldout import HeldOut, digest_of
from training.labels import Item

__all__ = ["FILE", "TRAINED", "answers", "answers_of", "blank", "dump_trained", "read_protected", "trained"]

FILE = "protected.jsonl"
TRAINED = "trained.txt"


def blank(items: Sequence[Item], seen: Sequence[Item]) -> list[HeldOut]:
    """The protected sections (or all items, where there are no sections), not answered yet; those in `seen` are left out."""
    digests = {digest_of(item.text) for item in seen}
    measured = [item for item in items if item.kind == "section"] or items
    rows = [HeldOut(i.id, digest_of(i.text), frozenset(i.themes), frozenset(), text=i.text) for i in measured]
    return [row for row in rows if row.digest not in digests]


def answers(tagger: Tagger, rows: Sequence[HeldOut]) -> list[HeldOut]:
    """The rows, with what `tagger` says of their texts. Raises TextError."""
    names = {theme.id: theme.name for theme in tagger.themes}
    return [
        replace(
            row,
            assigned=frozenset(theme.name for theme in tagging.themes),
            probabilities=heldout.kept({names[key]: chance for key, chance in (tagging.scores or {}).items()}),
        )
        for row, tagging in zip(
            rows, tagger.tag_batch([r.text for r in rows], Options(evidence=False, scores=True)), strict=True
        )
    ]


def answers_of(folder: Path, rows: Iterable[HeldOut]) -> dict[str, HeldOut]:
    """What the model in `folder` says of those `rows` it was not trained on, by digest: as it kept it, else asked now.

    Nothing for a folder that does not tell what it was trained on, or whose model does not load.
    """
    said = {row.digest: row for row in read_protected(folder)}
    seen = trained(folder)
    asked = (
        [] if seen is None else [row for row in rows if row.text and row.digest not in seen and row.digest not in said]
    )
    if asked:
        try:
            said.update((row.digest, row) for row in answers(Tagger.load(folder), asked))
        except ModelError:
            return said
    return said


def read_protected(folder: Path) -> list[HeldOut]:
    """The protected sections a model folder keeps answers for; none in a folder without them. Raises ModelDamaged."""
    return list(heldout.read(folder, FILE).values()) if (folder / FILE).exists() else []


def dump_trained(items: Sequence[Item]) -> bytes:
    """The digests of the items' texts, one a line."""
    return "".join(f"{digest}\n" for digest in sorted({digest_of(item.text) for item in items})).encode()


def trained(folder: Path) -> frozenset[str] | None:
    """The digests of the texts a model was trained on. A folder from before they were kept tells its sections only, by what
    it held out; None if it does not tell even that. Raises ModelDamaged."""
    path = folder / TRAINED
    if path.exists():
        try:
            return frozenset(path.read_text(encoding="ascii").split())
        except (OSError, UnicodeDecodeError) as error:
            raise ModelDamaged(
                "无法读取;请重新复制整个模型文件夹",
                "cannot be read; copy the whole model folder again",
                where=str(path),
            ) from error
    if (folder / heldout.FILE).exists():
        return frozenset(digest for _, digest in heldout.read(folder))
    return None
