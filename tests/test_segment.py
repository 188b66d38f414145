import subprocess
import sys
from pathlib import Path

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_themes.tagging.segment import Segmenter
from policy_themes.tagging.text import normalise
from training.labels import read_labels

ROOT = Path(__file__).parent.parent
LEXICON = [line for line in (ROOT / "labels/lexicon.txt").read_text("utf-8").splitlines() if line and line[0] != "#"]
ALPHABET = "推进义务教育县管校聘幼儿园党建安全2024年，。；（）“”％+AIx \n"


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter(LEXICON)


@pytest.fixture(scope="module")
def reference() -> jieba.Tokenizer:
    """jieba itself, with the same words added."""
    jieba.setLogLevel(60)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    for word in LEXICON:
        tokenizer.add_word(word)
    return tokenizer


def test_gives_the_words_of_jieba_on_every_labelled_text(segmenter: Segmenter, reference: jieba.Tokenizer) -> None:
    items = read_labels(ROOT / "labels").items
    assert len(items) > 1000
    for item in items:
        text = normalise(item.text)
        assert segmenter.words(text) == reference.lcut(text, HMM=False)


def test_gives_the_inner_words_of_jieba(segmenter: Segmenter, reference: jieba.Tokenizer) -> None:
    for word in {*LEXICON, "义务教育", "中华人民共和国", "职业技术学院"}:
        assert list(segmenter.parts(word)) == reference.lcut_for_search(word, HMM=False)


@settings(max_examples=300)
@given(st.text(st.sampled_from(ALPHABET) | st.characters(exclude_categories=["Cs"]), max_size=60))
def test_agrees_with_jieba_on_any_text_and_loses_nothing(
    segmenter: Segmenter, reference: jieba.Tokenizer, text: str
) -> None:
    words = segmenter.words(text)
    assert "".join(words) == text
    assert words == reference.lcut(text, HMM=False)


def test_lexicon_words_stay_whole(segmenter: Segmenter) -> None:
    assert "县管校聘" in segmenter.words("推进县管校聘改革")
    assert "县管校聘" not in Segmenter().words("推进县管校聘改革")


@settings(max_examples=300)
@given(st.lists(st.text(st.sampled_from(ALPHABET + "\r") | st.characters(exclude_categories=["Cs"]), max_size=20)))
def test_texts_joined_by_nul_part_there(segmenter: Segmenter, texts: list[str]) -> None:
    texts = [text.replace("\0", "") for text in texts]
    apart = [word for text in texts for word in ("\0", *segmenter.words(text))]
    assert segmenter.words("".join("\0" + text for text in texts)) == apart


def test_one_dictionary_is_loaded_and_rjieba_still_works_beside_it() -> None:
    code = (
        "import sys; from policy_themes.tagging.segment import Segmenter; one = Segmenter(['县管校聘']); Segmenter();"
        "assert 'rjieba' not in sys.modules;"
        "import rjieba; two = Segmenter();"
        "print(*one.words('县管校聘'), *rjieba.cut('县管校聘', False), *two.words('义务教育'))"
    )
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], check=False, capture_output=True, text=True, encoding="utf-8"
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.split() == ["县管校聘", "县", "管", "校", "聘", "义务教育"]
