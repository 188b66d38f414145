from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_themes import Options, Tagger
from policy_themes.errors import TextError
from policy_themes.tagging.evidence import sentence_spans
from policy_themes.tagging.features import clauses
from policy_themes.tagging.segment import Segmenter

TEXT = "实施教师“县管校聘”管理改革。新建公办幼儿园3所,新增学位900个。严格落实食品安全校长负责制。"


def test_a_section_gets_the_themes_its_sentences_state(tagger: Tagger) -> None:
    names = {theme.name for theme in tagger.tag(TEXT).themes}
    assert {"教师", "学前", "基建", "安全"} <= names


def test_evidence_is_the_sentence_that_states_the_theme(tagger: Tagger) -> None:
    by_name = {theme.name: theme.evidence[0].text for theme in tagger.tag(TEXT).themes}
    assert by_name["教师"] == "实施教师“县管校聘”管理改革。"
    assert by_name["学前"] == "新建公办幼儿园3所,新增学位900个。"
    assert by_name["安全"] == "严格落实食品安全校长负责制。"


def test_greetings_get_nothing(tagger: Tagger) -> None:
    assert tagger.tag("同志们,今天我们召开全市教育工作会议,首先向大家致以诚挚的问候。").themes == ()


@settings(max_examples=100, deadline=None)
@given(
    st.text(
        st.sampled_from("新建公办幼儿园教师培训安全，。；\n 　“”")
        | st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    )
)
def test_evidence_offsets_point_into_the_text_as_given(tagger: Tagger, text: str) -> None:
    given_text = text + "新建"
    for theme in tagger.tag(given_text, Options(threshold=0, top=3)).themes:
        for span in theme.evidence:
            assert given_text[span.start : span.end] == span.text
            assert span.text == span.text.strip()


SEGMENTER = Segmenter()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from([*"，。；\n 　”\r", "新建幼儿园", "教师培训", "😀", "\U00020089", "安全"])).map(
            "".join
        ),
        min_size=1,
        max_size=4,
    )
)
def test_evidence_is_one_to_three_whole_sentences(tagger: Tagger, texts: list[str]) -> None:
    texts = [text + "新建" for text in texts]
    for text, tagging in zip(texts, tagger.tag_batch(texts, Options(threshold=0.3)), strict=True):
        spans = sentence_spans(text, clauses(text, SEGMENTER))
        for theme in tagging.themes:
            assert 1 <= len(theme.evidence) <= 3
            assert len(set(theme.evidence)) == len(theme.evidence)
            assert set(theme.evidence) <= set(spans)
        assert tagger.tag(text, Options(threshold=0.3)) == tagging


def test_a_text_of_more_than_a_stretch_and_many_short_ones_keep_their_order(tagger: Tagger) -> None:
    texts = [TEXT, TEXT * 1500, *["校园安全排查。", "新建幼儿园。"] * 5000]
    tagged = tagger.tag_batch(texts)
    assert tagged[0] == tagger.tag(TEXT)
    assert tagged[2:] == [tagger.tag(text) for text in texts[2:4]] * 5000


def test_best_come_first_and_top_keeps_the_best(tagger: Tagger) -> None:
    every = tagger.tag(TEXT, Options(threshold=0)).themes
    assert len(every) == len(tagger.themes) == 34
    assert [theme.probability for theme in every] == sorted((theme.probability for theme in every), reverse=True)
    assert tagger.tag(TEXT, Options(threshold=0, top=2)).themes == every[:2]


def test_a_threshold_replaces_the_models_own(tagger: Tagger) -> None:
    assert tagger.tag(TEXT, Options(threshold=1.0)).themes == ()
    assert all(theme.probability >= 0.7 for theme in tagger.tag(TEXT, Options(threshold=0.7)).themes)


def test_scores_and_evidence_come_as_asked(tagger: Tagger) -> None:
    assert tagger.tag(TEXT).scores is None
    full = tagger.tag(TEXT, Options(scores=True, evidence=False))
    assert full.scores is not None
    assert set(full.scores) == {theme.id for theme in tagger.themes}
    assert all(theme.evidence == () for theme in full.themes)


def test_a_bad_text_in_a_batch_is_named_by_its_place(tagger: Tagger) -> None:
    with pytest.raises(TextError) as caught:
        tagger.tag_batch(["新建幼儿园", " "])
    assert caught.value.where == "[2]"


def test_an_empty_batch_is_an_empty_answer(tagger: Tagger) -> None:
    assert tagger.tag_batch([]) == []


def test_threads_share_a_tagger(tagger: Tagger) -> None:
    expected = tagger.tag(TEXT)
    with ThreadPoolExecutor(8) as pool:
        assert all(tagging == expected for tagging in pool.map(tagger.tag, [TEXT] * 200))
