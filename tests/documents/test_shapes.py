"""Shapes of documents: each shapes/NAME.txt is composed for these tests, and NAME.expected says how a person cuts it.

The first line of NAME.expected holds the facts: `facts|title|issuer|number|date|year`. Each line below holds a piece:
`kind|number|heading path|words`, where words of over 18 characters are the first twelve, "…" and the last six.
"""

from pathlib import Path

import pytest

from policy_themes.documents.document import Document, document_of
from policy_themes.documents.readers import Reading

FOLDER = Path(__file__).parent / "shapes"
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))


def cut(document: Document) -> list[str]:
    """The document as a file NAME.expected has it."""
    facts = document.facts
    told = [facts.title, facts.issuer, facts.number, facts.date, str(facts.year or "")]
    pieces = [[piece.kind, piece.number, piece.heading, shortened(piece.text)] for piece in document.sections]
    return ["|".join(fields) for fields in [["facts", *told], *pieces]]


def shortened(words: str) -> str:
    return words if len(words) <= 18 else f"{words[:12]}…{words[-6:]}"


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_cut_as_a_person_would(name: str) -> None:
    text = (FOLDER / f"{name}.txt").read_text("utf-8")
    expected = (FOLDER / f"{name}.expected").read_text("utf-8").splitlines()
    assert cut(document_of(Reading(text), f"{name}.txt")) == expected


def test_each_shape_has_its_cut() -> None:
    assert len(NAMES) >= 40
    assert {path.stem for path in FOLDER.glob("*.expected")} == set(NAMES)
