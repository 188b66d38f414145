"""A number as Word shows it in each of its number formats (w:numFmt). Source: ECMA-376 part 1, 17.18.59."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

__all__ = ["numeral"]

LARGEST = 32_767  # the largest number that Word counts to; letters and Roman numerals would grow without end
_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")),
    *((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_HAN = "〇一二三四五六七八九"
_HAN_ZERO = "零一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_LEGAL_JAPANESE = "零壱弐参四伍六七八九"


def numeral(value: int, number_format: str) -> str:
    """`value` in a format of w:numFmt; in plain digits if the format has no sign for it, is not known, or the value is over LARGEST.

    "none" gives nothing. Formats "001, 002, ..." (w:format of the format "custom") give as many digits.
    """
    if number_format == "none":
        return ""
    if number_format.startswith("0"):
        return str(value).zfill(min(len(number_format.partition(",")[0].strip()), 9))
    if not 1 <= value <= LARGEST:
        return str(value)
    return _FORMATS.get(number_format, str)(value)


def _roman(value: int) -> str:
    shown = ""
    for worth, sign in _ROMAN:
        count, value = divmod(value, worth)
        shown += sign * count
    return shown


def _letters(value: int) -> str:
    rounds, at = divmod(value - 1, len(_LATIN))
    return _LATIN[at] * (rounds + 1)


def _listed(signs: str, value: int) -> str:
    """The sign at that place, plain digits past the end."""
    return signs[value - 1] if value <= len(signs) else str(value)


def _run(first: str, last: str) -> Callable[[int], str]:
    return partial(_listed, "".join(map(chr, range(ord(first), ord(last) + 1))))


def _digits(digits: Sequence[str], value: int) -> str:
    return "".join(digits[int(digit)] for digit in str(value))


def _counted(digits: str, value: int) -> str:
    """十, 二十一 below a hundred, digit by digit from there."""
    if value >= 100:
        return _digits(digits, value)
    tens, ones = divmod(value, 10)
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + (digits[ones] if ones else "")


def _grouped(digits: str, units: str, value: int, *, zeros: bool = True, ones: bool = True) -> str:
    """With units (三百零五), in groups of four digits. `units` are those of 10, 100, 1000 and 10000.

    `zeros`: a gap within is said (零); `ones`: 一 is said before 百 and 千 (and never before a leading 十 of everyday numerals).
    """
    upper, lower = divmod(value, 10_000)
    shown = _grouped(digits, units, upper, zeros=zeros, ones=ones) + units[3] if upper else ""
    gap = bool(upper) and 0 < lower < 1000
    for place in (3, 2, 1, 0):
        digit = lower // 10**place % 10
        if not digit:
            gap = gap or bool(shown)
            continue
        shown += digits[0] if gap and zeros else ""
        silent = digit == 1 and place and (not ones or (place == 1 and not shown and units[0] == "十"))
        shown += ("" if silent else digits[digit]) + (units[place - 1] if place else "")
        gap = False
    return shown


def _ordinal(value: int) -> str:
    ending = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda value: f"{value:02}",
    "upperRoman": _roman,
    "lowerRoman": lambda value: _roman(value).lower(),
    "upperLetter": _letters,
    "lowerLetter": lambda value: _letters(value).lower(),
    "ordinal": _ordinal,
    "hex": lambda value: f"{value:X}",
    "numberInDash": lambda value: f"- {value} -",
    "decimalFullWidth": partial(_digits, "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19"),
    "decimalFullWidth2": partial(_digits, "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19"),
    "decimalEnclosedCircle": _run("①", "⑳"),
    "decimalEnclosedCircleChinese": _run("①", "⑳"),
    "decimalEnclosedFullstop": _run("⒈", "⒛"),
    "decimalEnclosedParen": _run("⑴", "⒇"),
    "ideographEnclosedCircle": _run("㊀", "㊉"),
    "ideographTraditional": partial(_listed, _STEMS),
    "ideographZodiac": partial(_listed, _BRANCHES),
    "ideographZodiacTraditional": lambda value: (
        _STEMS[(value - 1) % 10] + _BRANCHES[(value - 1) % 12] if value <= 60 else str(value)
    ),
    "ideographDigital": partial(_digits, _HAN),
    "japaneseDigitalTenThousand": partial(_digits, _HAN),
    "taiwaneseDigital": partial(_digits, "○" + _HAN[1:]),
    "chineseCounting": partial(_counted, _HAN),
    "taiwaneseCounting": partial(_counted, "○" + _HAN[1:]),
    "chineseCountingThousand": partial(_grouped, _HAN_ZERO, "十百千万"),
    "taiwaneseCountingThousand": partial(_grouped, _HAN_ZERO, "十百千萬"),
    "japaneseCounting": partial(_grouped, _HAN_ZERO, "十百千万", zeros=False, ones=False),
    "chineseLegalSimplified": partial(_grouped, _LEGAL, "拾佰仟万"),
    "ideographLegalTraditional": partial(_grouped, _LEGAL_TRADITIONAL, "拾佰仟萬"),
    "japaneseLegal": partial(_grouped, _LEGAL_JAPANESE, "拾百阡萬", zeros=False),
}
