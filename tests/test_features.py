import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_themes.tagging.codes import Codes
from policy_themes.tagging.features import clauses, features
from policy_themes.tagging.outline import Outline, outline_of_clauses
from policy_themes.tagging.reader import Reader
from policy_themes.tagging.segment import Segmenter

SEGMENTER = Segmenter()
TEXT = st.text(
    st.sampled_from("推进义务教育幼儿园安全2年，。；：、（）”“!? \n") | st.characters(exclude_categories=["Cs"])
)

ROWS = {
    feature: row
    for row, feature in enumerate(["幼儿", "幼儿园", "教育", "义务", "义务教育", "安全", "推进", "ai", "stem"])
}
PIECES = [
    *ROWS,
    *"，。；：、）（”“!? \n\r\t\0\uffff\ufffe\u2028",
    "\r\n",
    "ＡＩ",
    "2024-2025",
    "２％",
    "abcdefgh",
    "\U00020089",
    "😀",
]


@settings(max_examples=300)
@given(TEXT)
def test_clauses_cover_the_text_without_gap_or_overlap(text: str) -> None:
    found = clauses(text, SEGMENTER)
    assert "".join(text[clause.start : clause.end] for clause in found) == text
    numbers = [clause.sentence for clause in found]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(len(set(numbers))))


@given(TEXT)
def test_features_hold_no_white_space(text: str) -> None:
    for feature in features(text, SEGMENTER):
        assert feature.split() == [feature]


def test_enumeration_marks_do_not_end_clauses() -> None:
    assert len(clauses("学前、职教协调发展", SEGMENTER)) == 1


def test_numbers_are_left_out() -> None:
    found = features("新建幼儿园12.5万所", SEGMENTER)
    assert not any(character.isdigit() for feature in found for character in feature)


def test_words_within_words_count() -> None:
    assert {"义务教育", "义务", "教育"} <= set(features("义务教育", SEGMENTER))


def test_a_closing_quotation_mark_belongs_to_its_sentence() -> None:
    text = "校长说:“安全第一。”随后检查食堂。"
    ends = {clause.sentence: clause.end for clause in clauses(text, SEGMENTER)}
    assert text[: ends[0]] == "校长说:“安全第一。”"


@pytest.mark.usefixtures("either_way")
@settings(max_examples=300, deadline=None)
@given(st.lists(TEXT | st.lists(st.sampled_from(PIECES)).map("".join), min_size=1, max_size=5))
def test_texts_read_together_have_the_clauses_found_word_by_word(texts: list[str]) -> None:
    texts = [text + "安" for text in texts]  # a text without a word has no clause
    read = Reader(SEGMENTER, ROWS).read(texts)
    found = [clauses(text, SEGMENTER) for text in texts]
    expected = outline_of_clauses(found, ROWS)
    # Where a clause begins in all texts together, each after one mark; the first of a text begins at its mark.
    starts = [
        sum(map(len, texts[:at])) + at + (clause.start + 1 if clause.start else 0)
        for at, one in enumerate(found)
        for clause in one
    ]
    assert (read.places[read.outline.words] - read.outline.words).tolist() == starts
    assert as_lists(read.outline) == as_lists(expected)


def as_lists(outline: Outline) -> list[object]:
    return [part if isinstance(part, int) else part.tolist() for part in outline._replace(words=outline.texts)]


@pytest.mark.usefixtures("either_way")
def test_a_table_of_words_that_is_full_gives_way_to_a_new_one() -> None:
    codes = Codes(SEGMENTER, ROWS)
    for first in range(0, 81_000, 1_000):
        assert not codes.full()
        codes.of([f"w{number}" for number in range(first, first + 1_000)])
        if codes.full():
            break
    assert codes.full()
    reader = Reader(SEGMENTER, ROWS)
    words = " ".join(f"w{number}" for number in range(81_000))
    for text in ("义务教育,幼儿园。", words, "义务教育,幼儿园。"):
        expected = outline_of_clauses([clauses(text, SEGMENTER)], ROWS)
        assert as_lists(reader.read([text]).outline) == as_lists(expected)
