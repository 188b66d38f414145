"""Word documents (.docx, .docm; transitional and strict) as they are shown. Source: ECMA-376 part 1, chapter 17.

In order: paragraphs with the numbers that Word generates, tables, text boxes; footnotes and endnotes behind the text.
Not read: headers, footers, comments, pictures, embedded objects, tables of contents.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from policy_themes.documents.limits import MAX_CHARACTERS
from policy_themes.documents.readers import Reading
from policy_themes.documents.readers.docx_blocks import Blocks
from policy_themes.documents.readers.docx_numbering import Numbering
from policy_themes.documents.readers.docx_runs import Runs
from policy_themes.documents.readers.docx_styles import Styles, W
from policy_themes.documents.readers.ooxml import Package, opened_package
from policy_themes.errors import DocumentError

__all__ = ["read"]

_NOTES = {
    "changes": "有修订标记,按接受全部修订后的文字读取",
    "hidden": "隐藏的文字没有读取",
    "contents": "目录没有读取",
    "unended": "目录没有结束标记,连同目录一起读取",
    "pictures": "有 {count} 张图片,其中的文字没有读取",
    "objects": "有 {count} 个嵌入的对象,没有读取",
    "drawings": "有图示或图表,其中的文字没有读取",
    "comments": "批注没有读取",
}
_CONTENTS_HEADING = re.compile(r"目\s*[录錄次]|contents", re.IGNORECASE)
_HEADINGS = {"footnote": "脚注:", "endnote": "尾注:"}


def read(data: bytes, name: str) -> Reading:
    """The text of the document called `name`.

    Raises DocumentError naming it: encrypted, damaged, not a Word document, or past the limits of limits.py and ooxml.py.
    """
    package = opened_package(data, name)
    main = next((one.path for one in package.related() if one.kind == "officeDocument"), "word/document.xml")
    parts = {one.kind: one.path for one in reversed(package.related(main))}
    lines, runs = _lines(package, main, parts, contents=True)
    if runs.in_contents():
        # The table of contents never ended: better to read it than to lose the document behind it.
        lines, runs = _lines(package, main, parts, contents=False)
        runs.seen["unended"] += 1
    runs.seen["comments"] = int("comments" in parts)
    runs.seen["drawings"] = int("diagramData" in parts or "chart" in parts)
    return Reading(
        "\n".join(lines), tuple(said.format(count=runs.seen[key]) for key, said in _NOTES.items() if runs.seen[key])
    )


def _lines(package: Package, main: str, parts: dict[str, str], *, contents: bool) -> tuple[list[str], Runs]:
    styles = Styles.read(package, parts.get("styles", ""))
    numbering = Numbering.read(package, parts.get("numbering", ""), styles)
    runs = Runs(styles, Counter(), [], contents)
    blocks = Blocks(runs, numbering, numbering.elsewhere())
    lines: list[str] = []
    length = met = 0
    for line in _all(blocks, package, main, parts):
        if runs.seen["contents"] > met and lines and _CONTENTS_HEADING.fullmatch(lines[-1]):
            lines.pop()
        met = runs.seen["contents"]
        length += len(line) + 1
        if length > MAX_CHARACTERS:
            raise DocumentError(
                f"正文超过 {MAX_CHARACTERS} 字,请拆分",
                f"holds over {MAX_CHARACTERS} characters; split it",
                where=package.name,
            )
        lines.append(line)
    return lines, runs


def _all(blocks: Blocks, package: Package, main: str, parts: dict[str, str]) -> Iterator[str]:
    for block in package.elements(main, depth=3):
        yield from blocks.lines(block)
    if package.root != f"{W}document":
        raise DocumentError(
            "不是 Word 文档(缺少正文部分),请在 WPS 或 Word 中另存为 .docx",
            "is not a Word document: its main part is missing; save it as .docx in Word or WPS",
            where=package.name,
        )
    yield from blocks.end()
    for kind, heading in _HEADINGS.items():
        wanted = list(dict.fromkeys(identifier for told, identifier in blocks.runs.references if told == kind))
        notes = list(_notes(blocks, package, parts.get(f"{kind}s", ""), wanted)) if wanted else []
        yield from [heading, *notes] if notes else []


def _notes(blocks: Blocks, package: Package, path: str, wanted: list[str]) -> Iterator[str]:
    """The footnotes or endnotes that the text refers to, in the order in which it does, numbered from 1."""
    said, numbering = dict.fromkeys(wanted, ""), blocks.numbering.elsewhere()
    for element in package.elements(path, depth=2):
        identifier = element.get(f"{W}id", "")
        if identifier in said:
            said[identifier] = " ".join(line.replace("\t", " ") for line in blocks.inside(element, numbering))
    for at, note in enumerate(said.values(), 1):
        if note:
            yield f"[{at}] {note}"
