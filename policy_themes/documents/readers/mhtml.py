"""Web archives (.mht, .mhtml: a MIME message of the page and what it shows) -> the page. Source: RFC 2557."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message

from policy_themes.errors import DocumentError

__all__ = ["is_archive", "pages"]

_HEADER = re.compile(rb"[\w-]{1,60}:[ \t]*[^\r\n]*\r?\n")
_TELLING = re.compile(rb"^(?:mime-version|content-type|snapshot-content-location):", re.IGNORECASE | re.MULTILINE)
_PART = re.compile(rb"^--\S", re.MULTILINE)
MAX_PARTS = 10_000  # lines that may part one from the next; each is an object, and the page of a site has some hundred
_HEAD = 4_000  # bytes in which the headers of a message begin


def is_archive(data: bytes) -> bool:
    """Whether these are the bytes of a web archive rather than of a page."""
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    return _HEADER.match(head) is not None and _TELLING.search(head) is not None


def pages(data: bytes, name: str) -> list[tuple[bytes, str]]:
    """The pages in the archive, the main one first, its frames behind it: (bytes, the encoding that its part names or "").

    Raises DocumentError naming `name`: cut short, of too many parts, or without a page.
    """
    if sum(1 for _ in _PART.finditer(data)) > MAX_PARTS:
        raise DocumentError(
            f"网页归档(mht)的部分超过 {MAX_PARTS} 个,请在浏览器中另存为 .html",
            f"is a web archive of over {MAX_PARTS} parts; save the page as .html",
            where=name,
        )
    try:
        message = message_from_bytes(data, policy=policy.compat32)
        found = [page for part in message.walk() if (page := _page(part)) is not None]
    except (MessageError, LookupError, ValueError, RecursionError) as error:
        raise _damaged(name) from error
    if not found or _is_cut(message, data):
        raise _damaged(name)
    return found


def _page(part: Message) -> tuple[bytes, str] | None:
    if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
        return None
    content = part.get_payload(decode=True)
    return (content, str(part.get_content_charset() or "")) if isinstance(content, bytes) and content.strip() else None


def _is_cut(message: Message, data: bytes) -> bool:
    """Whether the boundary that closes the message is missing."""
    boundary = message.get_boundary()
    return boundary is not None and f"--{boundary}--".encode("ascii", "replace") not in data[-2 * _HEAD :]


def _damaged(name: str) -> DocumentError:
    return DocumentError(
        "网页归档(mht)不完整或其中没有网页,请在浏览器中重新保存,或另存为 .html",
        "is a web archive that is cut short or holds no page; save the page again, or save it as .html",
        where=name,
    )
