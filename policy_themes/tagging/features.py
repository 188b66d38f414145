"""Text -> features: words and the words inside them.

A section states its themes clause by clause, so features are kept by clause: a sentence is then a range of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from policy_themes.tagging.segment import Segmenter
from policy_themes.tagging.text import normalise

__all__ = ["Clause", "clauses", "features"]

SENTENCE_END = frozenset("。;!?\n\r\u2028\u2029")
CLAUSE_END = SENTENCE_END | frozenset(",:\t")
CLOSING = frozenset("”’」』)》】\"' ")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: its span in the text (characters), the number of its sentence, and its features in order."""

    start: int
    end: int
    sentence: int
    features: tuple[str, ...]


def clauses(text: str, segmenter: Segmenter) -> list[Clause]:
    """The clauses of `text` in order, each with its features. Their spans cover the text without a gap."""
    found: list[Clause] = []
    run: list[str] = []  # the features of the clause so far
    start = end = sentence = 0
    last = ""  # the mark that ended the clause, "" while it is still open
    for word in segmenter.words(normalise(text)):
        mark = word[0]
        if mark in CLAUSE_END:
            last = mark if last not in SENTENCE_END else last
        elif last and mark not in CLOSING:
            found.append(Clause(start, end, sentence, tuple(run)))
            sentence += last in SENTENCE_END
            start, run, last = end, [], ""
        run.extend(segmenter.parts(word) or ())
        end += len(word)
    if end > start:
        found.append(Clause(start, end, sentence, tuple(run)))
    return found


def features(text: str, segmenter: Segmenter) -> list[str]:
    """All features of `text`: what the vectoriser counts in training, and what tagging looks up."""
    return [feature for clause in clauses(text, segmenter) for feature in clause.features]
