from hypothesis import given, settings
from hypothesis import strategies as st

from policy_themes.tagging.features import clauses, features
from policy_themes.tagging.segment import Segmenter

SEGMENTER = Segmenter()
TEXT = st.text(
    st.sampled_from("推进义务教育幼儿园安全2年，。；：、（）”“!? \n") | st.characters(exclude_categories=["Cs"])
)


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
