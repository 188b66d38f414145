import io
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_themes.documents.readers.ofd import read
from policy_themes.documents.readers.ofd_page import numbers
from policy_themes.errors import DocumentError

FILES = Path(__file__).parent / "files"
SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def text(words: str, x: float, y: float, size: float = 5, more: str = "") -> str:
    """A TextObject at (x, y) millimetres, its characters a size apart."""
    return (
        f'<ofd:TextObject ID="1" Font="2" Size="{size}" Boundary="{x} {y} 180 {size}" {more}>'
        f'<ofd:TextCode X="0" Y="{size * 0.9}" DeltaX="g {max(len(words) - 1, 1)} {size}">{words}</ofd:TextCode></ofd:TextObject>'
    )


def package(*documents: list[str], **others: str) -> bytes:
    """An OFD file; each document a list of pages, each page what stands in its layer."""
    bodies = ""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for at, pages in enumerate(documents):
            bodies += f"<ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>/Doc_{at}/Document.xml</ofd:DocRoot></ofd:DocBody>"
            listed = "".join(f'<ofd:Page BaseLoc="Pages/Page_{one}/Content.xml"/>' for one in range(len(pages)))
            area = "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
            inside = f"<ofd:CommonData>{area}</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages>"
            archive.writestr(f"Doc_{at}/Document.xml", f"<ofd:Document {SPACE}>{inside}</ofd:Document>")
            for one, drawn in enumerate(pages):
                content = f'<ofd:Content><ofd:Layer ID="3">{drawn}</ofd:Layer></ofd:Content>'
                page = f'<ofd:Page {SPACE}><ofd:Template TemplateID="9"/>{content}</ofd:Page>'
                archive.writestr(f"Doc_{at}/Pages/Page_{one}/Content.xml", page)
        archive.writestr("OFD.xml", f"<ofd:OFD {SPACE}>{bodies}</ofd:OFD>")
        for path, content in others.items():
            archive.writestr(path.replace("__", "/").replace("_xml", ".xml"), content)
    return held.getvalue()


def read_page(content: str) -> list[str]:
    return read(package([content]), "a.ofd").text.split("\n")


def test_a_file_of_easyofd() -> None:
    reading = read((FILES / "easyofd-text.ofd").read_bytes(), "a.ofd")
    assert reading.text == (FILES / "easyofd-text.txt").read_text("utf-8").strip()
    assert reading.notes == ()


def test_lines_that_reach_the_edge_go_on() -> None:
    full, half = "字" * 34, "字" * 10
    content = (
        text("一、" + full[:32], 30, 20)
        + text(full + "甲乙", 20, 28)
        + text(half, 20, 36)
        + text("二、" + half, 30, 44)
    )
    assert read_page(content) == ["一、" + full[:32] + full + "甲乙" + half, "二、" + half]


def test_characters_stand_where_their_steps_put_them() -> None:
    code = (
        '<ofd:TextObject Size="5" Boundary="20 20 150 30"><ofd:TextCode X="0" Y="5" {0}</ofd:TextCode></ofd:TextObject>'
    )
    assert read_page(code.format('DeltaX="5 5 60 5" DeltaY="0 0 0 0">任务单位名')) == ["任务单\t位名"]
    assert read_page(code.format('DeltaX="5 -5 5" DeltaY="0 8 0">任务单位')) == ["任务", "单位"]


def test_blocks_within_blocks_and_several_documents() -> None:
    nested = f"<ofd:PageBlock><ofd:PageBlock>{text('第一份文件', 20, 20)}</ofd:PageBlock></ofd:PageBlock>"
    assert read(package([nested], [text("第二份文件", 20, 20)]), "a.ofd").text == "第一份文件\n第二份文件"


def test_ruled_cells_are_rows() -> None:
    cells = "".join(f'<ofd:PathObject Boundary="{x} {y} 60 20"/>' for x in (20, 80) for y in (20, 40))
    words = (
        text("任务", 22, 24)
        + text("新建公办", 82, 22)
        + text("幼儿园", 82, 30)
        + text("时限", 22, 44)
        + text("年底", 82, 44)
    )
    assert read_page(cells + words) == ["任务\t新建公办幼儿园", "时限\t年底"]


def test_templates_and_attachments_are_left_alone_and_slanted_text_is_noted() -> None:
    content = text("正文在此", 20, 20) + text("内部", 50, 90, more='CTM="0.7 0.7 -0.7 0.7 0 0"')
    reading = read(package([content], Doc_0__Attachs__a_xml="<a>附件</a>"), "a.ofd")
    assert reading.text == "正文在此"
    assert "水印" in reading.notes[0]


def test_pictures_are_noted_and_alone_refused() -> None:
    picture = '<ofd:ImageObject ID="5" Boundary="0 0 210 297" ResourceID="7"/>'
    assert "第 2 页没有文字" in read(package([text("正文", 20, 20), picture]), "a.ofd").notes[0]
    with pytest.raises(DocumentError, match="OCR"):
        read(package([picture]), "a.ofd")


def test_an_encrypted_file_is_named() -> None:
    with pytest.raises(DocumentError, match="密码"):
        read(package([text("正文", 20, 20)], Encryptions_xml="<a/>"), "a.ofd")


BOMB = '<!DOCTYPE a [<!ENTITY a "字字字字"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x05\x06" + bytes(18),
        package(),
        package(["<a>" * 5_000 + "</a>" * 5_000]),
        package(["<a/>" * 600_000]),
        package([" " * 17_000_000]),
        package(["</ofd:Layer>"]),
        package([BOMB]),
        package([""]),
    ],
    ids=["empty", "no members", "no documents", "deep", "many", "large", "malformed", "entities", "no text"],
)
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError) as caught:
        read(data, "a.ofd")
    assert caught.value.where == "a.ofd"


@pytest.mark.parametrize("at", range(20))
def test_a_file_cut_short_or_damaged_is_refused(at: int) -> None:
    data = (FILES / "easyofd-text.ofd").read_bytes()
    with pytest.raises(DocumentError):
        read(data[: len(data) * at // 20], "a.ofd")
    with pytest.raises(DocumentError):
        read(b"PK\x03\x04" + random.Random(at).randbytes(2_000), "a.ofd")


def test_more_pages_than_allowed_are_refused() -> None:
    pages = "".join(f'<ofd:Page BaseLoc="{at}.xml"/>' for at in range(5_001))
    other = f"<ofd:Document {SPACE}><ofd:Pages>{pages}</ofd:Pages></ofd:Document>"
    root = f"<ofd:OFD {SPACE}><ofd:DocBody><ofd:DocRoot>D.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("OFD.xml", root)
        archive.writestr("D.xml", other)
    with pytest.raises(DocumentError, match="5001 页"):
        read(held.getvalue(), "a.ofd")


@given(st.text(st.sampled_from("g 0123456789.-eninf"), max_size=60))
def test_numbers_are_finite_and_few(written: str) -> None:
    assert all(abs(value) < float("inf") for value in numbers(written))
    assert len(numbers(written)) <= 100_000


@given(st.lists(st.text(st.sampled_from("教育工作重点任务"), min_size=1, max_size=20), min_size=1, max_size=20))
def test_every_word_is_read_in_order(lines: list[str]) -> None:
    content = "".join(text(line, 20, 20 + 12 * at) for at, line in enumerate(lines))
    assert "".join(read_page(content)) == "".join(lines)
