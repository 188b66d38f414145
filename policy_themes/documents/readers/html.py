"""Web pages as saved (.html, .htm, .mht): the text in the midst of navigation, share buttons and links.

The lines are rendered here (html_lines.py), so that none is lost, reordered or without its number. trafilatura only tells where the text
begins and ends: it is good at that, but drops numbered items, tables and the numbers of lists.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from policy_themes.documents.boilerplate import ends_the_text, is_boilerplate, is_label
from policy_themes.documents.encoding import decoded
from policy_themes.documents.limits import MAX_CHARACTERS
from policy_themes.documents.numbering import number_of
from policy_themes.documents.readers import Reading
from policy_themes.documents.readers.html_lines import HtmlLine, html_lines
from policy_themes.documents.readers.mhtml import is_archive, pages
from policy_themes.errors import DocumentError

__all__ = ["read"]

LONGEST = 300_000  # characters, and elements, of a page that trafilatura is shown: it takes over a second from there
MAX_TAGS = 1_000_000  # beginnings and ends, of any page: they take up to 1 GB
MAX_DEPTH = 200  # of the elements of such a page; it works by recursion
_HAN = re.compile(r"[\u3400-\u9fff]")
_WHITE = re.compile(r"[\s|]+")
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE
)
_SITE = re.compile(r"\s*[_|\u2014\u2013>\u00b7]+\s*|\s+-+\s+|-(?=[^-]*$)")
_TOO_DEEP = "ERR_RESOURCE_LIMIT"


def read(data: bytes, name: str) -> Reading:
    """The text of the page called `name`; of an archive, that of its main page or, if that only holds frames, of the fullest frame.

    Raises DocumentError naming it: no text, damaged, or nested past what the parser takes.
    """
    found = pages(data, name) if is_archive(data) else [(data, "")]
    best = Reading("")
    for content, told in found:
        reading = _page(content, told, name)
        if len(_HAN.findall(reading.text)) > len(_HAN.findall(best.text)):
            best = reading
        if len(best.text) > 200:
            break
    if best.text:
        return best
    raise DocumentError(
        "网页中没有文字:正文可能由脚本另行载入,请在浏览器中打开后复制文字,或打印为 PDF",
        "is a page without text, which its scripts may fetch; open it and copy the text, or print it as PDF",
        where=name,
    )


def _page(content: bytes, told: str, name: str) -> Reading:
    declared = _DECLARED.search(content[:4096])
    text = decoded(content, name, declared=told or (declared.group(1).decode("ascii") if declared else ""))
    if not text.strip():
        return Reading("")
    root = _parsed(text, name)
    lines, hidden = html_lines(root) if root is not None else ([], 0)
    if sum(len(line.text) for line in lines) > MAX_CHARACTERS:
        raise DocumentError(
            f"正文超过 {MAX_CHARACTERS} 字,请拆分", f"holds over {MAX_CHARACTERS} characters; split it", where=name
        )
    notes = [f"页面中隐藏的文字(约 {hidden} 字)没有读取"] if hidden > 50 else []
    notes += [f"有 {count} 处字节损坏,无法辨认,以 \ufffd 代替"] if (count := text.count("\ufffd")) else []
    title = _title(root, lines)
    main = list(_main(lines, root, title))
    if title and main and not any(title in line.text for line in main):
        main.insert(0, HtmlLine(title, 0))
    return Reading("\n".join(line.text for line in main), tuple(notes))


def _parsed(text: str, name: str) -> Any:
    """The root element, or None if there is none. Entities are those of HTML: a page can't define any."""
    if text.count("<") > MAX_TAGS:
        raise DocumentError(
            f"网页的标签超过 {MAX_TAGS} 个,请拆分,或在浏览器中打开后复制文字",
            f"holds more than {MAX_TAGS} tags; split it, or open it in a browser and copy the text",
            where=name,
        )
    try:
        from lxml import etree  # type: ignore[import-untyped]
        from lxml.html import HTMLParser  # type: ignore[import-untyped]
    except ImportError as error:
        raise _missing(name) from error
    parser = HTMLParser(
        encoding="utf-8", recover=True, huge_tree=True, remove_comments=True, remove_pis=True, no_network=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.LxmlError as error:
        raise DocumentError("网页已损坏,请重新保存", "is a damaged page; save it again", where=name) from error
    if any(entry.type_name == _TOO_DEEP for entry in parser.error_log):
        raise DocumentError(
            "网页的标签嵌套过深,请在浏览器中打开后复制文字或打印为 PDF",
            "nests its elements too deep; open it in a browser and copy the text, or print it as PDF",
            where=name,
        )
    return root


def _main(lines: Sequence[HtmlLine], root: Any, title: str) -> Iterator[HtmlLine]:
    """The lines of the text, and from around it those that split() knows to be none of it: facts stand in them."""
    chosen = _chosen(lines, root)
    first, last = (min(chosen), max(chosen)) if chosen else (0, len(lines) - 1)
    for at, line in enumerate(lines):
        if first <= at <= last or line.text == title or (not line.is_link and _is_aside(line.text)):
            yield line


def _chosen(lines: Sequence[HtmlLine], root: Any) -> set[int]:
    """The lines that are text for certain: those of the fullest element, those that trafilatura takes, numbered items."""
    sizes = Counter[int]()
    for line in lines:
        sizes[line.holder] += 0 if line.is_link else len(_HAN.findall(line.text))
    fullest = max(sizes, key=lambda holder: sizes[holder], default=0)
    extracted = _extracted(lines, root)
    whole, each = _WHITE.sub("", extracted), {_WHITE.sub("", line.lstrip("- ")) for line in extracted.split("\n")}
    chosen = set()
    for at, line in enumerate(lines):
        bare, number = _WHITE.sub("", line.text), number_of(line.text)
        taken = bare in each or (len(bare) >= 12 and bare[number.length if number else 0 :] in whole)
        aside = line.is_link or _is_aside(line.text) or ends_the_text(line.text)
        if not aside and (taken or line.holder == fullest or (number and len(bare) >= 12)):
            chosen.add(at)
    return chosen


def _extracted(lines: Sequence[HtmlLine], root: Any) -> str:
    """What trafilatura takes for the text of the page; nothing if the page is too large for it."""
    size = sum(len(line.text) for line in lines)
    if root is None or size > LONGEST or sum(1 for _ in root.iter()) > LONGEST // 5 or _depth(root) > MAX_DEPTH:
        return ""
    try:
        from trafilatura import extract
    except ImportError as error:
        raise _missing("trafilatura") from error
    return extract(root, fast=True, favor_recall=True, include_comments=False, include_tables=True) or ""


def _depth(root: Any) -> int:
    from lxml import etree

    depth = deepest = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _is_aside(text: str) -> bool:
    return is_boilerplate(text) or any(is_label(cell) for cell in text.split("\t") if cell.strip())


def _title(root: Any, lines: Sequence[HtmlLine]) -> str:
    """The page's own name, without that of the site; the heading on the page that says the same if there is one."""
    element = root.find(".//title") if root is not None else None
    said = " ".join((element.text_content() if element is not None else "").split())
    name = next((piece for piece in _SITE.split(said) if len(_HAN.findall(piece)) >= 4), "")
    return next((line.text for line in lines if line.is_heading and name and name in line.text), name)


def _missing(name: str) -> DocumentError:
    return DocumentError(
        "读取网页需要 lxml 和 trafilatura:pip install 'policy-themes[documents]'",
        "reading web pages needs lxml and trafilatura: pip install 'policy-themes[documents]'",
        where=name,
    )
