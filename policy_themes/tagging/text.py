"""The text to tag: what is refused, and the one form in which it is segmented."""

from __future__ import annotations

import re

import numpy as np

from policy_themes.errors import TextError, TextTooLong

__all__ = ["MAX_CHARACTERS", "checked", "normalise"]

MAX_CHARACTERS = 100_000
SHORT = 30  # characters, up to which str.translate is done before numpy has begun

# One character becomes one character, so offsets into the normalised text are offsets into the text as given.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SPACES = dict.fromkeys((0x3000, 0x00A0, 0x2002, 0x2003, 0x2009, 0x200A), ord(" "))
_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_NEVER = {0xFFFF: 0xFFFD}  # no character; tagging.codes parts words with it
_TABLE = _FULL_WIDTH | _SPACES | _ASCII_LOWER | _NEVER
_TABLE |= {full: half + 32 for full, half in _FULL_WIDTH.items() if half in _ASCII_LOWER}
# The same by UTF-16 unit: a look-up in an array takes a tenth of the time of str.translate.
_UNITS = np.arange(1 << 16, dtype="<u2")
_UNITS[list(_TABLE)] = list(_TABLE.values())

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def normalise(text: str) -> str:
    """The text with full-width letters, digits, punctuation and spaces made half-width, and ASCII in lower case.

    Always as long as `text`, character for character.
    """
    if len(text) < SHORT:
        return text.translate(_TABLE)
    try:
        units = np.frombuffer(text.encode("utf-16-le"), "<u2")
    except UnicodeEncodeError:  # a lone surrogate, which has no UTF-16
        return text.translate(_TABLE)
    normal: str = _UNITS.take(units).tobytes().decode("utf-16-le")
    return normal


def checked(text: str, max_characters: int = MAX_CHARACTERS) -> str:
    """`text` itself, or TextError (TextTooLong) that says what is wrong with it and what to do."""
    if len(text) > max_characters:
        raise TextTooLong(
            f"文本有 {len(text)} 个字符,超过上限 {max_characters};请按章节拆开后再提交",
            f"the text has {len(text)} characters, over the limit of {max_characters}; split it into sections",
        )
    if not text or text.isspace():
        raise TextError("文本为空,请提供要打标的正文", "the text is empty; give the text to tag", code="text-empty")
    if "\0" in text:
        place = text.index("\0")
        raise TextError(
            f"第 {place + 1} 个字符是空字符(NUL),请检查文件是否为二进制或编码有误",
            f"character {place + 1} is NUL; is it a binary file or a wrong encoding?",
            code="text-nul",
        )
    try:
        text.encode()
    except UnicodeEncodeError as broken:
        raise TextError(
            f"第 {broken.start + 1} 个字符是不成对的代理项,文本在转码时已损坏",
            f"character {broken.start + 1} is a lone surrogate; the text was damaged when it was converted",
            code="text-surrogate",
        ) from None
    if not _HAN.search(text):
        raise TextError("文本中没有汉字,无法判断主题", "the text holds no Chinese characters", code="text-no-chinese")
    return text
