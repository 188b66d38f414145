"""Bytes -> text, in the encodings that Chinese offices use, whatever the file says of itself.

Valid UTF-8 is taken for UTF-8. Otherwise every encoding is tried on a sample, and the one that gives the most common characters is right:
Big5 bytes are nearly always valid GB18030 too, but as such give rare characters, kana and Greek letters.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from functools import cache

from policy_themes.errors import DocumentError

__all__ = ["decoded"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_TRIED = ("gb18030", "utf-8", "big5hkscs", "utf-16-le", "utf-16-be")
_SAMPLE = 200_000  # bytes, from the first that is not ASCII
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_PUNCTUATION = frozenset("\u3000、。“”‘’《》〈〉「」『』【】〔〕—…·①②③④⑤⑥⑦⑧⑨⑩") | {
    chr(wide) for wide in range(0xFF01, 0xFF5F)
}
_TOLD = 0.05  # what a declaration counts for: it decides where the text is too short to tell
_FAIR = 0.6  # how common the characters of a damaged text must be, of 1
_DAMAGE = 50  # one character in so many may be damaged


def decoded(raw: bytes, where: str, *, declared: str = "") -> str:
    """`raw` as text, without its byte order mark; a few damaged bytes become U+FFFD each.

    `declared` is the encoding that the file or its sender names; it may be wrong. Raises DocumentError naming `where`: no text, or in
    another encoding.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _checked(raw[len(mark) :], encoding, where)
    if (text := _utf8(raw)) is not None:
        return text
    return _checked(raw, _likeliest(raw, declared), where)


def _utf8(raw: bytes) -> str | None:
    """`raw` as UTF-8 if it plainly is that."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if _is_binary(text):
        return None
    # A few words in GB18030 can be valid UTF-8 too, as letters of two bytes that nobody writes in a row.
    if not text.isascii() and "\u0100" <= max(text) < "\u0800" and _commonness(raw, "gb18030") >= 1:
        return None
    return text


def _likeliest(raw: bytes, declared: str) -> str:
    told = _canonical(declared)
    return max(_TRIED, key=lambda encoding: _commonness(_sample(raw, encoding), encoding) + _TOLD * (encoding == told))


def _sample(raw: bytes, encoding: str) -> bytes:
    first = _NOT_ASCII.search(raw)
    start = first.start() if first else 0
    start -= start % 2 if encoding.startswith("utf-16") else 0
    return raw[start : start + _SAMPLE]


def _canonical(declared: str) -> str:
    try:
        name = codecs.lookup(declared.strip()).name
    except (LookupError, ValueError):
        return ""
    return {"gb2312": "gb18030", "gbk": "gb18030", "hz": "", "big5": "big5hkscs", "cp950": "big5hkscs"}.get(name, name)


def _commonness(sample: bytes, encoding: str) -> float:
    """How common the characters beyond ASCII are that `sample` holds in this encoding: 1 if all are, below 0 for garbage."""
    counts = Counter(sample.decode(encoding, errors="replace"))
    damaged = sum(count for character, count in counts.items() if _CONTROL.match(character))
    beyond = {character: count for character, count in counts.items() if character > "\x7f"}
    total = sum(beyond.values())
    if not total:
        return 0.5 - damaged
    return (sum(count * _weight(character) for character, count in beyond.items()) - 3 * damaged) / total


def _weight(character: str) -> float:
    if character in _common() or character in _PUNCTUATION:
        return 1.0
    if character == "\ufffd":
        return -3.0
    if unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs"):
        return -1.0
    return 0.3 if "\u3400" <= character <= "\u9fff" else 0.2


@cache
def _common() -> frozenset[str]:
    """The characters that the standards put first, by use: level 1 of GB 2312 (3,755) and of Big5 (5,401)."""
    simplified = (bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    traditional = (bytes((high, low)) for high in range(0xA4, 0xC7) for low in (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    characters = b"".join(simplified).decode("gb2312", "ignore") + b"".join(traditional).decode("big5", "ignore")
    return frozenset(one for one in characters if one >= "\u4e00")


def _checked(raw: bytes, encoding: str, where: str) -> str:
    """`raw` in `encoding`, if that gives text with little damage."""
    text = raw.decode(encoding, errors="replace")
    damaged = text.count("\ufffd")
    spoilt = damaged > max(1, len(text) // _DAMAGE) or (
        damaged and _commonness(_sample(raw, encoding), encoding) < _FAIR
    )
    if not spoilt and not _is_binary(text):
        return text
    raise DocumentError(
        "不是文本,或不是 UTF-8、UTF-16、GB18030、Big5 编码;请用原来的程序打开,另存为 UTF-8 文本后再试",
        "is not text in UTF-8, UTF-16, GB18030 or Big5; open it in its own program and save it as text in UTF-8",
        where=where,
    )


def _is_binary(text: str) -> bool:
    """Whether there are characters that no text holds: a NUL, or more control characters than a slip of the pen."""
    return "\0" in text or len(_CONTROL.findall(text, 0, _SAMPLE)) > max(2, min(len(text), _SAMPLE) // 1000)
