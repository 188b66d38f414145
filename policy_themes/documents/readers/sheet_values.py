"""A cell's value as a spreadsheet shows it in its number format; dates as YYYY-MM-DD. Source: ECMA-376 part 1, 18.8.30 and 18.8.31."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

__all__ = ["BUILT_IN", "shown", "shown_number"]

_DAY, _TIME, _SPAN = "yyyy-mm-dd", "h:mm", "[h]:mm"
_MONEY = "#,##0 ;(#,##0)", "#,##0.00 ;(#,##0.00)"
# The formats that files name by number only; 27 to 36 and 50 to 58 are those of Chinese systems, where 2024年3月1日 is one.
BUILT_IN = {
    **{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 22: f"{_DAY} {_TIME}"},
    **dict.fromkeys((14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), _DAY),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56), _TIME),
    **{
        37: _MONEY[0],
        38: _MONEY[0],
        39: _MONEY[1],
        40: _MONEY[1],
        41: _MONEY[0],
        42: _MONEY[0],
        43: _MONEY[1],
        44: _MONEY[1],
        46: _SPAN,
    },
}
LAST_DAY = 2_958_466  # the last of 9999
LONGEST = 255  # characters of a number format, as in Excel
_BREAKS = re.compile(r"[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
# A number format is up to four sections: for positive and negative numbers, zero and text.
_SECTIONS = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]')
_NUMBER = re.compile(r"[#0?][#0?,]*(?:\.[#0?]*)?")
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_HALVES = re.compile(r"General|AM/PM|A/P", re.IGNORECASE)
# m is minutes beside hours or seconds and months elsewhere; a is the day of the week.
_DATE, _DATE_OR_MONTH, _CLOCK = (re.compile(letters, re.IGNORECASE) for letters in ("[yda]", "[ydam]", "[hs]"))
_UNUSUAL = re.compile(r"[eE][+-]|/|General|@", re.IGNORECASE)


def shown(text: str) -> str:
    """Text as a cell shows it, on one line."""
    return _BREAKS.sub(" ", text).strip()


def shown_number(said: str, number_format: str = "General", *, since_1904: bool = False) -> str:
    """A number as stored ("45352.5") in its format. What is no number is given back as it is."""
    try:
        # Fifteen digits are what a spreadsheet shows of a number: 0.30000000000000004 is stored for 0.3.
        value = Decimal(f"{float(said):.15g}")
    except ValueError:
        return shown(said)
    if not value.is_finite():
        return shown(said)
    pattern = number_format[:LONGEST]
    if _ELAPSED.search(pattern):
        minutes = int((value * 1440).to_integral_value(ROUND_HALF_UP))
        return f"{minutes // 60}:{minutes % 60:02}"
    signs = _HALVES.sub("", _LITERAL.sub("", _SECTIONS.split(pattern)[0]))
    with_time = bool(_CLOCK.search(signs))
    with_date = bool((_DATE if with_time else _DATE_OR_MONTH).search(signs))
    if with_date or with_time:
        return _date(value, with_date, with_time, since_1904=since_1904) if 0 <= value < LAST_DAY else _general(value)
    return _number(value, pattern)


def _date(days: Decimal, with_date: bool, with_time: bool, *, since_1904: bool) -> str:
    """Days since the end of 1899, or since the first day of 1904. Excel takes 1900 for a leap year: before March it is a day off."""
    start = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 31 if days < 60 else 30)
    moment = start + timedelta(seconds=int((days * 86_400).to_integral_value(ROUND_HALF_UP)))
    if not with_date:
        return f"{moment:%H:%M}"
    return f"{moment:%Y-%m-%d %H:%M}" if with_time and days % 1 else f"{moment:%Y-%m-%d}"


def _number(value: Decimal, number_format: str) -> str:
    """The number with the decimals, percent sign, thousands separators and words of its format."""
    sections = _SECTIONS.split(number_format)
    negative = value < 0 and len(sections) > 1
    section = sections[1] if negative else sections[2] if value == 0 and len(sections) > 2 else sections[0]
    pieces: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        """Words give way to a mark that is in no number format, so that digits and letters in them are not taken for its signs."""
        pieces.append(match.group(1) or match.group(2) or match.group(3) or "")
        return "\x00"

    pattern = _LITERAL.sub(set_aside, section)
    places = list(_NUMBER.finditer(pattern))
    if len(places) > 1 or not pattern.strip() or _UNUSUAL.search(pattern):
        return _general(value)
    number, filled = "", pattern
    for at in places:
        number = _digits(abs(value) if negative else value, at.group(), pattern.count("%"))
        filled = pattern[: at.start()] + "\x01" + pattern[at.end() :]
    words = iter(pieces)
    return "".join(next(words) if one == "\x00" else number if one == "\x01" else one for one in filled).strip()


def _digits(value: Decimal, signs: str, percents: int) -> str:
    whole, _, decimals = signs.partition(".")
    scale = 2 * percents - 3 * (len(whole) - len(whole.rstrip(",")))
    exact = value.scaleb(scale)
    rounded = (
        exact.quantize(Decimal(1).scaleb(-min(len(decimals), 15)), ROUND_HALF_UP)
        if abs(exact) < Decimal("1e12")
        else exact
    )
    separator = "," if "," in whole.rstrip(",") else ""
    sign, digits = ("-", f"{-rounded:{separator}f}") if rounded < 0 else ("", f"{abs(rounded):{separator}f}")
    before, point, after = digits.partition(".")
    # "#" shows a digit only where there is one, "0" always.
    needed = len(decimals.rstrip("#"))
    after = after[:needed] + after[needed:].rstrip("0")
    before = before.zfill(whole.count("0")) if not separator else before
    if before == "0" and "0" not in whole:
        before = ""
    return sign + before + (point + after if after else "")


def _general(value: Decimal) -> str:
    """Eleven digits at most, as in a cell without a format; whole numbers without a point."""
    if value == value.to_integral_value():
        return str(int(value)) if abs(value) < Decimal("1e16") else f"{float(value):.6G}"
    return f"{float(value):.10g}"
