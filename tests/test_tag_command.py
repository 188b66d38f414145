"""`policy-themes tag` as people run it: real files in, real files out."""

import csv
import json
import signal
import subprocess
from pathlib import Path

import pyarrow
import pytest
from conftest import COMMAND
from openpyxl import Workbook, load_workbook
from pyarrow import parquet

TEXTS = ["新建公办幼儿园3所。", "排查校园消防隐患,开展应急演练。", "同志们,大家上午好!"]
EXPECTED = [{"学前", "基建"}, {"安全"}, set()]


def write_jsonl(path: Path, texts: list[str]) -> Path:
    lines = [{"id": f"n{at}", "text": text, "year": 2020 + at} for at, text in enumerate(texts)]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    return path


def read_jsonl(raw: str) -> list[dict]:
    return [json.loads(line) for line in raw.splitlines()]


def names(row: dict) -> set[str]:
    return {theme["name"] for theme in row["themes"]}


def test_jsonl_keeps_order_ids_and_other_columns(run_command, tmp_path: Path) -> None:
    texts = TEXTS * 200
    given, out = write_jsonl(tmp_path / "in.jsonl", texts), tmp_path / "out.jsonl"
    assert run_command("tag", given, "-o", out).returncode == 0
    rows = read_jsonl(out.read_text("utf-8"))
    assert [row["id"] for row in rows] == [f"n{at}" for at in range(600)]
    assert [row["year"] for row in rows] == [2020 + at for at in range(600)]
    assert [names(row) for row in rows] == EXPECTED * 200
    assert all(set(theme) == {"id", "name", "probability"} for row in rows for theme in row["themes"])


def test_streams(run_command, tmp_path: Path) -> None:
    given = write_jsonl(tmp_path / "in.jsonl", TEXTS).read_bytes()
    done = run_command("tag", "-", "-o", "-", "--evidence", "--scores", given=given)
    assert done.returncode == 0
    rows = read_jsonl(done.stdout.decode())
    assert [names(row) for row in rows] == EXPECTED
    assert rows[1]["themes"][0]["evidence"][0]["text"] == TEXTS[1]
    assert all(len(row["scores"]) == 34 for row in rows)
    assert done.stderr == b""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_any_office_encoding_gives_csv_that_excel_opens(run_command, tmp_path: Path, encoding: str) -> None:
    given, out = tmp_path / "in.csv", tmp_path / "out.csv"
    with given.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([["编号", "正文"], *([str(at), text] for at, text in enumerate(TEXTS))])
    assert run_command("tag", given, "-o", out).returncode == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["编号"] for row in rows] == ["0", "1", "2"]
    assert [set(filter(None, row["主题"].split("、"))) for row in rows] == EXPECTED


def test_xlsx_in_and_out(run_command, tmp_path: Path) -> None:
    given, out = tmp_path / "in.xlsx", tmp_path / "out.xlsx"
    book = Workbook()
    book.active.append(["编号", "text"])
    for at, text in enumerate(TEXTS):
        book.active.append([at, text])
    book.save(given)
    assert run_command("tag", given, "-o", out, "--evidence").returncode == 0
    sheet = load_workbook(out).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("编号", "text", "主题", "概率", "依据", "错误")
    assert [set(filter(None, (row[2] or "").split("、"))) for row in rows[1:]] == EXPECTED
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:F4"


def test_parquet_in_and_out(run_command, tmp_path: Path) -> None:
    given, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    parquet.write_table(pyarrow.table({"编号": [1, 2, 3], "正文": TEXTS}), given)
    assert run_command("tag", given, "-o", out).returncode == 0
    rows = parquet.read_table(out).to_pylist()
    assert [row["编号"] for row in rows] == [1, 2, 3]
    assert [names(row) for row in rows] == EXPECTED


def test_a_plain_document_gives_a_row_a_section(run_command, tmp_path: Path) -> None:
    document = tmp_path / "要点.txt"
    text = "某县教育局工作要点\n一、办好学前教育\n1.新建公办幼儿园3所。\n2.治理“小学化”倾向。\n"
    document.write_bytes(text.encode("gb18030"))
    done = run_command("tag", document, "-o", "-")
    rows = read_jsonl(done.stdout.decode())
    assert [(row["document"], row["number"], row["heading"]) for row in rows] == [
        ("要点.txt", "1.", "一、办好学前教育"),
        ("要点.txt", "2.", "一、办好学前教育"),
    ]
    assert all(text[row["start"] : row["end"]] == row["text"] for row in rows)


def test_formulas_in_cells_stay_text(run_command, tmp_path: Path) -> None:
    given = tmp_path / "in.jsonl"
    given.write_text(json.dumps({"text": "=新建幼儿园()", "note": "=1+1"}) + "\n", "utf-8")
    assert run_command("tag", given, "-o", tmp_path / "o.csv").returncode == 0
    assert ",'=1+1," in (tmp_path / "o.csv").read_text("utf-8-sig")
    assert run_command("tag", given, "-o", tmp_path / "o.xlsx").returncode == 0
    assert load_workbook(tmp_path / "o.xlsx").active["B2"].data_type == "s"


def test_a_column_called_themes_is_carried_under_another_name(run_command, tmp_path: Path) -> None:
    given = tmp_path / "in.jsonl"
    given.write_text(json.dumps({"text": TEXTS[0], "themes": ["旧"]}) + "\n", "utf-8")
    row = read_jsonl(run_command("tag", given, "-o", "-").stdout.decode())[0]
    assert row["themes_input"] == ["旧"]
    assert "学前" in names(row)


def test_one_bad_row_is_reported_and_the_rest_is_written(run_command, tmp_path: Path) -> None:
    given, out = write_jsonl(tmp_path / "in.jsonl", [TEXTS[0], "", TEXTS[1], "a\0"]), tmp_path / "out.jsonl"
    done = run_command("tag", given, "-o", out)
    assert done.returncode == 1
    rows = read_jsonl(out.read_text("utf-8"))
    assert [row.get("error", {}).get("code") for row in rows] == [None, "text-empty", None, "text-nul"]
    assert [names(row) for row in rows] == [EXPECTED[0], set(), EXPECTED[1], set()]
    told = done.stderr.decode()
    assert f"{given}:2:" in told
    assert f"{given}:4:" in told


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", '{"text": "新建"}\n{"text": \n', ":2: 不是合法的 JSON"),
        ("b.jsonl", '{"body": "新建"}\n', "没有正文列"),
        ("c.jsonl", '{"text": 5}\n', ":1: 列“text”应为文字"),
        ("d.csv", "编号,名称\n1,甲\n", "没有正文列"),
        ("e.csv", 'text,x\n"新建,1\n', "CSV 格式有误"),
        ("f.csv", "text,text\n新建,1\n", "列名重复"),
        ("g.csv", "text\n新建,扩建\n", ":2: 有 2 个单元格"),
        ("h.xlsx", "not a workbook", "不是可读的 xlsx"),
        ("h.parquet", "not parquet", "不是可读的 Parquet"),
        ("i.exe", "x", "还不会读 .exe"),
        ("j.docx", "x", "j.docx"),
        ("missing.csv", None, "没有这个文件"),
    ],
)
def test_a_bad_table_is_refused_whole(run_command, tmp_path: Path, name: str, content: str | None, said: str) -> None:
    given, out = tmp_path / name, tmp_path / "out.jsonl"
    out.write_text("先前的结果", "utf-8")
    if content is not None:
        given.write_text(content, "utf-8")
    done = run_command("tag", given, "-o", out)
    told = done.stderr.decode()
    assert done.returncode == 2
    assert said in told
    assert str(given) in told
    assert "Traceback" not in told
    assert out.read_text("utf-8") == "先前的结果"
    assert {path.name for path in tmp_path.iterdir()} <= {name, "out.jsonl"}


def test_an_output_nobody_can_write_is_refused_at_once(run_command, tmp_path: Path) -> None:
    given = write_jsonl(tmp_path / "in.jsonl", TEXTS)
    assert run_command("tag", given, "-o", tmp_path / "none" / "out.jsonl").returncode == 2
    told = run_command("tag", given, "-o", tmp_path / "out.pdf")
    assert told.returncode == 2
    assert "不会写 .pdf" in told.stderr.decode()


def test_a_damaged_model_is_named(run_command, tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    told = run_command("tag", "-", "-o", "-", "--model", tmp_path / "m", given=b"")
    assert told.returncode == 1
    assert "manifest.json" in told.stderr.decode()


def test_a_kill_leaves_the_earlier_result(tmp_path: Path) -> None:
    given, out = write_jsonl(tmp_path / "in.jsonl", TEXTS), tmp_path / "out.jsonl"
    out.write_text("先前的结果", "utf-8")
    process = subprocess.Popen([COMMAND, "tag", "-", "-o", out], stdin=subprocess.PIPE)
    # Enough rows that some have been written, and no end of input: the command is in the middle of its work.
    for _ in range(400):
        process.stdin.write(given.read_bytes())
    process.stdin.flush()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close()
    assert out.read_text("utf-8") == "先前的结果"


def test_split_shows_a_tree(run_command, tmp_path: Path) -> None:
    document = tmp_path / "要点.txt"
    document.write_text("一、办好学前教育\n1.新建公办幼儿园3所。\n", "utf-8")
    told = run_command("split", document).stdout.decode()
    assert told.index("一、办好学前教育") < told.index("1.新建公办幼儿园3所。")
