"""labels import and labels export: real files, the real command."""

import csv
import json
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import label_lines, write_labels
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_themes.errors import InputError
from policy_themes.themes import Codebook
from training.exchange import Labelled, cells, read_file, write_file
from training.exchange.detect import FORMATS
from training.faults import faults
from training.labels import Fault, read_labels

NEW = "本校图书室每周开放五个下午\uff0c借阅册数逐月上墙。"
OTHER = "春季开学前\uff0c县里把三所村小的围墙和厕所翻修完毕。"
SUFFIX = {
    "csv": ".csv",
    "xlsx": ".xlsx",
    "jsonl": ".jsonl",
    "label-studio": ".json",
    "doccano": ".jsonl",
    "fasttext": ".txt",
}
KNOWN = dict.fromkeys(FORMATS, ("id", "kind", "source", "annotator", "date")) | {"fasttext": ()}
EVERY = pytest.mark.parametrize("name", FORMATS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A labels folder of its own."""
    write_labels(tmp_path / "labels")
    return tmp_path / "labels"


@pytest.fixture
def imported(run_command: Callable, folder: Path) -> Callable[..., tuple[int, str]]:
    """Runs the import into `folder`, gives exit code and everything printed."""

    def run(*words: str | Path) -> tuple[int, str]:
        done = run_command("labels", "import", *words, "--labels", folder)
        return done.returncode, (done.stdout + done.stderr).decode()

    return run


@pytest.fixture(scope="module")
def codebook(small_labels: Path) -> Codebook:
    return Codebook.read(small_labels / "themes.yaml")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def added(folder: Path) -> list[tuple[str, set[str]]]:
    """Text and themes of the items that are not in the fixture's file."""
    labels = read_labels(folder)
    assert not faults(labels)
    return [(item.text, set(item.themes)) for item in labels.items if "a.jsonl" not in item.where]


_ALPHABET = st.one_of(
    st.sampled_from("教育安全,、;|\"'=+-@\uff1d\n\r\t \\_{}[]0\u3000\u2028\x0b\x85\ufeff\ufffd\x1c"),
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"),
)
_PIECES = st.sampled_from(
    ["__label__学前 ", "_x000D_", "_x005F_", "x005F_", "=1+1", "'json:", "'=", "\r\n", '"a","b"', "\\n"]
)
TEXTS = st.lists(st.one_of(_PIECES, st.text(_ALPHABET, max_size=6)), max_size=6).map(lambda all_: "".join(all_) + "字")
FIELD = st.sampled_from(["", "来源/县,2026", "=a", "x y", "'q"])
ENTRIES = st.builds(
    Labelled,
    text=TEXTS,
    themes=st.lists(st.sampled_from(["学前", "安全", "经费"]), unique=True).map(tuple),
    id=st.sampled_from(["", "w-1", "@id", "十"]),
    kind=st.sampled_from(["section", "clause"]),
    annotator=FIELD,
    source=FIELD,
    date=st.sampled_from(["", "2026-01-01"]),
)


@EVERY
@settings(max_examples=60, deadline=None)
@given(entries=st.lists(ENTRIES, min_size=1, max_size=5))
def test_what_was_written_reads_the_same(name: str, codebook: Codebook, entries: list[Labelled]) -> None:
    def known(entry: Labelled) -> dict[str, object]:
        return {field: getattr(entry, field) for field in ("text", "themes", *KNOWN[name])}

    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"out{SUFFIX[name]}"
        write_file(path, entries, name)
        found = list(read_file(path, codebook, name))
        assert [known(entry) for entry in found] == [known(entry) for entry in entries]
        if name in ("csv", "xlsx"):
            write_file(path, entries, name, ["学前", "安全", "经费"])
            found = list(read_file(path, codebook))
            assert [(entry.text, set(entry.themes)) for entry in found] == [(e.text, set(e.themes)) for e in entries]


@settings(max_examples=300)
@given(TEXTS)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert not re.match(r"\s*[=+\-@]|[\t\r\n]", cells.safe(text))
    assert cells.restored(cells.safe(text)) == text


@EVERY
def test_exported_labels_import_to_the_same_items(name: str, run_command: Callable, imported, folder: Path) -> None:
    path = folder.parent / f"out{SUFFIX[name]}"
    assert run_command("labels", "export", path, "--labels", folder, "--format", name).returncode == 0
    before = contents(folder)
    code, told = imported(path)
    assert (code, contents(folder)) == (0, before), told
    assert "相同 60 条" in told
    (folder / "a.jsonl").unlink()
    code, told = imported(path, "--to", "back")
    assert code == 0, told
    assert added(folder) == [(line["text"], set(line["themes"])) for line in label_lines()]
    if name != "fasttext":
        assert (folder / "back.jsonl").read_bytes() == before["a.jsonl"]


FILES = {
    "marks.csv": f"序号,正文,学前,安全,经费,备注\n1,{NEW},1,0,,好\n2,{OTHER},,✓,x,\n",
    "names.csv": f"text;主题\n{NEW};幼教\n{OTHER};安全、funding\n",
    "parted.csv": f"text,labels\n{NEW},学前\uff0c幼教\n{OTHER},安全| 经费\n",
    "ours.jsonl": "".join(
        json.dumps({"text": text, "themes": themes}, ensure_ascii=False) + "\n\n"
        for text, themes in ((NEW, ["学前"]), (OTHER, ["安全", "经费"]))
    ),
    "doccano.jsonl": f'{{"id": 1, "text": "{NEW}", "label": ["preschool"]}}\n{{"id": 2, "data": "{OTHER}", "labels": ["安全", "经费"]}}\n',
    "min.json": json.dumps(
        [
            {"id": 7, "text": NEW, "choice": "学前", "annotator": 3, "created_at": "2026-02-03T04:05:06Z"},
            {"id": 8, "text": OTHER, "choice": {"choices": ["安全", "经费"]}},
        ]
    ),
    "fast.txt": f"__label__学前 {NEW}\n__label__安全 __label__经费 {OTHER}\n",
}


@pytest.mark.parametrize("file", FILES)
def test_files_of_other_programs_are_told_apart_and_read(file: str, imported, folder: Path) -> None:
    path = written(folder.parent / file, FILES[file])
    code, told = imported(path, "--annotator", "李", "--to", "new")
    assert code == 0, told
    assert [themes for _, themes in added(folder)] == [{"学前"}, {"安全", "经费"}]
    lines = [json.loads(line) for line in (folder / "new.jsonl").read_text("utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["new-0001", "new-0002"]
    assert list(lines[0]) == ["id", "kind", "text", "themes", "source", "annotator", "date"]
    assert lines[1]["source"] == path.stem
    assert lines[1]["annotator"] == "李"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", lines[0]["date"])


def test_tables_in_gb18030_and_workbooks_with_dates(imported, folder: Path) -> None:
    import datetime

    from openpyxl import Workbook

    gb = folder.parent / "国标.csv"
    gb.write_bytes(f"正文,主题\n{NEW},幼教\n".encode("gb18030"))
    book = Workbook()
    book.active.append(["正文", "安全", "经费", "日期"])
    book.active.append([OTHER, True, 0, datetime.datetime(2026, 3, 4)])
    book.save(folder.parent / "表.xlsx")
    code, told = imported(gb, folder.parent / "表.xlsx")
    assert code == 0, told
    assert [themes for _, themes in added(folder)] == [{"学前"}, {"安全"}]
    (made,) = folder.glob("import-20*.jsonl")
    assert '"2026-03-04"' in made.read_text("utf-8")


def _line(**fields: object) -> str:
    return json.dumps({"text": NEW, "themes": ["学前"], **fields}, ensure_ascii=False)


THERE = str(label_lines()[0]["text"])
FAULTS = [
    ("a.jsonl", _line(themes=["学前教育"]), 1, "是否为“学前”"),
    ("a.jsonl", f"{_line()}\n{_line(text=' ')}", 2, "文本为空"),
    ("a.jsonl", _line(text="plain English"), 1, "没有汉字"),
    ("a.jsonl", _line(text="字" * 5001), 1, "上限 5000"),
    ("a.jsonl", _line(text="字" * 201, kind="clause"), 1, "上限 200"),
    ("a.jsonl", _line(kind="page"), 1, "section 或 clause"),
    ("a.jsonl", _line(id="学前00"), 1, "已用于"),
    ("a.jsonl", _line(id="x" * 300), 1, "200 个字符"),
    ("a.jsonl", _line(more=1), 1, "未知字段 more"),
    ("a.jsonl", _line(themes="学前"), 1, "列表"),
    ("a.jsonl", _line(source=["s"]), 1, "应为字符串"),
    ("a.jsonl", f"{_line()}\n{{oops", 2, "JSON"),
    ("a.jsonl", "[]\n", None, "没有标注"),
    ("a.jsonl", _line(text=THERE, themes=["安全"]), 1, "--replace"),
    ("a.jsonl", f"{_line()}\n{_line(themes=['安全'])}", 2, "请留下一条"),
    ("a.csv", f'text,学前\n"{NEW}\n第二行",1\n{OTHER},大概', 4, "不是标记"),
    ("a.csv", f"text,学前,校园\n{NEW},1,\n{OTHER},,1", 1, "未知主题“校园”"),
    ("a.csv", f"text,themes\n{NEW},学前,安全", 2, "单元格多于表头"),
    ("a.csv", f"名称,themes\n{NEW},学前", 1, "没有正文列"),
    ("a.csv", f"text,说明\n{NEW},好", 1, "没有主题列"),
    ("a.csv", f"text,text,themes\n{NEW},,学前", 1, "列名重复"),
    ("a.csv", f'text,themes\n"{NEW},学前', 2, "CSV"),
    ("a.xlsx", "PK\x03\x04 no book", None, "xlsx 工作簿"),
    ("a.json", '[{"data": {"text": "教"}, "annotations": []}]', "1#1", "尚未标注"),
    ("a.json", '[\n{"text": "教"}]', "2#1", "尚未标注"),
    ("a.json", '[{"text": "教", "choice": "学前"}, {', "1#2", "JSON"),
    ("a.jsonl", '{"text": "教", "label": [[0, 1, "学前"]]}', 1, "名称的列表"),
    ("a.txt", f"__label__学前 {NEW}\n__label__安前 {OTHER}", 2, "安全"),
    ("a.txt", f"__label__学前 {NEW}\n__label__安全", 2, "文本为空"),
    ("a.bin", "1 2 3", None, "--format"),
]


@pytest.mark.parametrize(("file", "text", "line", "said"), FAULTS, ids=range(len(FAULTS)))
def test_a_fault_is_named_with_its_line_and_nothing_is_written(file, text, line, said, imported, folder) -> None:
    path, before = written(folder.parent / file, text), contents(folder)
    for preview in ([], ["--preview"]):
        code, told = imported(path, *preview)
        assert (code, contents(folder)) == (2, before)
        assert f"{path}:{line}: " in told if line else f"{path}" in told
        assert said in told.splitlines()[0]
        assert "Traceback" not in told


def test_every_fault_of_every_file_is_reported(imported, folder: Path) -> None:
    one = written(folder.parent / "one.jsonl", f"{_line(text='')}\n{_line()}\n{_line(text='abc', themes=['无'])}\n")
    code, told = imported(one, folder.parent / "absent.csv", "--to", "x")
    assert code == 2
    assert [line.split(": ")[0] for line in told.splitlines()[:4]] == [
        f"{one}:1",
        f"{one}:3",
        f"{one}:3",
        str(folder.parent / "absent.csv"),
    ]
    assert "有 4 处错误,未写入" in told


def test_preview_counts_and_writes_nothing(imported, folder: Path) -> None:
    near = str(THERE).replace("全年", "今年")
    texts = [_line(), _line(), _line(text=THERE), _line(text=near, themes=["安全"]), _line(text=OTHER, themes=[])]
    path, before = written(folder.parent / "p.jsonl", "\n".join(texts)), contents(folder)
    code, told = imported(path, "--preview")
    assert (code, contents(folder)) == (0, before)
    assert "新增 2 条,相同 2 条,替换 0 条,冲突 0 条,近似重复 1 条" in told
    assert f"警告 warning: {path}:4: 与 {folder / 'a.jsonl'}:1 近似重复" in told
    assert "学前 1、不带主题 none 1" in told
    assert imported(path)[0] == 0
    assert [text for text, _ in added(folder)] == [NEW, OTHER]


def test_replace_rewrites_only_the_line_in_question(imported, folder: Path) -> None:
    path, before = written(folder.parent / "r.jsonl", _line(text=THERE, themes=["安全", "学前"])), contents(folder)
    assert imported(path, "--replace", "--preview")[0] == 0
    assert contents(folder) == before
    code, told = imported(path, "--replace")
    assert code == 0, told
    lines, now = before["a.jsonl"].split(b"\n"), (folder / "a.jsonl").read_bytes().split(b"\n")
    assert [at for at, line in enumerate(now) if line != lines[at]] == [0]
    assert {**json.loads(now[0]), "themes": ["学前"], "annotator": "测试", "date": "2026-01-01"} == json.loads(lines[0])
    assert json.loads(now[0])["themes"] == ["安全", "学前"]
    assert contents(folder).keys() == before.keys()


def test_items_are_appended_and_numbered_on(imported, folder: Path) -> None:
    for text in (NEW, OTHER):
        assert imported(written(folder.parent / "n.jsonl", _line(text=text)), "--to", "n.jsonl")[0] == 0
    lines = [json.loads(line) for line in (folder / "n.jsonl").read_text("utf-8").splitlines()]
    assert [(line["id"], line["text"]) for line in lines] == [("n-0001", NEW), ("n-0002", OTHER)]
    assert imported(written(folder.parent / "n.jsonl", _line()), "--to", "../n")[0] == 2
    assert imported(folder.parent / "n.jsonl", "--to", "real")[0] == 2


def test_a_folder_with_a_codebook_only_can_be_filled(imported, folder: Path) -> None:
    (folder / "a.jsonl").unlink()
    assert imported(written(folder.parent / "n.jsonl", _line()))[0] == 0
    assert added(folder) == [(NEW, {"学前"})]


def test_annotations_that_differ_are_refused_and_people_are_kept(codebook: Codebook, tmp_path: Path) -> None:
    def task(*chosen: list[str]) -> dict[str, object]:
        by = {"completed_by": {"id": 1, "email": "li@school"}, "created_at": "2026-05-06T00:00:00Z"}
        made = [{"result": [{"type": "choices", "value": {"choices": one}}], **by} for one in chosen]
        return {"id": 9, "data": {"text": NEW}, "annotations": [*made, {"was_cancelled": True, "result": []}]}

    path = written(tmp_path / "t.json", json.dumps([task(["学前"], ["学前"]), task(["学前"], ["安全"]), task([])]))
    first, second, third = read_file(path, codebook)
    assert (first.themes, first.annotator, first.date) == (("学前",), "li@school", "2026-05-06")
    assert isinstance(second, Fault)
    assert "互不一致" in second.zh
    assert third.themes == ()


def test_export_refuses_the_labels_folder_and_tells_of_faulty_lines(run_command, folder: Path) -> None:
    inside = run_command("labels", "export", folder / "b.jsonl", "--labels", folder)
    assert (inside.returncode, (folder / "b.jsonl").exists()) == (2, False)
    with (folder / "a.jsonl").open("a", encoding="utf-8") as file:
        file.write("{oops\n")
    done = run_command("labels", "export", folder.parent / "o.csv", "--labels", folder, "--marks")
    assert done.returncode == 1
    assert "a.jsonl:61" in done.stderr.decode()
    with (folder.parent / "o.csv").open(encoding="utf-8-sig", newline="") as file:
        rows: Iterator[dict[str, str]] = csv.DictReader(file)
        assert sum(row["安全"] == "1" for row in rows) == 20
    assert run_command("labels", "export", folder.parent / "o.odt", "--labels", folder).returncode == 2
    assert run_command("labels", "export", folder.parent / "o.json", "--labels", folder, "--marks").returncode == 2


def test_files_have_bounds(codebook: Codebook, tmp_path: Path, imported) -> None:
    many = written(tmp_path / "m.txt", "__label__学前 教\n" * 200_001)
    last = list(read_file(many, codebook))[-1]
    assert "超过 200000 条" in str(last)
    large = tmp_path / "l.csv"
    with large.open("wb") as file:
        file.truncate(100_000_001)
    code, told = imported(large)
    assert code == 2
    assert "超过 100 MB" in told
    with pytest.raises(InputError):
        write_file(tmp_path / "x.txt", [Labelled("字", ("a b",))])
