"""Files made by real producers, read and cut: the sections a person would have stand beside each as NAME.expected."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_shapes import cut

from policy_themes.documents.read import read_document

FOLDER = Path(__file__).parent / "files"
FILES = sorted(path.with_suffix("") for path in FOLDER.glob("*.*.expected"))


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_a_file_is_cut_as_a_person_would(file: Path) -> None:
    expected = file.with_name(f"{file.name}.expected").read_text("utf-8").splitlines()
    assert cut(read_document(file.read_bytes(), file.name)) == expected


def test_every_kind_of_producer_is_here() -> None:
    assert {file.suffix for file in FILES} >= {
        ".docx",
        ".doc",
        ".wps",
        ".rtf",
        ".pdf",
        ".ofd",
        ".html",
        ".mht",
        ".xlsx",
    }
