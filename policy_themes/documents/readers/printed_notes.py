"""What the readers of printed pages say of pages that they could not read, in one wording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policy_themes.documents.limits import MAX_CHARACTERS
from policy_themes.errors import DocumentError

__all__ = ["listed", "no_text", "notes_of", "too_long", "too_many_pages"]

_LISTED = 20


def listed(pages: Sequence[int]) -> str:
    """第 3、5 页: the numbers of pages, at most the first twenty."""
    numbers = "、".join(map(str, pages[:_LISTED]))
    return f"第 {numbers} 等 {len(pages)} 页" if len(pages) > _LISTED else f"第 {numbers} 页"


def notes_of(*, silent: Sequence[int] = (), damaged: Sequence[int] = (), slanted: Sequence[int] = ()) -> Iterator[str]:
    """Notes on pages: with pictures but no text, unreadable, with text that runs aslant."""
    if silent:
        yield f"{listed(silent)}没有文字(可能是扫描的图片),没有读取;需要时请先用 OCR 识别"
    if damaged:
        yield f"{listed(damaged)}已损坏,没有读取"
    if slanted:
        yield f"{listed(slanted)}有斜排或竖排的文字(如水印),没有读取"


def no_text(pages: Sequence[int], name: str) -> DocumentError:
    """The error for a document that holds pictures of text, or nothing."""
    return DocumentError(
        f"没有文字,是扫描件或图片({listed(pages)});请先用 OCR 软件识别成可复制的文字后再试",
        f"holds no text on its {len(pages)} pages: scanned pictures; run it through OCR and try again",
        where=name,
    )


def too_many_pages(count: int, most: int, name: str) -> DocumentError:
    """The error for more pages than `most`."""
    return DocumentError(
        f"有 {count} 页,超过上限 {most} 页,请拆分", f"has {count} pages, over {most}; split it", where=name
    )


def too_long(name: str) -> DocumentError:
    """The error for more than MAX_CHARACTERS."""
    return DocumentError(
        f"正文超过 {MAX_CHARACTERS} 字,请拆分", f"holds over {MAX_CHARACTERS} characters; split it", where=name
    )
