"""A plain POST /classify, known by its head: the bytes before its body.

A client that keeps its connection sends the same head again and again, so what has been found out about one is kept, and most requests
are not parsed at all. A body of another length makes another head.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import httptools

__all__ = ["END", "MOST", "START", "Plain", "good_name", "plain"]

START = b"POST /classify HTTP/1.1\r\n"
END = b"\r\n\r\n"
MOST = 1_000  # bytes of a head
KEPT = 1_000  # heads
# What asks for more than an answer; or says how the body comes, which only its length may.
UNUSUAL = frozenset((b"expect", b"upgrade", b"transfer-encoding", b"trailer", b"te", b"http2-settings"))

good_name = re.compile(rb"[A-Za-z0-9._-]{1,64}").fullmatch


class Plain(NamedTuple):
    """`length` of the body, in bytes; `name`, the X-Request-ID that it came with, or ""."""

    length: int
    name: str


@lru_cache(maxsize=KEPT)
def plain(head: bytes) -> Plain | None:
    """What a head says, from START up to END; None if the request is in any way out of the ordinary."""
    found = _Headers()
    try:
        httptools.HttpRequestParser(found).feed_data(head + END)
    except (httptools.HttpParserError, httptools.HttpParserUpgrade):
        return None
    headers = found.headers
    usual = (
        headers.get(b"content-type") == b"application/json"
        and b"content-length" in headers
        and headers.get(b"connection", b"keep-alive").lower() == b"keep-alive"
        and not headers.keys() & UNUSUAL
    )
    if not usual or len(headers) != found.count:
        return None
    name = headers.get(b"x-request-id", b"")
    return Plain(int(headers[b"content-length"]), name.decode() if good_name(name) else "")


class _Headers:
    """Filled by the parser."""

    def __init__(self) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.count = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        self.headers[name.lower()] = value
        self.count += 1
