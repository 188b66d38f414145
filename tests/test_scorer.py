import io
import lzma
from pathlib import Path

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joblib.numpy_pickle import NumpyUnpickler

from policy_themes import Tagger
from policy_themes.store import load_model
from policy_themes.tagging.features import clauses, features
from policy_themes.tagging.scorer import Scorer
from policy_themes.tagging.segment import Segmenter
from policy_themes.versions import Versions
from training.labels import read_labels

LIVE = Versions.shipped().live_folder()
MODEL = load_model(LIVE)
SEGMENTER = Segmenter(MODEL.lexicon)
WORDS = list(MODEL.vocabulary[::97])
LABELLED = [item.text for item in read_labels(Path(__file__).parent.parent / "labels").items[::23]]
MARKS = list("，。；：、\n（”？! \t\r\u2028")
WEIRD = st.characters(exclude_categories=["Cs"]) | st.sampled_from(
    ["\0", "\uffff", "\ufffe", "\U00020089", "😀", "ＡＩ", "\r\n"]
)
PIECE = (
    st.sampled_from([*WORDS, "教师", "教师", "安全", "2024", "zzz"])
    | st.sampled_from(MARKS)
    | st.sampled_from(LABELLED)
    | WEIRD
)
TEXT = st.lists(PIECE, min_size=1).map("".join)


@pytest.fixture(scope="module")
def tagger(either_way: None) -> Tagger:
    return Tagger.load()


@pytest.fixture(scope="module")
def pipeline() -> object:
    return joblib.load(LIVE / "pipeline.joblib")


@pytest.fixture(scope="module")
def precise() -> object:
    """The same in double precision: in single, scikit-learn's own sums of thousands of features stray by some 4e-6."""
    pipeline = joblib.load(LIVE / "pipeline.joblib")
    pipeline["tfidf"].set_params(dtype=np.float64)
    for machine in pipeline["svm"].estimators_:
        machine.coef_ = machine.coef_.astype(np.float64)
    return pipeline


def by_pipeline(pipeline: object, text: str) -> np.ndarray:
    """The mean of whole, best sentence and best clause, each scored by scikit-learn."""
    found = clauses(text, SEGMENTER)
    sentences: dict[int, list[str]] = {}
    for clause in found:
        sentences.setdefault(clause.sentence, []).extend(clause.features)
    parts = [[feature for clause in found for feature in clause.features], *sentences.values()]
    parts += [clause.features for clause in found]
    scores = pipeline.decision_function([" ".join(part) for part in parts])
    best_sentence = scores[1 : 1 + len(sentences)].max(axis=0)
    return (scores[0] + best_sentence + scores[1 + len(sentences) :].max(axis=0)) / 3


def assert_the_same(tagger: Tagger, pipeline: object, texts: list[str]) -> None:
    """Probabilities to a millionth, and the same themes."""
    ours = probabilities(tagger.scores(texts))
    theirs = probabilities(np.stack([by_pipeline(pipeline, text) for text in texts]))
    np.testing.assert_allclose(ours, theirs, atol=1e-6, rtol=0)
    clear = abs(theirs - MODEL.weights.thresholds) > 1e-6
    assert ((ours >= MODEL.weights.thresholds) == (theirs >= MODEL.weights.thresholds))[clear].all()


def probabilities(scores: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-(MODEL.weights.slopes.astype(float) * scores + MODEL.weights.offsets)))


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_scores_are_those_of_the_scikit_learn_pipeline(tagger: Tagger, pipeline: object, text: str) -> None:
    assert_the_same(tagger, pipeline, [text])


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=8), st.integers(1, 40))
def test_so_are_those_of_a_batch(tagger: Tagger, pipeline: object, texts: list[str], times: int) -> None:
    assert_the_same(tagger, pipeline, [*texts, texts[0] * times])


@pytest.mark.parametrize(
    "text",
    [
        "。",
        "，，，",
        "zzz",
        "教师" * 20_000,
        "新建幼儿园，" * 8_000,
        "加强学校安全管理。" * 5_000,
        "".join(LABELLED),
        "、".join(LABELLED).translate(dict.fromkeys(map(ord, "，。；：？！,;:?!\n"), "、")),
    ],
    ids=lambda text: f"{text[:6]}*{len(text)}",
)
def test_so_are_those_of_extreme_texts(tagger: Tagger, precise: object, text: str) -> None:
    assert_the_same(tagger, precise, [text])
    assert_the_same(tagger, precise, ["推进教师交流。", text, "校园安全"])


def test_labelled_texts_get_the_same_themes_in_a_batch(tagger: Tagger, pipeline: object) -> None:
    assert_the_same(tagger, pipeline, LABELLED)


def test_a_batch_scores_as_its_texts_do_alone(tagger: Tagger) -> None:
    texts = ["推进教师交流。", "无", "新建幼儿园,落实经费。\n加强安全排查;开展演练。" * 30, "校园安全"]
    np.testing.assert_allclose(
        tagger.scores(texts), np.concatenate([tagger.scores([text]) for text in texts]), atol=1e-6
    )


def test_training_scores_clauses_as_tagging_scores_texts(tagger: Tagger) -> None:
    scorer = Scorer({feature: row for row, feature in enumerate(MODEL.vocabulary)}, MODEL.weights)
    scored = scorer.score([clauses(text, SEGMENTER) for text in LABELLED[:50]])
    np.testing.assert_allclose(np.stack([one.themes for one in scored]), tagger.scores(LABELLED[:50]), atol=1e-6)
    assert [len(one.sentences) for one in scored] == [
        1 + clauses(text, SEGMENTER)[-1].sentence for text in LABELLED[:50]
    ]


def test_the_pipeline_takes_the_features_as_they_are(pipeline: object) -> None:
    joined = " ".join(features("推进义务教育均衡发展", SEGMENTER))
    assert pipeline["tfidf"].build_analyzer()(joined) == joined.split(" ")
    assert list(pipeline["tfidf"].get_feature_names_out()) == list(MODEL.vocabulary)


def test_the_pipeline_file_holds_only_library_types() -> None:
    modules = {module.split(".")[0] for module in modules_named_in(LIVE / "pipeline.joblib")}
    assert "sklearn" in modules
    assert modules <= {"sklearn", "numpy", "joblib", "scipy"}


def modules_named_in(path: Path) -> set[str]:
    """The modules whose types a joblib file asks for."""
    found = set()

    class Recorder(NumpyUnpickler):
        def find_class(self, module: str, name: str) -> object:
            found.add(module)
            return super().find_class(module, name)

    raw = io.BytesIO(lzma.decompress(path.read_bytes()))
    Recorder(str(path), raw, ensure_native_byte_order=True).load()
    return found
