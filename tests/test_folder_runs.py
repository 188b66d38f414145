"""`policy-themes tag FOLDER`: mixed folders, the workbook, faults, kills and resuming."""

import csv
import json
import os
import resource
import signal
import subprocess
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import COMMAND
from openpyxl import load_workbook

PLAN = """某县教育局{year}年工作要点
一、办好学前教育
1.新建公办幼儿园{n}所,增加普惠学位。
2.治理幼儿园“小学化”倾向。
二、守牢安全底线
3.排查校园消防隐患{n}处,开展应急演练。
"""
NOTICE = """某县教育局关于做好资助工作的通知
各中心校:
一、向家庭经济困难学生发放助学金{n}万元。
二、资助资金一律打卡发放。
某县教育局
{year}年3月5日
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a subfolder, an archive, a link to itself, litter, and two files that cannot be read."""
    top = tmp_path / "文件"
    (top / "乡镇").mkdir(parents=True)
    (top / "要点2023.txt").write_bytes(PLAN.format(year=2023, n=3).encode("gb18030"))
    (top / "要点2024.txt").write_text(PLAN.format(year=2024, n=5), "utf-8")
    (top / "乡镇" / "通知.md").write_text(NOTICE.format(year=2024, n=12), "utf-16")
    with zipfile.ZipFile(top / "归档.zip", "w") as archive:
        archive.writestr("旧/通知2019.txt", NOTICE.format(year=2019, n=7))
    (top / "坏.docx").write_bytes(b"PK\x03\x04 not a package")
    (top / "照片.png").write_bytes(b"\x89PNG\r\n")
    (top / ".隐藏.txt").write_text("隐藏的文件不读。", "utf-8")
    (top / "~$要点.docx").write_bytes(b"lock")
    (top / "回路").symlink_to(top, target_is_directory=True)
    return top


def many(top: Path, count: int) -> Path:
    """A folder of `count` different documents."""
    top.mkdir()
    for at in range(count):
        shape = PLAN if at % 2 else NOTICE
        (top / f"文{at:04d}.txt").write_text(shape.format(year=2005 + at % 20, n=at + 1) * (1 + at % 7), "utf-8")
    return top


def journal_of(output: Path) -> Path:
    return output.with_name(f".{output.name}.progress")


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_readable_file_is_tagged_once_and_the_others_are_listed(
    run_command, folder: Path, tmp_path: Path
) -> None:
    done = run_command("tag", folder, "-o", tmp_path / "结果.jsonl")
    assert done.returncode == 1
    found = rows(tmp_path / "结果.jsonl")
    assert list(dict.fromkeys(row["document"] for row in found)) == [
        "乡镇/通知.md",
        "归档.zip/旧/通知2019.txt",
        "要点2023.txt",
        "要点2024.txt",
    ]
    assert [row["number"] for row in found if row["document"] == "要点2024.txt"] == ["1.", "2.", "3."]
    assert all(row["kind"] == "section" for row in found)
    told = done.stderr.decode()
    assert "坏.docx" in told
    assert "照片.png" in told
    assert "Traceback" not in told
    assert not journal_of(tmp_path / "结果.jsonl").exists()


def test_the_workbook_answers_which_plan_says_what_on_which_theme(run_command, folder: Path, tmp_path: Path) -> None:
    assert run_command("tag", folder, "-o", tmp_path / "结果.xlsx").returncode == 1
    book = load_workbook(tmp_path / "结果.xlsx")
    assert book.sheetnames == ["章节", "文档×主题", "主题汇总", "比较", "文档", "问题"]
    header, *sections = book["章节"].iter_rows(values_only=True)
    assert header[:8] == ("文件", "编号", "标题路径", "正文", "主题", "概率", "依据", "错误")
    assert book["章节"].freeze_panes == "A2"
    assert book["章节"].auto_filter.ref == f"A1:K{len(sections) + 1}"
    matrix = {row[0]: row for row in book["文档×主题"].iter_rows(values_only=True)}
    preschool = matrix["文件"].index("学前")
    assert matrix["要点2023.txt"][preschool] == 2
    assert matrix["乡镇/通知.md"][preschool] is None
    totals = {row[0]: row[1] for row in book["主题汇总"].iter_rows(values_only=True)}
    assert totals["学前"] == 4
    assert len(book["主题汇总"]._charts) == 1
    shares = {row[0]: row for row in book["比较"].iter_rows(values_only=True)}
    assert shares["2024 年合计"][2] == 5
    facts = {row[0]: row for row in book["文档"].iter_rows(values_only=True)}
    assert facts["要点2023.txt"][1] == "某县教育局2023年工作要点"
    assert facts["归档.zip/旧/通知2019.txt"][2:6] == ("某县教育局", None, "2019-03-05", 2019)
    problems = [row[0] for row in book["问题"].iter_rows(values_only=True, min_row=2)]
    assert [Path(problem).name for problem in problems] == ["坏.docx", "照片.png"]


def test_every_format_has_the_same_rows(run_command, folder: Path, tmp_path: Path) -> None:
    from pyarrow import parquet

    for suffix in ("jsonl", "csv", "parquet", "html"):
        run_command("tag", folder, "-o", tmp_path / f"o.{suffix}")
    expected = rows(tmp_path / "o.jsonl")
    table = parquet.read_table(tmp_path / "o.parquet").to_pylist()
    assert [row["text"] for row in table] == [row["text"] for row in expected]
    assert [[theme["name"] for theme in row["themes"]] for row in table] == [
        [theme["name"] for theme in row["themes"]] for row in expected
    ]
    with (tmp_path / "o.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["正文"] for row in csv.DictReader(file)] == [row["text"] for row in expected]
    page = (tmp_path / "o.html").read_text("utf-8")
    assert page.count("<article") == len(expected)
    assert "http://" not in page
    assert "https://" not in page


def test_hostile_text_is_text_on_the_page(run_command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("<script>alert(1)</script>新建幼儿园&三所。\n", "utf-8")
    run_command("tag", tmp_path / "a.txt", "-o", tmp_path / "o.html")
    page = (tmp_path / "o.html").read_text("utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_boilerplate_is_written_when_asked_for_and_never_tagged(run_command, folder: Path, tmp_path: Path) -> None:
    run_command("tag", folder / "乡镇", "-o", tmp_path / "o.jsonl", "--boilerplate")
    kinds = [(row["kind"], bool(row["themes"])) for row in rows(tmp_path / "o.jsonl")]
    assert kinds == [
        ("title", False),
        ("boilerplate", False),
        ("section", True),
        ("section", True),
        ("boilerplate", False),
        ("boilerplate", False),
    ]


def test_one_and_several_workers_give_the_same_bytes(run_command, tmp_path: Path) -> None:
    top = many(tmp_path / "many", 30)
    for suffix in ("jsonl", "xlsx", "csv"):
        for workers in (1, 3):
            assert run_command("tag", top, "-o", tmp_path / f"{workers}.{suffix}", "--workers", workers).returncode == 0
        assert (tmp_path / f"1.{suffix}").read_bytes() == (tmp_path / f"3.{suffix}").read_bytes()


def interrupted(top: Path, out: Path, lines: int, *words: str) -> None:
    """Start a run and kill it, all its processes, once its journal has more than `lines` lines."""
    process = subprocess.Popen(
        [COMMAND, "tag", top, "-o", out, *words], stderr=subprocess.DEVNULL, start_new_session=True
    )
    until(lambda: journal_of(out).exists() and journal_of(out).read_bytes().count(b"\n") > lines, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def until(condition: Callable[[], bool], process: subprocess.Popen) -> None:
    """Wait for `condition`, as long as the process runs."""
    pause = threading.Event()
    while not condition() and process.poll() is None:
        pause.wait(0.002)


@pytest.mark.parametrize("suffix", ["jsonl", "xlsx"])
def test_a_killed_run_goes_on_where_it_stopped(run_command, tmp_path: Path, suffix: str) -> None:
    top, out, whole = many(tmp_path / "many", 120), tmp_path / f"out.{suffix}", tmp_path / f"whole.{suffix}"
    out.write_text("先前的结果", "utf-8")
    run_command("tag", top, "-o", whole)
    journal, done_before = journal_of(out), 0
    for goal in (15, 50, 90):
        interrupted(top, out, goal, "--resume")
        assert out.read_text("utf-8") == "先前的结果"
        kept = [json.loads(line)["index"] for line in journal.read_bytes().split(b"\n")[1:] if line.endswith(b"}")]
        assert len(kept) == len(set(kept)) >= max(goal, done_before)
        done_before = len(kept)
    # A write that the kill cut short is dropped, nothing before it is.
    with journal.open("ab") as file:
        file.write(b'{"index": 5, "key": "cut sh')
    assert run_command("tag", top, "-o", out, "--resume").returncode == 0
    assert out.read_bytes() == whole.read_bytes()
    assert not journal.exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_what_stands_behind_a_line_that_cannot_be_read_is_not_written(
    run_command, tmp_path: Path, workers: int
) -> None:
    top = tmp_path / "文件"
    top.mkdir()
    lines = [
        json.dumps({"id": at, "text": f"第{at}次排查校园消防隐患。"}, ensure_ascii=False) for at in range(1, 1_001)
    ]
    lines[399] = lines[899] = "{"
    (top / "表.jsonl").write_text("\n".join(lines), "utf-8")
    (top / "要点.txt").write_text(PLAN.format(year=2024, n=5), "utf-8")
    for suffix in (".jsonl", ".csv"):  # the one has rows written where they are tagged
        out = tmp_path / f"结果{suffix}"
        done = run_command("tag", top, "-o", out, "--workers", str(workers))
        assert done.returncode == 1
        told = done.stderr.decode()
        assert "表.jsonl:400" in told
        assert "表.jsonl:900" not in told
        told_rows = rows(out) if suffix == ".jsonl" else list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))
        ids = [int(row["id"]) for row in told_rows if row.get("id")]
        assert ids == list(range(1, 400))
        assert len(told_rows) > len(ids)  # the document behind the table


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_a_killed_run_over_a_table_goes_on_where_it_stopped(run_command, tmp_path: Path, suffix: str) -> None:
    table, out, whole = tmp_path / "表.jsonl", tmp_path / f"结果{suffix}", tmp_path / f"一次{suffix}"
    with table.open("w", encoding="utf-8") as file:
        for at in range(20_000):
            text = "" if at % 1_000 == 7 else f"第{at}次排查校园消防隐患,拨付经费。" * 5
            file.write(json.dumps({"id": at, "text": text}, ensure_ascii=False) + "\n")
    assert run_command("tag", table, "-o", whole, "--workers", "2").returncode == 1
    process = subprocess.Popen([COMMAND, "tag", table, "-o", out, "--workers", "2"], stderr=subprocess.DEVNULL)
    journal = journal_of(out)
    while process.poll() is None and not (journal.exists() and journal.stat().st_size > 500_000):
        pass
    process.kill()
    process.wait()
    assert not out.exists()
    done = run_command("tag", table, "-o", out, "--workers", "2", "--resume")
    assert done.returncode == 1
    assert "20 处未能打标" in done.stderr.decode()
    assert out.read_bytes() == whole.read_bytes()


def test_a_file_changed_meanwhile_is_done_again(run_command, tmp_path: Path) -> None:
    top, out = many(tmp_path / "many", 40), tmp_path / "out.jsonl"
    interrupted(top, out, 5)
    (top / "文0000.txt").write_text("改过的文件:建设教师周转宿舍二十套。", "utf-8")
    assert run_command("tag", top, "-o", out, "--resume").returncode == 0
    assert rows(out)[0]["text"].startswith("改过的文件")


def test_resuming_with_other_options_is_refused(run_command, tmp_path: Path) -> None:
    top, out = many(tmp_path / "many", 40), tmp_path / "out.jsonl"
    interrupted(top, out, 2)
    told = run_command("tag", top, "-o", out, "--resume", "--top", "1")
    assert told.returncode == 2
    assert "去掉 --resume" in told.stderr.decode()
    assert journal_of(out).exists()


def test_a_killed_worker_changes_nothing(run_command, tmp_path: Path) -> None:
    top, out, whole = many(tmp_path / "many", 120), tmp_path / "out.jsonl", tmp_path / "whole.jsonl"
    run_command("tag", top, "-o", whole)
    process = subprocess.Popen([COMMAND, "tag", top, "-o", out, "--workers", "2"], stderr=subprocess.DEVNULL)
    for goal in (10, 60):
        until(lambda goal=goal: journal_of(out).exists() and journal_of(out).read_bytes().count(b"\n") > goal, process)
        for worker in children(process.pid)[-1:]:
            os.kill(worker, signal.SIGKILL)
    assert process.wait() == 0
    assert out.read_bytes() == whole.read_bytes()


def children(parent: int) -> list[int]:
    """The worker processes of a run; not Python's own resource tracker."""
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in listed if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_two_runs_to_one_output_do_not_mix(run_command, tmp_path: Path) -> None:
    top, out = many(tmp_path / "many", 60), tmp_path / "out.jsonl"
    process = subprocess.Popen([COMMAND, "tag", top, "-o", out], stderr=subprocess.DEVNULL, start_new_session=True)
    until(journal_of(out).exists, process)
    process.send_signal(signal.SIGSTOP)
    told = run_command("tag", top, "-o", out)
    process.send_signal(signal.SIGCONT)
    assert process.wait() == 0
    assert told.returncode == 2
    assert "另一个运行" in told.stderr.decode()
    assert len(rows(out)) > 60


def test_a_full_disk_leaves_the_earlier_result_and_the_work_done(tmp_path: Path) -> None:
    top, out = many(tmp_path / "many", 80), tmp_path / "out.jsonl"
    out.write_text("先前的结果", "utf-8")

    def small_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    done = subprocess.run([COMMAND, "tag", top, "-o", out], preexec_fn=small_disk, capture_output=True, check=False)
    assert done.returncode == 1
    told = done.stderr.decode()
    assert "Traceback" not in told
    assert "--resume" in told
    assert out.read_text("utf-8") == "先前的结果"
    assert subprocess.run([COMMAND, "tag", top, "-o", out, "--resume"], check=False).returncode == 0
    assert {row["document"] for row in rows(out)} == {path.name for path in top.iterdir()}
