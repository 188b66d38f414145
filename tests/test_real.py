"""Labels of real documents without their text. The documents here are written for the tests."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from conftest import write_labels
from hypothesis import given
from hypothesis import strategies as st

from policy_themes.documents.clean import cleaned
from policy_themes.errors import InputError, LabelError
from policy_themes.store import load_manifest
from policy_themes.versions import Versions
from training.real import RealSection, find, read_real
from training.run import train

SECTIONS = [
    ("1", "1.新建公办幼儿园三所,增加学位九百个。", ["学前"]),
    ("2", "2.每月排查一次校园消防隐患,\n逐项销号。", ["安全"]),
    ("3", "3.按时足额拨付生均公用经费。", ["经费"]),
]
DOCUMENT = (
    "某县教育局工作要点\n发布时间:2024年1月\n" + "\n".join(text for _, text, _ in SECTIONS) + "\n附件:任务分工表\n"
)


def write_real(labels: Path, title: str = "某县要点") -> None:
    rows = [
        asdict(RealSection.of("county", number, text, themes)) | {"title": title} for number, text, themes in SECTIONS
    ]
    (labels / "real.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    write_labels(tmp_path / "labels")
    write_real(tmp_path / "labels")
    return tmp_path / "labels"


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    (tmp_path / "文件" / "2024").mkdir(parents=True)
    (tmp_path / "文件" / "2024" / "要点.txt").write_bytes(DOCUMENT.encode("gb18030"))
    (tmp_path / "文件" / "其他.txt").write_text("与此无关的一份通知。", "utf-8")
    return tmp_path / "文件"


def test_sections_are_found_whatever_the_layout(labels: Path, documents: Path) -> None:
    found = find(documents, read_real(labels))
    assert [(one.section, one.themes) for one, _ in found] == [("1", ("学前",)), ("2", ("安全",)), ("3", ("经费",))]
    assert [text for _, text in found] == [text for _, text, _ in SECTIONS]
    spaced = DOCUMENT.replace("经费", "经 费").replace(",", "\uff0c")
    (documents / "2024" / "要点.txt").write_text(spaced, "utf-8")
    assert len(find(documents, read_real(labels))) == 3


def test_the_file_holds_no_text(labels: Path) -> None:
    kept = (labels / "real.jsonl").read_text("utf-8")
    assert not any(text[2:8] in kept for _, text, _ in SECTIONS)


def test_an_altered_section_is_not_taken_for_the_labelled_one(labels: Path, documents: Path) -> None:
    (documents / "2024" / "要点.txt").write_text(DOCUMENT.replace("九百", "八百"), "utf-8")
    assert [one.section for one, _ in find(documents, read_real(labels))] == ["2", "3"]


def test_evaluate_measures_on_a_folder(run_command, labels: Path, documents: Path) -> None:
    told = run_command("evaluate", documents, "--labels", labels)
    assert told.returncode == 0, told.stderr.decode()
    assert " 3 段 " in told.stdout.decode()


def test_a_folder_without_any_of_them_is_an_error(run_command, labels: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    told = run_command("evaluate", tmp_path / "empty", "--labels", labels)
    assert told.returncode == 2
    assert "没有找到" in told.stderr.decode()
    with pytest.raises(InputError, match="没有这个文件夹"):
        find(tmp_path / "missing", read_real(labels))


def test_a_faulty_entry_is_named(labels: Path) -> None:
    with (labels / "real.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"document": "x"}\n')
    with pytest.raises(LabelError, match=r"real\.jsonl:4"):
        read_real(labels)


def test_found_sections_join_the_training(labels: Path, documents: Path, tmp_path: Path) -> None:
    candidate = train(labels, Versions(tmp_path / "models"), "20200101", documents=documents)
    assert load_manifest(candidate.folder)["labels"]["sections"] == 63
    assert not any(
        text[2:10] in path.read_text("utf-8", "ignore")
        for path in candidate.folder.iterdir()
        for _, text, _ in SECTIONS
    )


def test_traditional_text_with_pinyin_is_cleaned() -> None:
    assert cleaned("發(fā)布時(shí)間:學校黨務動員會(huì)議(第一次)") == "发布时间:学校党务动员会议(第一次)"
    assert cleaned("於潛鎮學校會議開幕") == "于潜镇学校会议开幕"


def test_simplified_text_is_left_alone() -> None:
    text = "华罗庚与萬家(集团)学校签约,著名学者到会(hui)。"
    assert cleaned(text) == text.replace("(hui)", "")


@given(st.text(st.sampled_from("學校教育(jiào)會安全,。\n党建") | st.characters(exclude_categories=["Cs"])))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


def test_the_shipped_real_labels_are_found_in_the_real_documents() -> None:
    root = Path(__file__).parent.parent
    real = root.parent / "shared/dev"
    if not real.exists():
        pytest.skip("../shared/dev is not here")
    assert len(find(real, read_real(root / "labels"))) == len(read_real(root / "labels")) == 90
