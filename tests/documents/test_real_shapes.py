"""Real documents, where they are at hand: how many items are cut, and their numbers. None of their text stands here."""

from pathlib import Path

import pytest

from policy_themes.documents.read import read_document
from policy_themes.documents.split import Section

REAL = Path(__file__).parent.parent.parent.parent / "shared/dev"
SPEECH = [
    "(一)",
    "(二)",
    "(三)",
    "(四)",
    "(五)",
    "(六)",
    "一是",
    "二是",
    "三是",
    "(一)",
    "(二)",
    "(三)",
    "(四)",
    "(五)",
]


def sections(beginning: str) -> list[Section]:
    paths = list(REAL.glob(f"{beginning}*.txt"))
    if not paths:
        pytest.skip("../shared/dev is not here")
    return [piece for piece in read_document(paths[0].read_bytes(), paths[0].name).sections if piece.kind == "section"]


@pytest.mark.parametrize(("beginning", "last"), [("001", 24), ("003", 42)])
def test_a_plan_counts_on_across_its_chapters(beginning: str, last: int) -> None:
    numbers = [piece.number for piece in sections(beginning) if piece.number[:1].isdigit()]
    assert numbers == [f"{value}." for value in range(1, last + 1)]


def test_a_speech_in_three_parts() -> None:
    numbers = [piece.number for piece in sections("004") if piece.number and not piece.number.endswith("、")]
    assert numbers == SPEECH
