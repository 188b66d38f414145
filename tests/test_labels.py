import json
from collections import Counter
from pathlib import Path

import pytest
from conftest import label_lines, write_labels
from hypothesis import given, settings
from hypothesis import strategies as st

from training.faults import faults
from training.labels import read_labels
from training.similarity import near_duplicates, shingles

ROOT = Path(__file__).parent.parent


def found(folder: Path) -> list[str]:
    return [str(fault) for fault in faults(read_labels(folder))]


def test_sound_labels_have_no_faults(small_labels: Path) -> None:
    assert found(small_labels) == []


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ('{"id": "x"', "JSON"),
        ("[]", "对象"),
        ('{"id": "x"}', "缺少字段"),
        ({"themes": ["无此"]}, "未知主题“无此”"),
        ({"themes": "学前"}, "列表"),
        ({"themes": ["学前", "幼教"]}, "两次"),
        ({"text": " "}, "文本为空"),
        ({"text": "字" * 5001}, "上限 5000"),
        ({"text": "plain English"}, "没有汉字"),
        ({"text": 3}, "应为字符串"),
        ({"kind": "page"}, "section 或 clause"),
        ({"extra": 1}, "未知字段 extra"),
        ({"id": "学前00"}, "已用于"),
    ],
)
def test_every_fault_is_named_with_file_and_line(tmp_path: Path, raw: str | dict[str, object], said: str) -> None:
    write_labels(tmp_path)
    sound = {"id": "new", "kind": "section", "text": "本校图书室每周开放五个下午。", "themes": []}
    sound |= {"source": "s", "annotator": "a", "date": "2026-01-01"}
    line = raw if isinstance(raw, str) else json.dumps({**sound, **raw}, ensure_ascii=False)
    lines = (tmp_path / "a.jsonl").read_text("utf-8").splitlines()
    (tmp_path / "a.jsonl").write_text("\n".join([*lines[:30], line, *lines[30:]]) + "\n", "utf-8")
    told = found(tmp_path)
    assert len(told) == 1
    assert told[0].startswith(f"{tmp_path / 'a.jsonl'}:31: ")
    assert said in told[0]


def test_duplicates_and_contradictions_are_told_apart(tmp_path: Path) -> None:
    first = label_lines()[0]
    text = str(first["text"])
    near = {**first, "id": "n", "text": text.replace("全年", "今年")}
    write_labels(tmp_path, [first, {**first, "id": "same"}, {**first, "id": "other", "themes": []}, near])
    told = "\n".join(found(tmp_path))
    assert "a.jsonl:2: 与" in told
    assert "重复,请删去一条" in told
    assert "文字相同而主题不同" in told
    assert "近似重复" in told


@settings(max_examples=60)
@given(st.lists(st.text("教育安全幼儿园经费", min_size=1, max_size=14), max_size=14), st.sampled_from([0.3, 0.6, 0.8]))
def test_prefix_filtering_finds_exactly_the_similar_pairs(texts: list[str], above: float) -> None:
    sets = [shingles(text) for text in texts]
    pairs = [(a, b) for b in range(len(sets)) for a in range(b)]
    expected = {(a, b) for a, b in pairs if len(sets[a] & sets[b]) / len(sets[a] | sets[b]) > above}
    assert {(a, b) for a, b, _ in near_duplicates(texts, above)} == expected


def test_the_shipped_labels_are_sound_and_broad_enough() -> None:
    labels = read_labels(ROOT / "labels")
    assert not faults(labels)
    kinds = Counter(item.kind for item in labels.items)
    assert kinds["section"] >= 2000
    assert kinds["clause"] >= 5000
    assert sum(not item.themes for item in labels.items) >= 500
    for theme in labels.codebook.active:
        carriers = [item for item in labels.items if theme.name in item.themes]
        assert sum(item.kind == "section" for item in carriers) >= 80, theme.name
        assert sum(item.kind == "clause" for item in carriers) >= 130, theme.name
        assert sum(item.kind == "section" and item.themes[0] != theme.name for item in carriers) >= 40, theme.name


def test_the_check_command_says_what_and_where(run_command, tmp_path: Path) -> None:
    write_labels(tmp_path)
    assert run_command("labels", "check", "--labels", tmp_path).returncode == 0
    with (tmp_path / "a.jsonl").open("a", encoding="utf-8") as file:
        file.write("{oops\n")
    told = run_command("labels", "check", "--labels", tmp_path)
    assert told.returncode == 1
    assert f"{tmp_path / 'a.jsonl'}:61:" in told.stdout.decode()
