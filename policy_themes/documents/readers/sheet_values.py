"""A cell's value as a spreadsheet shows it in its number format; dates as YYYY-MM-DD. Source: ECMA-376 part 1, 18.8.31."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

__all__ = ["shown"]

LONGEST = 255  # characters of a number format, as in Excel
_BREAKS = re.compile(r"[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
# A number format is up to four sections: for positive and negative numbers, zero and text.
_SECTIONS = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]')
_NUMBER = re.compile(r"[#0?][#0?,]*(?:\.[#0?]*)?")
_UNUSUAL = re.compile(r"[eE][+-]|/|[ymdhs]|General|@", re.IGNORECASE)


def shown(value: object, number_format: str = "General") -> str:
    """The text that a cell with this value shows, on one line; "" for an empty one."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(value, number_format)
    if isinstance(value, datetime) and value.time() != time():
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, (date, time)):
        return f"{value:%H:%M}" if isinstance(value, time) else f"{value:%Y-%m-%d}"
    said = (
        {None: "", True: "TRUE", False: "FALSE"}.get(value) if value is None or isinstance(value, bool) else str(value)
    )
    return _BREAKS.sub(" ", said or "").strip()


def _number(value: float, number_format: str) -> str:
    """The number with the decimals, percent sign, thousands separators and words of its format."""
    if isinstance(value, float) and value - value != 0:
        return str(value)  # infinite or no number
    sections = _SECTIONS.split(number_format[:LONGEST])
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


def _digits(value: float, signs: str, percents: int) -> str:
    whole, _, decimals = signs.partition(".")
    scale = 2 * percents - 3 * (len(whole) - len(whole.rstrip(",")))
    exact = Decimal(repr(value)).scaleb(scale)
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


def _general(value: float) -> str:
    """Eleven digits at most, as in a cell without a format; whole numbers without a point."""
    if isinstance(value, int) or value == int(value):
        return str(int(value)) if abs(value) < 1e16 else f"{value:.6G}"
    return f"{value:.10g}"
