"""Text from the wild -> text to tag: traditional characters made simplified, pinyin in brackets after a character removed."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from policy_themes.errors import DocumentError

__all__ = ["cleaned"]

# Some sites print the reading of each rarer traditional character behind it, in either kind of bracket.
_PINYIN = re.compile(r"(?<=[\u3400-\u9fff])[(\uff08][a-zɑāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿê]{1,7}[)\uff09]")
# Characters that OpenCC leaves in names and compounds, where mainland documents write the other.
_VARIANTS = str.maketrans("於著", "于着")
_TRADITIONAL = re.compile(r"[學會發國為時長來過說們見書經條動務黨員萬與對業開關]")
TELLING = 3  # traditional characters from which a text counts as traditional: one may stand in a name


def cleaned(text: str) -> str:
    """`text` without pinyin and in simplified characters.

    Raises DocumentError if it is traditional and OpenCC (the extra `documents`) is not installed.
    """
    text = _PINYIN.sub("", text)
    if len(_TRADITIONAL.findall(text)) < TELLING:
        return text
    simplified: str = _converter().convert(text)
    return simplified.translate(_VARIANTS)


@cache
def _converter() -> Any:
    try:
        from opencc import OpenCC
    except ImportError as error:
        raise DocumentError(
            "繁体文本需要 OpenCC:pip install 'policy-themes[documents]'",
            "traditional text needs OpenCC: pip install 'policy-themes[documents]'",
        ) from error
    return OpenCC("t2s")
