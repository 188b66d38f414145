"""Plain text and Markdown."""

from __future__ import annotations

import re

from policy_themes.documents.encoding import decoded
from policy_themes.documents.readers import Reading
from policy_themes.documents.readers.markdown import unmarked
from policy_themes.errors import DocumentError

__all__ = ["read"]

_BREAKS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_DAMAGED = "有 {count} 处字节损坏,无法辨认,以 \ufffd 代替"


def read(data: bytes, name: str) -> Reading:
    """The text as it stands, line by line; of Markdown (by the name), without its marks.

    Raises DocumentError naming `name` for bytes that are no text, or none at all.
    """
    text = _BREAKS.sub("\n", decoded(data, name)).lstrip("\ufeff")
    if not text.strip():
        raise DocumentError("文件中没有文字", "holds no text", where=name)
    notes = (_DAMAGED.format(count=text.count("\ufffd")),) if "\ufffd" in text else ()
    return Reading(unmarked(text) if name.lower().endswith((".md", ".markdown")) else text, notes)
