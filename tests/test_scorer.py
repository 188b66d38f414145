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
from policy_themes.tagging.segment import Segmenter
from policy_themes.versions import Versions

LIVE = Versions.shipped().live_folder()
MODEL = load_model(LIVE)
SEGMENTER = Segmenter(MODEL.lexicon)
WORDS = list(MODEL.vocabulary[::97])
TEXT = st.lists(
    st.sampled_from([*WORDS, "教师", "教师", "安全", "2024", "zzz"]) | st.sampled_from(list("，。；：、\n（")),
    min_size=1,
).map("".join)


@pytest.fixture(scope="module")
def pipeline() -> object:
    return joblib.load(LIVE / "pipeline.joblib")


def by_pipeline(pipeline: object, text: str) -> np.ndarray:
    """The mean of whole, best sentence and best clause, each scored by scikit-learn."""
    found = clauses(text, SEGMENTER)
    sentences: dict[int, list[list[str]]] = {}
    for clause in found:
        sentences.setdefault(clause.sentence, []).append(list(clause.features))
    single = [[list(clause.features)] for clause in found]

    def score(units: list[list[list[str]]]) -> np.ndarray:
        return pipeline.decision_function(
            [" ".join(feature for clause in unit for feature in clause) for unit in units]
        )

    whole = score([[list(clause.features) for clause in found]])[0]
    return (whole + score(list(sentences.values())).max(axis=0) + score(single).max(axis=0)) / 3


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_scores_are_those_of_the_scikit_learn_pipeline(tagger: Tagger, pipeline: object, text: str) -> None:
    np.testing.assert_allclose(tagger.scores([text])[0], by_pipeline(pipeline, text), atol=1e-5)


def test_a_batch_scores_as_its_texts_do_alone(tagger: Tagger) -> None:
    texts = ["推进教师交流。", "无", "新建幼儿园,落实经费。\n加强安全排查;开展演练。" * 30, "校园安全"]
    np.testing.assert_allclose(
        tagger.scores(texts), np.concatenate([tagger.scores([text]) for text in texts]), atol=1e-6
    )


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
