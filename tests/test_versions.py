import shutil
from pathlib import Path

import pytest

from policy_themes.errors import ModelDamaged, ModelMissing
from policy_themes.store import load_model, save_model
from policy_themes.versions import Promotion, Versions


@pytest.fixture
def versions(small_models: Path, tmp_path: Path) -> Versions:
    """Three versions, alike but for their names, none of them live."""
    source = Versions(small_models)
    model = load_model(source.path(source.names()[0]))
    for name in ("20240101-a", "20240102-b", "20240103-c"):
        save_model(tmp_path / name, model, {}, {})
    return Versions(tmp_path)


def go_live(versions: Versions, name: str, action: str = "promote") -> None:
    versions.go_live(Promotion(name, "2024-01-01T00:00:00+00:00", action))


def test_nothing_is_live_at_first(versions: Versions) -> None:
    assert versions.live() is None
    with pytest.raises(ModelMissing, match="policy-themes train"):
        versions.live_folder()


def test_promotions_are_kept_and_undone_in_turn(versions: Versions) -> None:
    for name in versions.names():
        go_live(versions, name)
    assert versions.live() == "20240103-c"
    go_live(versions, versions.before(), "rollback")
    assert versions.live() == "20240102-b"
    go_live(versions, versions.before(), "rollback")
    assert versions.live() == "20240101-a"
    assert [step.action for step in versions.history()] == ["promote"] * 3 + ["rollback"] * 2
    with pytest.raises(ModelMissing, match="没有更早"):
        versions.before()


def test_a_version_that_does_not_load_never_goes_live(versions: Versions) -> None:
    go_live(versions, "20240101-a")
    (versions.path("20240102-b") / "weights.npz").write_bytes(b"half")
    with pytest.raises(ModelDamaged):
        go_live(versions, "20240102-b")
    assert versions.live() == "20240101-a"
    assert len(versions.history()) == 1


def test_an_unknown_version_is_answered_with_those_there_are(versions: Versions) -> None:
    with pytest.raises(ModelMissing, match="20240103-c"):
        versions.path("../elsewhere")


def test_a_current_file_that_points_elsewhere_is_refused(versions: Versions) -> None:
    (versions.folder / "current").write_text("../../etc\n", "utf-8")
    with pytest.raises(ModelDamaged, match="current"):
        versions.live()


def test_half_written_folders_are_not_versions(versions: Versions) -> None:
    shutil.copytree(versions.path("20240101-a"), versions.folder / ".20240104-d.tmp")
    (versions.folder / "20240105-e").mkdir()
    assert len(versions.names()) == 3
