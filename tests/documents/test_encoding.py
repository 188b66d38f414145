import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_themes.documents.encoding import decoded
from policy_themes.errors import DocumentError

LEVEL_ONE = [
    character
    for high in range(0xB0, 0xD7)
    for character in b"".join(bytes((high, low)) for low in range(0xA1, 0xFF)).decode("gb2312")
]
BIG5 = [
    character
    for high in range(0xA4, 0xC6)
    for character in b"".join(bytes((high, low)) for low in (*range(0x40, 0x7F), *range(0xA1, 0xFF))).decode("big5")
    if character >= "\u4e00"
]
PLAIN = st.sampled_from([*LEVEL_ONE, *"，。、；：“”（）《》\n 2026一"])
TEXT = st.text(PLAIN, min_size=1)
LONG = st.lists(st.sampled_from(LEVEL_ONE), min_size=16, max_size=200, unique=True).map("".join)
LONG_TRADITIONAL = st.lists(st.sampled_from(BIG5), min_size=24, max_size=200, unique=True).map("".join)


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=50).filter(
        lambda text: not text.startswith("\ufeff")
    )
)
def test_any_text_survives_where_a_mark_tells_the_encoding(text: str) -> None:
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        assert decoded(text.encode(encoding), "a") == text


@given(TEXT)
def test_any_chinese_survives_in_utf_8(text: str) -> None:
    assert decoded(text.encode(), "a") == text


@given(LONG, st.sampled_from(["gb18030", "gbk", "utf-16-le", "utf-16-be"]))
def test_chinese_survives_in_each_encoding_without_a_mark(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding), "a") == text


@given(LONG_TRADITIONAL)
def test_traditional_chinese_survives_in_big5_and_gb18030(text: str) -> None:
    for encoding in ("big5", "gb18030"):
        assert decoded(text.encode(encoding), "a") == text
        assert decoded(text.encode(encoding), "a", declared="utf-8") == text


@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "big5", "utf-16", "iso-8859-1", "no such", ""])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
def test_declarations_may_lie(encoding: str, declared: str) -> None:
    text = "各学校要按时报送上半年工作总结"
    assert decoded(text.encode(encoding), "a", declared=declared) == text


def test_words_that_are_valid_in_two_encodings() -> None:
    assert decoded("模式".encode("gb18030"), "a") == "模式"
    assert decoded("联通".encode("gb18030"), "a") == "联通"
    assert decoded("§ 5 · ä".encode(), "a") == "§ 5 · ä"


def test_a_damaged_byte_is_marked_and_stops_nothing() -> None:
    text = "推进义务教育优质均衡发展，加强教师队伍建设。" * 20
    for encoding in ("utf-8", "gb18030"):
        assert decoded(text.encode(encoding)[:-1], "a").rstrip("\ufffd") == text[:-1]


@pytest.mark.parametrize("head", [b"\x7fELF\x02\x01\x01", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"", b"\0\0\0\0"])
def test_binary_data_is_no_text(head: bytes) -> None:
    with pytest.raises(DocumentError, match="不是文本") as caught:
        decoded(head + random.Random(1).randbytes(3_000), "图片.txt")
    assert caught.value.where == "图片.txt"


def test_nuls_are_no_text() -> None:
    with pytest.raises(DocumentError):
        decoded("中文\0中文".encode(), "a")
