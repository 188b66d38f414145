import random
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_themes.documents.readers.html import read
from policy_themes.errors import DocumentError

FILES = Path(__file__).parent / "files"
WORDS = "加强教师队伍建设，推进义务教育优质均衡发展。"


def lines_of(body: str) -> list[str]:
    return read(f"<html><body><div>{body}</div></body></html>".encode(), "a.html").text.split("\n")


@pytest.mark.parametrize("name", ["gov-page.html", "gov-page.mht", "old-tables.html"])
def test_saved_pages_give_their_text_in_order_and_nothing_of_the_site_around_it(name: str) -> None:
    reading = read((FILES / name).read_bytes(), name)
    assert reading.text == (FILES / name).with_suffix(".txt").read_text("utf-8").strip()


def test_hidden_text_is_noted() -> None:
    assert "隐藏" in read((FILES / "gov-page.html").read_bytes(), "a.html").notes[0]


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("", "3. "),
        ("type=a", "c. "),
        ("type=I", "III. "),
        ("start=7", "9. "),
        ("reversed", "1. "),
        ("style='list-style: cjk-ideographic inside'", "三、"),
        ("style='list-style-type:none'", ""),
    ],
)
def test_lists_have_the_numbers_that_a_browser_shows(kind: str, shown: str) -> None:
    assert lines_of(f"<ol {kind}><li>{WORDS}甲<li>{WORDS}乙<li><p>{WORDS}丙</p></ol>")[2] == f"{shown}{WORDS}丙"


def test_numbers_that_were_typed_are_not_doubled() -> None:
    assert lines_of(f"<ol><li>一、{WORDS}</li><li value=5>{WORDS}<ol><li>{WORDS}</ol></li></ol>") == [
        f"一、{WORDS}",
        f"5. {WORDS}",
        f"1. {WORDS}",
    ]


def test_breaks_end_lines_and_white_space_does_not() -> None:
    assert lines_of(f"<p>{WORDS}<br>\n  一是\n\tabc<b>重</b>点。</p>") == [WORDS, "一是 abc重点。"]
    assert lines_of(f"<pre>{WORDS}\n{WORDS}甲</pre>") == [WORDS, WORDS + "甲"]


def test_rows_are_lines_and_layout_is_not() -> None:
    assert lines_of(f"<table><tr><td>一<td>{WORDS}<br>乙<tr><td><td>丙<td>丁</table>") == [f"一\t{WORDS} 乙", "丙\t丁"]
    layout = f"<table><tr><td>{WORDS}甲<td><table><tr><td>子<td>丑</table><p>{WORDS}</table>"
    assert lines_of(layout) == [f"{WORDS}甲", "子\t丑", WORDS]


def test_the_title_of_the_page_stands_in_where_the_text_has_none() -> None:
    page = (
        "<html><head><title>清溪县{0}年工作要点-清溪县人民政府</title></head><body>{1}<p>"
        + WORDS * 3
        + "</p></body></html>"
    )
    assert read(page.format(2026, "").encode(), "a").text.split("\n") == ["清溪县2026年工作要点", WORDS * 3]
    both = read(page.format(2026, "<h1>清溪县2026年工作要点</h1>").encode(), "a").text.split("\n")
    assert both == ["清溪县2026年工作要点", WORDS * 3]


@pytest.mark.parametrize(
    ("declared", "encoding"), [("utf-8", "gb18030"), ("gb2312", "utf-8"), ("iso-8859-1", "gbk"), ("x", "utf-16")]
)
def test_declared_encodings_may_lie(declared: str, encoding: str) -> None:
    page = f"<meta charset={declared}><body><p>{WORDS * 4}</p></body>"
    assert read(page.encode(encoding), "a.html").text == WORDS * 4


@given(st.lists(st.text(st.sampled_from("加强教师队伍建设工作重点"), min_size=8, max_size=30), min_size=1, max_size=30))
def test_no_paragraph_is_lost_or_moved(paragraphs: list[str]) -> None:
    body = "".join(f"<p>{paragraph}，完成。</p>" for paragraph in paragraphs)
    assert lines_of(body) == [f"{paragraph}，完成。" for paragraph in paragraphs]


@given(st.text(st.sampled_from("<>/ap td tr table ol li br & ; 字\"'=!-"), max_size=200))
def test_any_markup_gives_a_reading_or_an_error(markup: str) -> None:
    with suppress(DocumentError):
        assert read(markup.encode(), "a.html").text


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + WORDS,
        "<body>" + "<table><tr><td>甲<td>乙" * 5_000,
        "<body>" + "<br>字" * 1_100_000,
        "",
        "<html><body><script>var a = '文字';</script></body></html>",
    ],
    ids=["deep", "deep tables", "many tags", "empty", "scripts"],
)
def test_pages_that_cannot_be_read_are_refused(page: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(page.encode(), "a.html")
    assert caught.value.where == "a.html"


def test_entities_of_a_document_type_are_not_expanded() -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "字字字字"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    text = read(f"{bomb}<html><body><p>{WORDS}&b;&f;</p></body></html>".encode(), "a.html").text
    assert WORDS in text
    assert "root:" not in text
    assert "字字" not in text.rpartition(WORDS)[2]


@pytest.mark.parametrize("at", range(20))
def test_an_archive_cut_short_is_refused(at: int) -> None:
    data = (FILES / "gov-page.mht").read_bytes()
    with pytest.raises(DocumentError) as caught:
        read(data[: len(data) * at // 20], "a.mht")
    assert caught.value.where == "a.mht"


@pytest.mark.parametrize("seed", range(10))
def test_random_bytes_are_refused(seed: int) -> None:
    with pytest.raises(DocumentError):
        read(random.Random(seed).randbytes(3_000), "a.html")


def test_an_archive_of_too_many_parts_is_refused() -> None:
    head = b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n"
    with pytest.raises(DocumentError, match="10000"):
        read(head + b"--b\nContent-Type: text/html\n\nx\n" * 20_000 + b"--b--\n", "a.mht")
