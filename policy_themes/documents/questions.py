"""Questions and answers, as interviews and pages for the public have them."""

from __future__ import annotations

import re

from policy_themes.tagging.text import normalise

__all__ = ["is_answer", "is_question"]

LONGEST_QUESTION = 80  # characters
_QUESTION = re.compile(
    r"(?:问|q|提问|记者(?:提?问)?)\s?\d{0,2}\s?[:.、]|[\[【(](?:问|问题|提问|网民提问|记者)\s?\d{0,2}\s?[\]】)]"
)
_ANSWER = re.compile(r"(?:答|a|答复|回答|回复)\s?\d{0,2}\s?[:.、]|[\[【(](?:答|答复|回答|回复)\s?\d{0,2}\s?[\]】)]")


def is_question(words: str) -> bool:
    """Whether a line asks a question that the lines below answer: 问:…"""
    return len(words) <= LONGEST_QUESTION and _QUESTION.match(normalise(words)) is not None


def is_answer(words: str) -> bool:
    """Whether a line begins an answer: 答:…"""
    return words[0] in "答回aA[【(\uff08" and _ANSWER.match(normalise(words[:12])) is not None
