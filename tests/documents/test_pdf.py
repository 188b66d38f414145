import random
import zlib
from contextlib import suppress
from pathlib import Path

import pytest

from policy_themes.documents.limits import MAX_PAGES
from policy_themes.documents.readers.pdf import read
from policy_themes.documents.readers.printed import Fragment, Page, lines_of_page
from policy_themes.documents.readers.printed_cells import NO_RULES, rules_of
from policy_themes.documents.readers.printed_margins import without_margins
from policy_themes.documents.readers.printed_notes import listed
from policy_themes.documents.readers.printed_paragraphs import paragraphs
from policy_themes.errors import DocumentError

FILES = Path(__file__).parent / "files"


def pages_pdf(count: int, draw: str = "") -> bytes:
    """A PDF of `count` empty pages, or of pages that draw the given operators."""
    kids = " ".join(f"{4 + at} 0 R" for at in range(count))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {count}>>",
        f"<</Length {len(draw)}>>stream\n{draw}\nendstream",
    ]
    font = "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    objects += [f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R{font}>>"] * count
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj{body}endobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(data)
    size = len(objects) + 1
    return (
        data
        + f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()
    )


@pytest.mark.parametrize("name", ["chromium-plan", "chromium-flush", "libreoffice-plan"])
def test_printed_pages_give_the_paragraphs_that_were_printed(name: str) -> None:
    reading = read((FILES / f"{name}.pdf").read_bytes(), name)
    expected = (FILES / f"{name}.txt").read_text("utf-8").replace("\u3000", " ").strip()
    assert reading.text.replace("\u3000", " ") == expected
    assert reading.notes == ()


def test_a_scan_is_refused_with_its_pages_and_what_to_do() -> None:
    with pytest.raises(DocumentError, match=r"第 1 页.*OCR") as caught:
        read((FILES / "scanned.pdf").read_bytes(), "扫描.pdf")
    assert caught.value.where == "扫描.pdf"


def test_a_password_is_named() -> None:
    with pytest.raises(DocumentError, match="密码"):
        read((FILES / "locked.pdf").read_bytes(), "a.pdf")


def test_a_scanned_page_among_others_is_noted() -> None:
    reading = read((FILES / "mixed.pdf").read_bytes(), "a.pdf")
    expected = (FILES / "chromium-flush.txt").read_text("utf-8").strip()
    assert reading.text == expected
    assert len(reading.notes) == 1
    assert reading.notes[0].startswith("第 2 页没有文字")


def test_pages_are_counted_before_they_are_read() -> None:
    with pytest.raises(DocumentError, match=rf"20000 页.*{MAX_PAGES}"):
        read(pages_pdf(20_000), "a.pdf")


def test_pages_that_draw_nothing_hold_no_text() -> None:
    with pytest.raises(DocumentError, match="没有文字"):
        read(pages_pdf(3), "a.pdf")


def test_text_drawn_twice_for_bold_is_read_once() -> None:
    twice = (
        "BT /F 14 Tf 72 700 Td (Plan A) Tj ET BT /F 14 Tf 72.4 700 Td (Plan A) Tj ET BT /F 14 Tf 72 600 Td (End) Tj ET"
    )
    assert read(pages_pdf(1, twice), "a.pdf").text == "Plan A\nEnd"


def test_slanted_text_is_left_out_and_noted() -> None:
    draw = "BT /F 14 Tf 72 700 Td (Body) Tj ET BT /F 40 Tf .7 .7 -.7 .7 200 300 Tm (SECRET) Tj ET"
    reading = read(pages_pdf(1, draw), "a.pdf")
    assert reading.text == "Body"
    assert "水印" in reading.notes[0]


@pytest.mark.parametrize("at", range(20))
def test_a_file_cut_short_is_refused(at: int) -> None:
    data = (FILES / "chromium-flush.pdf").read_bytes()
    with pytest.raises(DocumentError) as caught:
        read(data[: len(data) * at // 20], "a.pdf")
    assert caught.value.where == "a.pdf"


@pytest.mark.parametrize("seed", range(20))
def test_damaged_bytes_give_an_error_or_a_reading_never_anything_else(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray((FILES / "libreoffice-plan.pdf").read_bytes())
    for _ in range(200):
        data[chance.randrange(len(data))] = chance.randrange(256)
    with suppress(DocumentError):
        assert read(bytes(data), "a.pdf").text
    with pytest.raises(DocumentError):
        read(b"%PDF-1.7\n" + chance.randbytes(5_000) + b"%%EOF", "a.pdf")


def page(number: int, *words: tuple[str, float, float], rules: object = NO_RULES) -> Page:
    """A page of 600 by 800 points; words as (text, left, top), each character 10 points wide."""
    fragments = [Fragment(text, left, left + 10 * len(text), top, top + 10, 10) for text, left, top in words]
    return Page(number, 600, 800, fragments, rules)


def text_of(*pages: Page) -> list[str]:
    lines = without_margins([(one, lines_of_page(one)) for one in pages])
    return paragraphs(lines, [600] * len(pages))


FULL = "字" * 40


def test_a_full_line_goes_on_but_not_with_an_indented_one() -> None:
    lines = [("甲" * 38, 120, 100), (FULL, 100, 120), ("乙。", 100, 140), ("丙" * 38, 120, 160), ("丁。", 100, 180)]
    assert text_of(page(1, *lines)) == ["甲" * 38 + FULL + "乙。", "丙" * 38 + "丁。"]


def test_a_paragraph_goes_on_over_the_page_number() -> None:
    first = page(1, ("甲" * 38, 120, 100), (FULL, 100, 120), ("— 1 —", 280, 760))
    second = page(2, ("乙" * 5, 100, 100), ("丙" * 38, 120, 120), ("丁", 100, 140), ("— 2 —", 280, 760))
    assert text_of(first, second) == ["甲" * 38 + FULL + "乙" * 5, "丙" * 38 + "丁"]


def test_running_heads_go_and_repeated_heads_of_tables_stay_once() -> None:
    pages = [
        page(
            at,
            ("工作计划汇编", 250, 30),
            ("序号", 100, 80),
            ("重点工作任务", 200, 80),
            ("责任科室和时限", 400, 80),
            (f"第{at}项任务", 100, 100),
        )
        for at in (1, 2, 3, 4)
    ]
    assert text_of(*pages) == ["序号\t重点工作任务\t责任科室和时限", "第1项任务", "第2项任务", "第3项任务", "第4项任务"]


def test_the_lines_of_a_cell_are_put_together() -> None:
    boxes = [(100, 100, 200, 160), (200, 100, 400, 160), (100, 160, 200, 200), (200, 160, 400, 200)]
    words = [("任务", 110, 110), ("新建公办", 210, 110), ("幼儿园", 210, 130), ("时限", 110, 170), ("年底", 210, 170)]
    assert text_of(page(1, *words, rules=rules_of(boxes))) == ["任务\t新建公办幼儿园", "时限\t年底"]


def test_letters_set_wide_apart_are_no_table() -> None:
    assert text_of(page(1, ("通", 200, 100), ("知", 260, 100))) == ["通 知"]


def test_long_lists_of_pages_are_cut() -> None:
    assert listed([3, 5]) == "第 3、5 页"
    assert listed(range(1, 31)).endswith("、20 等 30 页")


def test_a_stream_that_unpacks_to_gigabytes_is_refused() -> None:
    pack = zlib.compressobj(9)
    bomb = b"".join([*(pack.compress(bytes(10_000_000)) for _ in range(20)), pack.flush()])
    data = pages_pdf(1).replace(b"stream\n", b"stream\n" + bomb)
    with pytest.raises(DocumentError, match="解压后过大"):
        read(data, "a.pdf")
