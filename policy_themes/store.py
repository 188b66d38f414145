"""A model folder: saved and loaded.

    manifest.json    what this is: format number, themes, library versions, seed, SHA-256 of every file and of the labels
    weights.npz      the arrays of tagging.scorer.Weights, plain
    vocabulary.txt   the features, one a line, in the order of the arrays' rows
    lexicon.txt      words the segmenter must know
    themes.yaml, metrics.json, heldout.jsonl, protected.jsonl, trained.txt,
    MODEL_CARD.md, report.html, pipeline.joblib: for people and for comparing versions; tagging never opens them

Tagging reads plain arrays and JSON after checking every digest; it never unpickles.

To change the format: add one to FORMAT, read the old number too in `load_manifest` (or say in its error how to convert), write only the new
one, and add a folder of the old format to the tests.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np

from policy_themes.errors import ModelDamaged, ModelForeign, ModelMissing
from policy_themes.tagging.scorer import Weights
from policy_themes.themes import Theme

__all__ = ["FORMAT", "Model", "load_manifest", "load_model", "save_model"]

FORMAT = 2  # 1 had pairs of words among the features and windows of two clauses among what was scored
MAX_FILE_BYTES = 64_000_000
MAX_UNPACKED_BYTES = 512_000_000
MANIFEST = "manifest.json"
NEEDED = ("weights.npz", "vocabulary.txt", "lexicon.txt")


@dataclass(frozen=True, slots=True)
class Model:
    """What tagging needs of a model: F features (`vocabulary`), T `themes`, the `lexicon` and the arrays."""

    version: str
    themes: tuple[Theme, ...]
    vocabulary: tuple[str, ...]
    lexicon: tuple[str, ...]
    weights: Weights


def save_model(folder: Path, model: Model, facts: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    """Write a model folder, whole or not at all. `facts` joins the manifest, `files` (name -> content) the folder.

    Raises FileExistsError if `folder` exists: a version is never edited afterwards.
    """
    if folder.exists():
        raise FileExistsError(folder)
    temporary = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        contents = {
            **files,
            "weights.npz": _packed(model.weights),
            "vocabulary.txt": _lines(model.vocabulary),
            "lexicon.txt": _lines(model.lexicon),
        }
        for name, content in contents.items():
            (temporary / name).write_bytes(content)
        digests = {name: _digest(content) for name, content in sorted(contents.items())}
        themes = [{"id": theme.id, "name": theme.name, "covers": theme.covers} for theme in model.themes]
        manifest = {"format": FORMAT, "version": model.version, "themes": themes, **facts, "files": digests}
        (temporary / MANIFEST).write_bytes(_sealed(manifest))
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def load_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a model folder, checked. Raises ModelMissing, ModelDamaged or ModelForeign."""
    if not folder.is_dir():
        raise ModelMissing("没有这个模型文件夹", "there is no such model folder", where=str(folder))
    raw = _read(folder / MANIFEST)
    try:
        manifest = json.loads(raw)
    except ValueError as error:
        raise _damaged(folder / MANIFEST, "不是合法的 JSON", "is not valid JSON") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), int):
        raise _damaged(folder / MANIFEST, "缺少 format", "has no format number")
    if manifest["format"] != FORMAT:
        newer = manifest["format"] > FORMAT
        raise ModelForeign(
            f"模型格式为 {manifest['format']},本程序的是 {FORMAT};请{'升级 policy-themes' if newer else '重新训练(policy-themes train)'}",
            f"the model's format is {manifest['format']}, this program's {FORMAT}; {'upgrade it' if newer else 'train the model again'}",
            where=str(folder / MANIFEST),
        )
    if raw != _sealed({key: value for key, value in manifest.items() if key != "seal"}):
        raise _damaged(folder / MANIFEST, "内容与校验值不符", "does not match its seal")
    return manifest


def load_model(folder: Path) -> Model:
    """Load a model folder after checking every file's digest. Raises ModelMissing, ModelDamaged or ModelForeign."""
    manifest = load_manifest(folder)
    contents = {}
    for name, digest in manifest["files"].items():
        content = _read(folder / name)
        if _digest(content) != digest:
            raise _damaged(folder / name, "内容与校验值不符", "does not match its digest")
        if name in NEEDED:
            contents[name] = content
    for name in NEEDED:
        if name not in contents:
            raise _damaged(folder / MANIFEST, f"未列出 {name}", f"does not list {name}")
    model = Model(
        version=str(manifest["version"]),
        themes=tuple(Theme(entry["id"], entry["name"], entry["covers"]) for entry in manifest["themes"]),
        vocabulary=tuple(contents["vocabulary.txt"].decode().split("\n")[:-1]),
        lexicon=tuple(contents["lexicon.txt"].decode().split("\n")[:-1]),
        weights=_unpacked(contents["weights.npz"], folder / "weights.npz"),
    )
    _check_shapes(model, folder / "weights.npz")
    return model


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _damaged(path, f"超过 {MAX_FILE_BYTES} 字节", f"is over {MAX_FILE_BYTES} bytes")
        return path.read_bytes()
    except OSError as error:
        raise _damaged(path, "文件缺失或无法读取", f"is missing or cannot be read: {error.strerror}") from error


def _damaged(path: Path, zh: str, en: str) -> ModelDamaged:
    remedy = "请重新复制整个模型文件夹,或用 policy-themes models rollback 换回上一版本"
    return ModelDamaged(
        f"模型文件{zh};{remedy}",
        f"model file {en}; copy the whole model folder again, or go back with `policy-themes models rollback`",
        where=str(path),
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sealed(manifest: Mapping[str, Any]) -> bytes:
    """The manifest's bytes, in the one spelling we write, with the digest of the rest as its last entry."""
    body = json.dumps(manifest, ensure_ascii=False, indent=1)
    return json.dumps({**manifest, "seal": _digest(body.encode())}, ensure_ascii=False, indent=1).encode() + b"\n"


def _lines(lines: tuple[str, ...]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _packed(weights: Weights) -> bytes:
    """An .npz of the arrays. Coefficients are kept in half precision: training has rounded them to it already."""
    arrays = {field.name: getattr(weights, field.name) for field in fields(Weights)}
    arrays["coefficients"] = arrays["coefficients"].astype(np.float16)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def _unpacked(content: bytes, path: Path) -> Weights:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise _damaged(path, "解压后过大", "is too large unpacked")
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return Weights(**{field.name: arrays[field.name].astype(np.float32) for field in fields(Weights)})
    except (BadZipFile, KeyError, ValueError, OSError, EOFError) as error:
        raise _damaged(path, "不是可读的数组文件", "is not a readable array file") from error


def _check_shapes(model: Model, path: Path) -> None:
    features, themes = len(model.vocabulary), len(model.themes)
    for field in fields(Weights):
        array = getattr(model.weights, field.name)
        expected = {"idf": (features,), "coefficients": (features, themes)}.get(field.name, (themes,))
        if array.shape != expected or not np.isfinite(array).all():
            raise _damaged(path, f"{field.name} 的形状或数值不对", f"{field.name} has a wrong shape or value")
