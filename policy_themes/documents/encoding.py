"""Bytes -> text, in the encodings that Chinese offices use."""

from __future__ import annotations

import codecs

from policy_themes.errors import DocumentError

__all__ = ["decoded"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(raw: bytes, where: str) -> str:
    """`raw` as text: by its byte order mark, else UTF-8, else GB18030. Raises DocumentError naming `where`."""
    tried = next(((encoding,) for mark, encoding in _MARKS if raw.startswith(mark)), ("utf-8", "gb18030"))
    for encoding in tried:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DocumentError(
        "不是 UTF-8、UTF-16 或 GB18030 编码的文本,请另存为 UTF-8 后再试",
        "is not text in UTF-8, UTF-16 or GB18030; save it as UTF-8",
        where=where,
    )
