import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_themes.errors import TextError, TextTooLong
from policy_themes.tagging.text import checked, normalise


@given(st.text())
def test_normalising_keeps_every_character_in_its_place(text: str) -> None:
    assert len(normalise(text)) == len(text)
    assert normalise(normalise(text)) == normalise(text)


def test_full_width_becomes_half_width() -> None:
    assert normalise("(1)１＋Ｘ证书:ＡＩ　Abc,。") == "(1)1+x证书:ai abc,。"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text-empty"),
        (" \n\t\u3000", "text-empty"),
        ("中\0文", "text-nul"),
        ("中\ud800文", "text-surrogate"),
        ("no Chinese at all, 2024.", "text-no-chinese"),
    ],
)
def test_text_that_cannot_be_tagged_is_refused_in_two_languages(text: str, code: str) -> None:
    with pytest.raises(TextError) as caught:
        checked(text)
    assert caught.value.code == code
    assert any("\u4e00" <= character <= "\u9fff" for character in caught.value.zh)
    assert caught.value.en.isascii()


def test_a_place_is_named() -> None:
    with pytest.raises(TextError, match="第 3 个字符"):
        checked("中文\0")


def test_the_length_limit_counts_characters() -> None:
    assert checked("字" * 10, 10)
    with pytest.raises(TextTooLong, match=r"11 个字符,超过上限 10"):
        checked("字" * 11, 10)
