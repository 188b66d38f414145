"""Model folders with one bit flipped, and with a pickle in them: the short form of benchmarks/campaigns/bits.py."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from benchmarks.campaigns.bits import flips
from policy_themes.errors import ModelDamaged
from policy_themes.store import load_model
from policy_themes.versions import Versions


class Trap:
    """What creates a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


@pytest.fixture
def model(small_models: Path, tmp_path: Path) -> Path:
    versions = Versions(small_models)
    return Path(shutil.copytree(versions.path(versions.names()[0]), tmp_path / "model"))


def test_any_flipped_bit_is_refused_with_its_file_named(model: Path) -> None:
    tried = list(flips(model, 40))
    assert {flip.file for flip in tried} == {path.name for path in model.iterdir()}
    assert [flip for flip in tried if not flip.refused] == []
    assert load_model(model).vocabulary  # as it was, it loads


def test_a_pickle_laid_into_a_model_folder_is_never_unpickled(model: Path, tmp_path: Path) -> None:
    trap, sprung = pickle.dumps(Trap(tmp_path / "sprung")), tmp_path / "sprung"
    (model / "more.pkl").write_bytes(trap)
    (model / "pipeline.joblib").write_bytes(trap)
    resealed(model, "pipeline.joblib")
    load_model(model)
    assert not sprung.exists()
    pickle.loads(trap)
    assert sprung.exists()  # the trap would have worked


@pytest.mark.parametrize("packed", [True, False], ids=["object array", "bare pickle"])
def test_weights_that_are_a_pickle_are_refused(model: Path, tmp_path: Path, packed: bool) -> None:
    trap, buffer = Trap(tmp_path / "sprung"), io.BytesIO()
    np.savez(buffer, coefficients=np.array([trap], dtype=object))
    (model / "weights.npz").write_bytes(buffer.getvalue() if packed else pickle.dumps(trap))
    resealed(model, "weights.npz")
    with pytest.raises(ModelDamaged) as refused:
        load_model(model)
    assert refused.value.where.endswith("weights.npz")
    assert not (tmp_path / "sprung").exists()


def resealed(model: Path, changed: str) -> None:
    """Make the manifest right again for a file that was changed, as whoever means harm would."""
    manifest = json.loads((model / "manifest.json").read_bytes())
    del manifest["seal"]
    manifest["files"][changed] = hashlib.sha256((model / changed).read_bytes()).hexdigest()
    body = json.dumps(manifest, ensure_ascii=False, indent=1)
    manifest["seal"] = hashlib.sha256(body.encode()).hexdigest()
    (model / "manifest.json").write_bytes(json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n")
