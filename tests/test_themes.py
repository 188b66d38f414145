from pathlib import Path

import pytest

from policy_themes import Codebook
from policy_themes.errors import CodebookError

ROOT = Path(__file__).parent.parent


def test_the_shipped_codebook_has_its_34_themes() -> None:
    codebook = Codebook.read(ROOT / "labels/themes.yaml")
    assert len(codebook.active) == 34
    assert codebook.name_of("party") == codebook.name_of("党建") == "党建"
    assert codebook.name_of("不存在") is None
    assert all(theme.covers for theme in codebook.themes)


def test_old_names_are_read_and_retired_themes_are_not(tmp_path: Path) -> None:
    path = tmp_path / "themes.yaml"
    path.write_text(
        "themes:\n  学前: {id: pre, covers: 园, aliases: [幼教]}\n  旧: {id: old, covers: 旧, retired: true}\n", "utf-8"
    )
    codebook = Codebook.read(path)
    assert codebook.name_of("幼教") == "学前"
    assert codebook.name_of("旧") is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("themes: [a", "YAML"),
        ("- 1", "themes"),
        ("themes: {}", "themes"),
        ("themes: {学前: {covers: 园}}", "学前"),
        ("themes: {学前: {id: 学, covers: 园}}", "id"),
        ("themes: {甲: {id: a, covers: 一}, 乙: {id: a, covers: 二}}", "“a”"),
        ("themes: {甲: {id: a, covers: 一}, 乙: {id: b, covers: 二, aliases: [甲]}}", "“甲”"),
        ("themes: !!python/object/apply:os.system [true]", "YAML"),
    ],
)
def test_a_faulty_codebook_is_refused_by_name(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "themes.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(CodebookError, match=said) as caught:
        Codebook.read(path)
    assert str(path) in caught.value.where


def test_a_missing_codebook_is_named(tmp_path: Path) -> None:
    with pytest.raises(CodebookError, match=r"none\.yaml"):
        Codebook.read(tmp_path / "none.yaml")
