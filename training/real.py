"""labels/real.jsonl: hand labels of real documents without their text.

    {"document", "title", "issuer", "year", "address", "section", "characters", "anchor", "sha256", "themes"}

Who has a document can find its labelled sections in it: `characters` is a section's length after cleaning (letters, digits and Chinese
characters only), `anchor` the SHA-256 of its first ANCHOR of them, and `sha256` that of them all. So nothing depends on how a
document is cut, and no text is kept.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from policy_themes.documents.clean import cleaned
from policy_themes.documents.read import SUFFIXES, bytes_of, read_document
from policy_themes.errors import DocumentError, InputError, LabelError
from policy_themes.tagging.text import normalise
from training.labels import REAL, Item

__all__ = ["RealSection", "find", "items_of", "read_real"]

ANCHOR = 12  # characters
_WORD = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class RealSection:
    """A labelled section of a real document, known by its digests."""

    document: str
    section: str
    characters: int
    anchor: str
    sha256: str
    themes: tuple[str, ...]

    @classmethod
    def of(cls, document: str, section: str, text: str, themes: Sequence[str]) -> RealSection:
        """The entry of a section whose text is at hand."""
        bare, _ = _bare(text)
        return cls(document, section, len(bare), _digest(bare[:ANCHOR]), _digest(bare), tuple(themes))


def read_real(labels: Path) -> list[RealSection]:
    """Read real.jsonl of a labels folder. Raises LabelError naming file and line."""
    path = labels / REAL
    found = []
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise LabelError("无法读取", f"cannot be read: {error.strerror}", where=str(path)) from error
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            facts = {name: entry[name] for name in ("document", "section", "characters", "anchor", "sha256")}
            found.append(RealSection(**facts, themes=tuple(entry["themes"])))
        except (ValueError, KeyError, TypeError) as error:
            raise LabelError("不是合法的真实文件标注", "is not a sound entry", where=f"{path}:{number}") from error
    return found


def find(folder: Path, sections: Sequence[RealSection]) -> list[tuple[RealSection, str]]:
    """The labelled sections that stand in the documents of `folder` (at any depth), with their cleaned text.

    Each section is given once; documents that can't be read are passed over. Raises InputError if the folder is missing, or holds
    none of the sections: then with the first document that could not be read.
    """
    if not folder.is_dir():
        raise InputError("没有这个文件夹", "there is no such folder", where=str(folder))
    found: dict[RealSection, str] = {}
    unread: DocumentError | None = None
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES):
        try:
            text = cleaned(read_document(bytes_of(path), str(path)).text)
        except DocumentError as error:
            unread = unread or error
            continue
        for section, piece in _found_in(text, sections):
            found.setdefault(section, piece)
    if not found:
        raise unread or InputError(
            "没有找到任何已标注的真实文件段落", "holds none of the labelled sections", where=str(folder)
        )
    return list(found.items())


def items_of(found: Sequence[tuple[RealSection, str]], where: str) -> list[Item]:
    """Found sections as labelled items, so that they can join the training."""
    return [
        Item(
            f"real-{one.document}-{one.section}", "section", text, one.themes, f"real/{one.document}", "real", "", where
        )
        for one, text in found
    ]


def _found_in(text: str, sections: Sequence[RealSection]) -> Iterator[tuple[RealSection, str]]:
    """The sections of the documents that `text` is: those of which it holds at least half."""
    bare, places = _bare(text)
    by_anchor: dict[tuple[int, str], list[RealSection]] = defaultdict(list)
    for section in sections:
        by_anchor[min(ANCHOR, section.characters), section.anchor].append(section)
    found: dict[RealSection, str] = {}
    for length in {length for length, _ in by_anchor}:
        for start in range(len(bare) - length + 1):
            for section in by_anchor.get((length, _digest(bare[start : start + length])), ()):
                end = start + section.characters
                if section not in found and end <= len(bare) and _digest(bare[start:end]) == section.sha256:
                    found[section] = text[places[start] : _end(text, places, end)]
    held, whole = Counter(one.document for one in found), Counter(one.document for one in sections)
    yield from ((one, piece) for one, piece in found.items() if 2 * held[one.document] >= whole[one.document])


def _end(text: str, places: Sequence[int], end: int) -> int:
    """Past a section's last character and the punctuation behind it, up to the line's end."""
    stop = places[end] if end < len(places) else len(text)
    tail = text[places[end - 1] + 1 : stop]
    return places[end - 1] + 1 + len(re.split(r"[\r\n(\uff08]", tail)[0].rstrip())


def _bare(text: str) -> tuple[str, list[int]]:
    """The letters, digits and Chinese characters of cleaned `text`, normalised, and where each stands in it."""
    normalised = normalise(text)
    places = [match.start() for match in _WORD.finditer(normalised)]
    return "".join(normalised[at] for at in places), places


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
