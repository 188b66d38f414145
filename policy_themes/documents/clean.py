"""Text from the wild -> text to tag, every repair counted, every character's place in the original kept.

Repairs, in order: mojibake undone where its bytes say how, characters that show nothing removed, look-alike characters made plain, spaces
inside words closed, the pinyin that some sites print behind rarer traditional characters removed, traditional characters made simplified.
What can't be read is marked, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from policy_themes.documents.edits import Edit, Placed
from policy_themes.documents.furniture import page_breaks
from policy_themes.errors import DocumentError

__all__ = ["REPAIRS", "Cleaned", "clean", "cleaned"]

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
TELLING = 3  # traditional characters from which a text counts as traditional: one may stand in a name

# A UTF-8 character of two or three bytes that was read as Latin-1 or as Windows-1252.
_MISREAD = re.compile(
    r"(?:[\u00c2-\u00ef\u0152\u0153\u0160\u0161\u0178][\u0080-\u00bf\u0152-\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]{1,2})+"
)
_CHINESE = re.compile(r"[\u2010-\u2027\u2030-\u205e\u2100-\u27ff\u3000-\u9fff\uff01-\uffee]+")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]+"
)
_PRIVATE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010ffff]+")
_WIDE = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
# Kangxi radicals and compatibility ideographs: what PDF fonts give for ordinary characters.
_LOOKALIKE = re.compile(r"[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")
_RADICALS = str.maketrans(
    "\u2ea0\u2ec5\u2ed3\u2ed8\u2ee2\u2ef0\u2edc\u2eda\u2ecb\u2ed1\u2ecf\u2ef3\u2eec", "民见长青马龙飞页车长阝龟齐"
)
_GAP = "[ \u00a0\u3000\u2002-\u200a]"
_SPACED = re.compile(rf"(?<![{HAN}])[{HAN}](?:{_GAP}{{1,4}}[{HAN}])+(?![{HAN}])")
_PROSE_GAP = re.compile(rf"(?<=[{HAN}\u3001\u3002\uff0c\uff1b]){_GAP}+(?=[{HAN}\u3001\u3002\uff0c\uff1b\u201c\u300a])")
_GAPS = re.compile(f"{_GAP}+")
PROSE = 40  # characters from which a line with a full stop is running text, where no space stands between words
_READING = r"[(\uff08][a-zɑāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿê]{1,7}[)\uff09]"
_PINYIN = re.compile(rf"(?<=[{HAN}])(?:{_READING})+")
# The commonest characters that simplified text never has.
_TRADITIONAL = re.compile(
    "[學會發國為時長來過說們見書經條動務黨員萬與對業開關兒應盡資辦園區縣鄉鎮師實質體標準設計劃組織結構調處類選進這個從後網戰歷歲讓議論證護費"
    "賽責訓講課題領導隊協聯聽習號線級續總統編練難雙農獎勵產權擇舊還邊遠運連達遲鄰醫釋鐵銀錢錯門問間閱陽陰陣際險隨隱雜離電響頁項順須預頒頻顯"
    "風飛養館驗鬥鬧麗黃點齊齡場報愛創樂環圖廳廣廠縮給絡納純綱維緊綠績]"
)
# Characters that OpenCC leaves in names and compounds, where mainland documents write the other.
_VARIANT = re.compile(r"於|(?<![显顯名原专專论論编編土巨卓昭遗遺译譯合])著(?![名作称稱述者录錄书書])")
_VARIANTS = {"於": "于", "著": "着"}
_UNREADABLE = re.compile(
    rf"\ufffd+|[\x80-\x84\x86-\x9f]+|(?:锟斤拷)+|烫{{3,}}|屯{{3,}}|[\U00020000-\U0003ffff]|[A-Za-z](?={_READING})"
)
_LINE = re.compile(r"[^\n]+")

# The name of each repair, as reports show it.
REPAIRS = {
    "mojibake": "还原乱码",
    "invisible": "去掉不可见字符",
    "private": "去掉私用区字符",
    "lookalike": "部首、兼容字改为常用字",
    "wide": "全角字母数字改为半角",
    "spaces": "去掉字间空格",
    "pinyin": "去掉注音",
    "traditional": "繁体改为简体",
    "pages": "去掉句中的页码页眉",
    "unreadable": "无法辨认,照原样留下",
}


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned text with its places in the original, the number of each repair (keys of REPAIRS; none that did not happen), and
    `unreadable`, the spans of the original (start, end) that are damaged beyond repair."""

    placed: Placed
    repairs: Mapping[str, int]
    unreadable: tuple[tuple[int, int], ...]

    @property
    def text(self) -> str:
        """The cleaned text."""
        return self.placed.text


def clean(text: str) -> Cleaned:
    """`text` repaired. Cleaning the result again changes nothing.

    Raises DocumentError if it is traditional and OpenCC (the extra `documents`) is not installed.
    """
    placed, repairs = Placed.of(text), Counter[str]()
    for name, step in _STEPS:
        edits = list(step(placed.text))
        placed = placed.edited(edits)
        repairs[name] += len(edits)
    marks = [(placed.places[m.start()], placed.places[m.end()]) for m in _UNREADABLE.finditer(placed.text)]
    repairs["unreadable"] = len(marks)
    return Cleaned(placed, {name: count for name, count in repairs.items() if count}, tuple(marks))


def cleaned(text: str) -> str:
    """The text of clean(text)."""
    return clean(text).text


def _mojibake(text: str) -> Iterator[Edit]:
    for match in _MISREAD.finditer(text):
        piece = match.group()
        while (better := _reread(piece)) is not None:
            piece = better
        if piece != match.group():
            yield Edit(match.start(), match.end(), piece)


def _reread(piece: str) -> str | None:
    """What the bytes behind `piece` say in UTF-8, if that is Chinese or its punctuation."""
    for wrong in ("latin-1", "cp1252"):
        try:
            right = piece.encode(wrong).decode("utf-8")
        except UnicodeError:
            continue
        if _CHINESE.fullmatch(right):
            return right
    return None


def _removed(pattern: re.Pattern[str]) -> Callable[[str], Iterator[Edit]]:
    return lambda text: (Edit(match.start(), match.end()) for match in pattern.finditer(text))


def _lookalike(text: str) -> Iterator[Edit]:
    for match in _LOOKALIKE.finditer(text):
        plain = unicodedata.normalize("NFKC", match.group()).translate(_RADICALS)
        if plain != match.group():
            yield Edit(match.start(), match.end(), plain)


def _wide(text: str) -> Iterator[Edit]:
    return (Edit(match.start(), match.end(), chr(ord(match.group()) - 0xFEE0)) for match in _WIDE.finditer(text))


def _spaces(text: str) -> Iterator[Edit]:
    for line in _LINE.finditer(text):
        prose = len(line.group()) >= PROSE and "\u3002" in line.group()
        if prose:
            yield from (Edit(gap.start(), gap.end()) for gap in _PROSE_GAP.finditer(text, line.start(), line.end()))
            continue
        for word in _SPACED.finditer(text, line.start(), line.end()):
            yield from (Edit(gap.start(), gap.end()) for gap in _GAPS.finditer(text, word.start(), word.end()))


def _traditional(text: str) -> Iterator[Edit]:
    if len(_TRADITIONAL.findall(text)) < TELLING:
        return
    convert = _converter().convert
    for line in _LINE.finditer(text):
        before = line.group()
        after = convert(before)
        if len(after) != len(before):
            after = "".join(simple if len(simple := convert(one)) == 1 else one for one in before)
        after = _VARIANT.sub(lambda match: _VARIANTS[match.group()], after)
        for at, (old, new) in enumerate(zip(before, after, strict=True), line.start()):
            if old != new:
                yield Edit(at, at + 1, new)


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


_STEPS: tuple[tuple[str, Callable[[str], Iterator[Edit]]], ...] = (
    ("invisible", _removed(_INVISIBLE)),
    ("private", _removed(_PRIVATE)),
    ("mojibake", _mojibake),
    ("lookalike", _lookalike),
    ("wide", _wide),
    ("spaces", _spaces),
    ("pinyin", _removed(_PINYIN)),
    ("traditional", _traditional),
    ("pages", page_breaks),
    ("spaces", _spaces),  # a line put together may be running text now
)
