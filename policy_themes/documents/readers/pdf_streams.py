"""How much the compressed streams of a PDF unpack to, before PDFium unpacks them whole: a thousandth of its size is enough for a bomb."""

from __future__ import annotations

import re
import zlib

__all__ = ["unpacks_to_too_much"]

MAX_STREAM = 150_000_000  # bytes of one stream: a scanned page at 600 dpi in colour has some 100 MB
MAX_ALL = 3_000_000_000  # of all: some ten seconds
_STREAM = re.compile(rb"stream\r?\n(?=[\x08-\x78][\x01\x5e\x9c\xda])")
_CHUNK = 1_000_000  # unpacked at a time
_READ = 65_536


def unpacks_to_too_much(data: bytes) -> bool:
    """Whether a stream of the PDF in `data`, or all together, unpack to more than the limits (zlib only, which text comes in)."""
    total = 0
    for match in _STREAM.finditer(data):
        size = _size(data, match.end())
        total += size
        if size > MAX_STREAM or total > MAX_ALL:
            return True
    return False


def _size(data: bytes, start: int) -> int:
    """What the stream at `start` unpacks to, counted no further than MAX_STREAM; damaged ones up to the damage."""
    unpack = zlib.decompressobj()
    size, held = 0, b""
    try:
        while size <= MAX_STREAM and not unpack.eof:
            if not held:
                held, start = data[start : start + _READ], start + _READ
                if not held:
                    break
            size += len(unpack.decompress(held, _CHUNK))
            held = unpack.unconsumed_tail
    except zlib.error:
        pass
    return size
