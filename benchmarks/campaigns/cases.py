"""What is fuzzed: from bytes to the function that must take any of them, refusing with an error of ours or answering."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

__all__ = ["TARGETS", "cleaning", "reading", "requests", "splitting"]


def cleaning(data: bytes) -> None:
    """Clean a text."""
    from policy_themes.documents.clean import clean

    clean(data.decode("utf-8", "replace"))


def splitting(data: bytes) -> None:
    """Split a text; together the pieces must hold all of it but white space, once."""
    from policy_themes.documents.split import split

    text = data.decode("utf-8", "replace")
    pieces = split(text)
    if sum(len("".join(text[piece.start : piece.end].split())) for piece in pieces) != len("".join(text.split())):
        raise AssertionError("the pieces do not hold the text")


def reading(data: bytes) -> None:
    """Read a document: the first byte chooses its suffix, the rest is the file."""
    from policy_themes.documents.read import SUFFIXES, read_document
    from policy_themes.errors import DocumentError

    if not data:
        return
    try:
        read_document(data[1:], "文件" + SUFFIXES[data[0] % len(SUFFIXES)])
    except DocumentError as error:
        str(error)


def requests(data: bytes) -> None:
    """Decode and answer a request: the first byte chooses a batch or a single text, the rest is the body."""
    from service.large import Large

    if data:
        Large(data[1:], "", data[0] % 2 == 1, 100_000, 1_000).outcome(_tagger())


@cache
def _tagger():  # type: ignore[no-untyped-def]  # noqa: ANN202 -- its module must be imported late, to be instrumented
    from policy_themes import Tagger

    return Tagger.load()


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "cleaning": cleaning,
    "splitting": splitting,
    "reading": reading,
    "requests": requests,
}
