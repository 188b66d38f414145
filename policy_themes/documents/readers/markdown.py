"""Markdown -> its words as they would be shown: headings, emphasis, links, tables and lists without their marks.

Source: CommonMark 0.31, and GitHub's tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["unmarked"]

_FRONT = re.compile(r"\A---[ \t]*\n(?:[\w-]+[ \t]*:.*\n|[ \t]+.*\n|-[ \t].*\n|\n){0,100}?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_COMMENT = re.compile(r"<!--[\s\S]*?-->")
_HEADING = re.compile(r"[ ]{0,3}#{1,6}(?:[ \t]+|$)")
_CLOSING = re.compile(r"[ \t]+#+[ \t]*$")
_QUOTE = re.compile(r"(?:[ ]{0,3}>[ ]?)+")
_BULLET = re.compile(r"\s*[-*+][ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)")
_ORDERED = re.compile(r"([ \t]*)(\d{1,9})([.)])([ \t]+)(?=\S)")
_RULE = re.compile(r"[ ]{0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|={2,}[ \t]*)")
_FENCE = re.compile(r"[ ]{0,3}(?:`{3,}|~{3,})[^`]*")
_DELIMITER = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?")
_CELL = re.compile(r"(?<!\\)\|")
_INLINE = (
    (re.compile(r"!\[[^\[\]\n]*\]\([^()\n]*\)"), ""),
    (re.compile(r"\[([^\[\]\n]*)\]\((?:[^()\n]|\([^()\n]*\))*\)"), r"\1"),
    (re.compile(r"<(https?://[^<>\s]+)>"), r"\1"),
    (re.compile(r"</?(?:b|i|u|em|strong|font|span|center|div|p|sup|sub)(?:\s[^<>\n]*)?/?>", re.IGNORECASE), ""),
    (re.compile(r"<br\s?/?>", re.IGNORECASE), " "),
    (re.compile(r"(`{1,2})([^`\n]+)\1"), r"\2"),
    (re.compile(r"(\*{1,3}|~~)(?=\S)([^*~\n]+)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w_])(_{1,3})(?=[^\s_])([^_\n]+)(?<=[^\s_])\1(?![\w_])"), r"\2"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)


def unmarked(text: str) -> str:
    """The text without its marks, a line of it a line; rows of tables parted by tabs, numbers of lists as a page shows them."""
    # Only up to the last end of a comment: beginnings without an end would each be searched to the end of the text.
    end = text.rfind("-->") + 3 if "-->" in text else 0
    plain = _COMMENT.sub("", text[:end]) + text[end:]
    return "\n".join(_lines(_FRONT.sub("", plain).split("\n")))


def _lines(lines: list[str]) -> Iterator[str]:
    counts: dict[int, int] = {}
    fenced = table = False
    for at, line in enumerate(lines):
        if _FENCE.fullmatch(line):
            fenced = not fenced
            continue
        if fenced:
            yield line
            continue
        table = "|" in line and (table or (at + 1 < len(lines) and _is_delimiter(lines[at + 1])))
        if _is_delimiter(line) or _RULE.fullmatch(line):
            continue
        if line.strip() and not line.startswith((" ", "\t")) and not _ORDERED.match(line):
            counts.clear()
        yield _row(line) if table else _inline(_numbered(_bare(line), counts))


def _is_delimiter(line: str) -> bool:
    """Whether the line is what stands below the head of a table: |---|---|."""
    return "|" in line and _DELIMITER.fullmatch(line[:2000]) is not None


def _bare(line: str) -> str:
    """Without the marks at its start, and those that close a heading."""
    line = _QUOTE.sub("", line, count=1) if _QUOTE.match(line) else line
    if match := _HEADING.match(line):
        return _CLOSING.sub("", line[match.end() :])
    return _BULLET.sub("", line, count=1) if _BULLET.match(line) else line


def _numbered(line: str, counts: dict[int, int]) -> str:
    """An item of a list with its number as shown: a list counts on from its first item, whatever the others say.

    `counts` holds the last number at each indentation of the list that is open.
    """
    match = _ORDERED.match(line)
    if match is None:
        return line
    indent = len(match.group(1).expandtabs(4))
    for deeper in [other for other in counts if other > indent]:
        del counts[deeper]
    counts[indent] = counts[indent] + 1 if indent in counts else int(match.group(2))
    return f"{counts[indent]}{match.group(3)} {line[match.end() :]}"


def _row(line: str) -> str:
    cells = [_inline(cell.strip()) for cell in _CELL.split(line.strip().removeprefix("|"))]
    return "\t".join(cells[:-1] if cells[-1] == "" else cells)


def _inline(line: str) -> str:
    for pattern, plain in _INLINE:
        line = pattern.sub(plain, line)
    return line.strip()
