"""The initials of how Chinese is pronounced, so that 学前 is found by typing xq.

The 3,755 common characters of GB 2312 stand in the order of their sounds, so that a character's code tells its initial. The others,
and those with several sounds, are found by the character itself.
"""

from __future__ import annotations

from bisect import bisect_right

__all__ = ["initials"]

# The code of the first character of each initial; no sound begins with i, u or v.
_FIRST = (
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"), (0xB8C1, "g"), (0xB9FE, "h"),
    (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o"), (0xC5BE, "p"), (0xC6DA, "q"),
    (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x"), (0xD1B9, "y"), (0xD4D1, "z"),
)  # fmt: skip
_CODES = [code for code, _ in _FIRST]
_END = 0xD7FA


def initials(words: str) -> str:
    """The initials of the characters in order; letters and digits stand for themselves, what is not known is left out."""
    return "".join(map(_initial, words))


def _initial(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    try:
        code = int.from_bytes(character.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return ""
    return _FIRST[bisect_right(_CODES, code) - 1][1] if _CODES[0] <= code < _END else ""
