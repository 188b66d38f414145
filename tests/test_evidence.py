"""Evidence on real sections: tests/evidence.jsonl marks, by hand, the sentences a reader would point to, without their text."""

import json
from pathlib import Path

import pytest

from policy_themes import Options, Tagger
from policy_themes.tagging.evidence import sentence_spans
from policy_themes.tagging.features import clauses
from policy_themes.tagging.segment import Segmenter

HERE = Path(__file__).parent
REAL = HERE.parent.parent / "shared/dev/sections.jsonl"


@pytest.mark.skipif(not REAL.exists(), reason="../shared/dev is not here")
def test_the_first_sentence_shown_is_one_a_reader_would_point_to(tagger: Tagger) -> None:
    texts = {row["id"]: row["text"] for row in map(json.loads, REAL.read_text("utf-8").splitlines())}
    marks = [json.loads(line) for line in (HERE / "evidence.jsonl").read_text("utf-8").splitlines()]
    assert len(marks) >= 120
    segmenter = Segmenter()
    wrong = []
    for mark in marks:
        text = texts[mark["id"]]
        spans = sentence_spans(text, clauses(text, segmenter))
        # Threshold 0: the mark counts whether or not the theme is assigned.
        themes = {theme.name: theme.evidence for theme in tagger.tag(text, Options(threshold=0)).themes}
        shown = spans.index(themes[mark["theme"]][0]) + 1
        if shown not in mark["sentences"]:
            wrong.append((mark["id"], mark["theme"], shown, mark["sentences"]))
    assert len(wrong) <= 0.1 * len(marks), wrong
