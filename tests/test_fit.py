import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from policy_themes.tagging.features import Clause
from training.fit import COST, SEED, fit
from training.pieces import Pieces, joined

WORDS = ("甲", "乙", "丙", "丁", "戊", "己")
CLAUSES = st.lists(st.tuples(st.booleans(), st.lists(st.sampled_from(WORDS), max_size=4)), min_size=1, max_size=6)


def text_of(clauses: list[tuple[bool, list[str]]]) -> list[Clause]:
    """Clauses of the words given, each in a new sentence where it says so."""
    ends = np.cumsum([new for new, _ in clauses])
    return [Clause(at, at + 1, int(ends[at]), tuple(words)) for at, (_, words) in enumerate(clauses)]


@given(texts=st.lists(CLAUSES, min_size=1, max_size=8))
def test_the_best_piece_of_each_text_is_the_one_that_scores_highest(texts: list[list[tuple[bool, list[str]]]]) -> None:
    vectoriser = TfidfVectorizer(token_pattern=r"\S+").fit(WORDS)
    machine = LinearSVC(random_state=1).fit(vectoriser.transform(WORDS), [1, 0, 1, 0, 0, 0])
    cut = [text_of(text) for text in texts]
    best = machine.decision_function(Pieces.of(cut, lambda clause: clause.sentence, vectoriser).best(machine))
    for text, score in zip(cut, best, strict=True):
        sentences = [joined([c for c in text if c.sentence == at]) for at in sorted({c.sentence for c in text})]
        assert score == pytest.approx(machine.decision_function(vectoriser.transform(sentences)).max())


def test_each_theme_is_fitted_again_on_what_its_score_is_made_of() -> None:
    cut = [text_of([(True, ["甲"]), (False, ["乙", "丙"]), (True, ["丁", WORDS[at % 6]])]) for at in range(30)]
    carried = (np.arange(30) % 6 < 2)[:, None]
    pipeline = fit(cut, carried)
    wholes = pipeline["tfidf"].transform([joined(text) for text in cut]).toarray()
    machine = LinearSVC(C=COST, random_state=SEED, dual=True).fit(wholes, carried[:, 0])
    scored = []
    for text, whole in zip(cut, wholes, strict=True):
        rows = [whole]
        for pieces in ([text[:2], text[2:]], [[clause] for clause in text]):
            vectors = pipeline["tfidf"].transform([joined(piece) for piece in pieces]).toarray()
            rows.append(vectors[machine.decision_function(vectors).argmax()])
        scored.append(np.mean(rows, axis=0))
    machine.fit(np.concatenate([scored, wholes]), np.tile(carried[:, 0], 2))
    np.testing.assert_allclose(pipeline["svm"].estimators_[0].coef_, machine.coef_, atol=1e-3)
