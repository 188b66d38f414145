import json
import pickle
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_themes import Tagger
from policy_themes.errors import ModelDamaged, ModelForeign, ModelMissing
from policy_themes.store import load_model, save_model
from policy_themes.versions import Versions


@pytest.fixture
def folder(small_models: Path, tmp_path: Path) -> Path:
    """A copy of a small model, free to damage."""
    return Path(shutil.copytree(Versions(small_models).path(Versions(small_models).names()[0]), tmp_path / "m"))


def test_what_is_saved_is_loaded(folder: Path, tmp_path: Path) -> None:
    model = load_model(folder)
    save_model(tmp_path / "again", model, {}, {})
    again = load_model(tmp_path / "again")
    assert (again.vocabulary, again.lexicon, again.themes) == (model.vocabulary, model.lexicon, model.themes)
    assert Tagger(again).tag("新建公办幼儿园") == Tagger(model).tag("新建公办幼儿园")


def test_a_version_is_never_written_over(folder: Path) -> None:
    before = (folder / "manifest.json").read_bytes()
    with pytest.raises(FileExistsError):
        save_model(folder, load_model(folder), {}, {})
    assert (folder / "manifest.json").read_bytes() == before


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_flipped_bit_is_refused_with_the_file_named(folder: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(folder.iterdir())), "file")
    raw = bytearray(path.read_bytes())
    at, bit = data.draw(st.integers(0, len(raw) - 1), "byte"), data.draw(st.integers(0, 7), "bit")
    whole = bytes(raw)
    raw[at] ^= 1 << bit
    path.write_bytes(raw)
    try:
        with pytest.raises((ModelDamaged, ModelForeign)) as caught:
            load_model(folder)
        assert str(path) in caught.value.where
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("name", ["weights.npz", "vocabulary.txt", "manifest.json", "MODEL_CARD.md"])
def test_a_half_copied_folder_is_refused(folder: Path, name: str) -> None:
    raw = (folder / name).read_bytes()
    (folder / name).write_bytes(raw[: len(raw) // 2])
    with pytest.raises(ModelDamaged, match=name):
        load_model(folder)
    (folder / name).unlink()
    with pytest.raises(ModelDamaged, match=name):
        load_model(folder)


@pytest.mark.parametrize(("step", "remedy"), [(1, "升级"), (-1, "重新训练")])
def test_another_format_is_refused_with_the_remedy(folder: Path, step: int, remedy: str) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "format": manifest["format"] + step}), "utf-8")
    with pytest.raises(ModelForeign, match=remedy):
        load_model(folder)


def test_no_folder_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="nowhere"):
        load_model(tmp_path / "nowhere")


class Bomb:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.mark,)


def test_tagging_never_unpickles(folder: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    files = {"pipeline.joblib": pickle.dumps(Bomb(mark))}
    save_model(tmp_path / "bomb", load_model(folder), {}, files)
    assert Tagger.load(tmp_path / "bomb").tag("新建公办幼儿园").themes
    assert not mark.exists()
    pickle.loads(files["pipeline.joblib"])
    assert mark.exists(), "the bomb must be one that goes off"
