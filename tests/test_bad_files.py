"""Files that mean harm or are broken, through the command: a clear line for each, the rest tagged, in bounded time and memory."""

import io
import os
import random
import re
import resource
import subprocess
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import COMMAND
from openpyxl import load_workbook

from policy_themes.documents.read import SUFFIXES

GOOD = "一、新建公办幼儿园3所。\n二、排查校园消防隐患。\n"
SECONDS = 60  # for a whole folder; the slowest of these takes a fraction
MEMORY = 1_500_000_000  # bytes of any one process


def bomb(inner: str) -> bytes:
    """A package whose part `inner` unpacks to two gigabytes."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open(inner, "w", force_zip64=True) as part,
    ):
        for _ in range(2000):
            part.write(bytes(1_000_000))
    return packed.getvalue()


def package(part: str, content: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, content)
    return packed.getvalue()


ENTITIES = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9)
)
EXPANSION = ENTITIES + "]><w:document xmlns:w='w'><w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>"
EXTERNAL = "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><w:document xmlns:w='w'>&a;</w:document>"


def travelling() -> bytes:
    """A zip with a path that leads out of it, beside a good file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../漏出.txt", GOOD)
        archive.writestr("好.txt", GOOD)
    return packed.getvalue()


MAKERS: dict[str, Callable[[], bytes]] = {
    "炸弹.zip": lambda: bomb("大.txt"),
    "炸弹.docx": lambda: bomb("word/document.xml"),
    "炸弹.xlsx": lambda: bomb("xl/worksheets/sheet1.xml"),
    "炸弹.ofd": lambda: bomb("OFD.xml"),
    "实体.docx": lambda: package("word/document.xml", EXPANSION),
    "外部.docx": lambda: package("word/document.xml", EXTERNAL),
    "实体.ofd": lambda: package("OFD.xml", EXPANSION),
    "空.txt": lambda: b"",
    "程序.txt": lambda: b"\x7fELF" + bytes(range(256)) * 40,
}


def test_each_is_named_and_the_rest_is_tagged(tmp_path: Path) -> None:
    top, out = tmp_path / "坏文件", tmp_path / "结果.xlsx"
    top.mkdir()
    for name, make in MAKERS.items():
        (top / name).write_bytes(make())
    (top / "穿越.zip").write_bytes(travelling())
    (top / "好.txt").write_text(GOOD, "utf-8")
    (top / "断.txt").symlink_to(tmp_path / "没有")
    os.mkfifo(top / "管道.txt")
    with (top / "巨.txt").open("wb") as file:
        file.truncate(500_000_000)
    start = time.monotonic()
    done = subprocess.run([COMMAND, "tag", top, "-o", out], capture_output=True, check=False, timeout=2 * SECONDS)
    assert time.monotonic() - start < SECONDS
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < MEMORY
    assert done.returncode == 1
    book = load_workbook(out)
    problems = {
        str(row[0]).removeprefix(f"{top}/"): str(row[1]) for row in book["问题"].iter_rows(values_only=True, min_row=2)
    }
    assert {re.split("[/:]", name)[0] for name in problems} == {*MAKERS, "断.txt", "管道.txt", "巨.txt", "穿越.zip"}
    assert not any("程序出错" in problem for problem in problems.values()), problems
    assert {row[0] for row in book["章节"].iter_rows(values_only=True, min_row=2)} == {"好.txt", "穿越.zip/好.txt"}
    assert not (tmp_path.parent / "漏出.txt").exists()


def test_a_page_of_a_hundred_thousand_nested_parts(run_command, tmp_path: Path) -> None:
    deep = "<div>" * 100_000 + "<p>新建公办幼儿园3所。</p>" + "</div>" * 100_000
    (tmp_path / "深.html").write_text(f"<html><body>{deep}</body></html>", "utf-8")
    start = time.monotonic()
    done = run_command("tag", tmp_path / "深.html", "-o", tmp_path / "o.jsonl")
    assert time.monotonic() - start < SECONDS
    assert "Traceback" not in done.stderr.decode()
    assert done.returncode == 0 or "深.html" in done.stderr.decode()


@pytest.mark.parametrize("seed", range(2))
def test_random_and_cut_bytes_under_every_suffix(tmp_path: Path, seed: int) -> None:
    top, chance = tmp_path / "乱", random.Random(seed)
    top.mkdir()
    good = package("word/document.xml", "<w:document xmlns:w='w'/>")
    for suffix in (*SUFFIXES, ".zip"):
        (top / f"随机{suffix}").write_bytes(chance.randbytes(3000))
        (top / f"截断{suffix}").write_bytes(good[: chance.randint(1, len(good) - 1)])
    start = time.monotonic()
    done = subprocess.run([COMMAND, "tag", top, "-o", tmp_path / "o.jsonl"], capture_output=True, check=False)
    assert time.monotonic() - start < SECONDS
    assert done.returncode == 1
    told = done.stderr.decode()
    assert "程序出错" not in told
    assert "Traceback" not in told
