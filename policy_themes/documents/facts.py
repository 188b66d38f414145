"""What a document says of itself: title, issuer, document number, date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from policy_themes.documents.boilerplate import DATE, DOCUMENT_NUMBER, is_date
from policy_themes.documents.signatures import OFFICE, SIGNED
from policy_themes.documents.split import Section
from policy_themes.documents.titles import TITLE_WORD
from policy_themes.tagging.text import normalise

__all__ = ["Facts", "facts_of"]

_YEAR = re.compile(
    r"((?:19|20)\d\d|(?:二[〇零○0]|一九)[〇零○0一二三四五六七八九]{2}(?=年))\s?(?:[-—–~至]{1,2}\s?(?:20)?\d\d\s?)?(?:学?年|学年)"
)
_TITLE = re.compile(r"^[\s•·|\[【]*(?:标题|信息名称|名称)[\]】]?\s*[:\s]\s*(.+)", re.MULTILINE)
_PUBLISHED = re.compile(
    r"(?:发布机构|发文机关|发文单位|发布单位)[\]】]?\s*[:\s]\s*([一-鿿()]{2,30}?)(?=\s|$|发文|发布|索引|浏览|作者|点击|来源|成文)"
)
# A source may be a site or a person: an office alone is an issuer.
_SOURCE = re.compile(
    rf"(?:信息来源|文章来源|稿件来源|来源|作者|供稿)[\]】]?\s*:\s*((?=[一-鿿()])(?!.{{0,8}}(?:融媒|日报|电视|新闻|晚报)){OFFICE})(?=[\s|]|$|发文|发布|索引|浏览|作者|点击|来源)"
)
_WHEN = re.compile(
    r"(?:成文日期|发文日期|生成日期|印发日期|发布日期|发布时间|公开日期|录入时间|更新时间)[\]】]?\s*[:\s]\s*"
)
_OFFICE = re.compile(
    r"(?:中共)?[一-鿿]{1,20}?(?:教育体育局|教育和体育局|教育局(?:办公室)?|教育厅(?:办公室)?|教育部(?:办公厅)?|教育委员会|教委|教体局|教育工委|人民政府办公[室厅]|中心校|教管会|教管中心|教育办公室|人民政府|政府|委员会|"
    r"(?<![省市县区中级类办制各])(?<!义务教育)(?<!中小)(?<!乡镇中心)(?<!乡镇)(?:中学|小学|学校|幼儿园)|学院|大学|学区)"
)
_NOT_OWN = re.compile(r"附\s?[件表:]|今天是|根据|上一[篇条]|下一[篇条]|相关")
_OPEN_TITLE = re.compile(r"(?:印发|转发|批转|关于|的|和|及|与)$")
_HAN_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")


@dataclass(frozen=True, slots=True)
class Facts:
    """Title, issuer, document number and date (YYYY-MM-DD) as far as they could be made out, else "". `year` is the year the
    document is about: that in its title, else that of its date, else None."""

    title: str = ""
    issuer: str = ""
    number: str = ""
    date: str = ""
    year: int | None = None


def facts_of(sections: Sequence[Section]) -> Facts:
    """The facts that the pieces of a document tell; where a file holds several documents, or one with attachments, those of the first."""
    first = _first_document(sections)
    around = [normalise(section.text) for section in first if section.kind != "section"]
    around = [text for text in around if len(text) <= 200 and not _NOT_OWN.match(text)]
    title = _title(first, around)
    date = _date(first, around)
    year = _YEAR.search(normalise(title))
    return Facts(
        title,
        _issuer(first, around, title),
        next((_number(match.group()) for text in around if (match := DOCUMENT_NUMBER.search(text))), ""),
        date,
        int(year.group(1).translate(_HAN_DIGITS)) if year else int(date[:4]) if date else None,
    )


def _first_document(sections: Sequence[Section]) -> Sequence[Section]:
    """The pieces before the title of the next one."""
    text = False
    for at, section in enumerate(sections):
        text = text or section.kind in ("heading", "section")
        if text and section.kind == "title":
            return sections[:at]
    return sections


def _title(sections: Sequence[Section], around: Sequence[str]) -> str:
    """The lines of the title, without a second copy of it; else what a field says."""
    block: list[str] = []
    for section in takewhile(lambda one: one.kind in ("title", "boilerplate"), sections):
        words = section.text
        if section.kind == "boilerplate" or any(words in line for line in block):
            continue
        kept = [line for line in block if line not in words]
        if kept and _is_whole("".join(kept)) and not re.match(r"[(\uff08\[—\-–]", words):
            continue
        block = [*kept, words]
    if block:
        return re.sub(r"\s?篇\s?[\d一二三四五六七八九十]{1,2}$", "", "".join(block))
    return next((match.group(1).strip() for match in _TITLE.finditer("\n".join(around))), "")


def _is_whole(words: str) -> bool:
    closed = words.count("《") == words.count("》")
    return closed and TITLE_WORD.search(words) is not None and not _OPEN_TITLE.search(words)


def _issuer(sections: Sequence[Section], around: Sequence[str], title: str) -> str:
    """Who signed, the first of them; else whose name the title begins with; else what a field says."""
    dated = [at for at, section in enumerate(sections) if section.kind == "boilerplate" and is_date(section.text)]
    for at in reversed(dated):
        signed = list(takewhile(_is_signature, reversed(sections[:at])))
        if signed:
            return re.split(r"[(\uff08\s]", signed[-1].text)[0]
    own_line = (SIGNED.fullmatch(text.strip()) for text in around)
    if match := next((found for found in own_line if found), None) or _OFFICE.match(title):
        return match.group(1) if match.re is SIGNED else match.group()
    told = "\n".join(around)
    found = _PUBLISHED.search(told) or _SOURCE.search(told)
    return found.group(1) if found else ""


def _is_signature(section: Section) -> bool:
    plain = normalise(section.text)
    return section.kind == "boilerplate" and len(plain) <= 60 and re.fullmatch(OFFICE, plain) is not None


def _date(sections: Sequence[Section], around: Sequence[str]) -> str:
    """The date below a signature, else that of a field such as 发布时间, else the first outside the text."""
    candidates = [text for text in reversed(around) if is_date(text)]
    told = "\n".join(around)
    candidates += [told[match.end() : match.end() + 40] for match in _WHEN.finditer(told)]
    candidates += around
    for text in candidates:
        if (match := DATE.search(text)) and (date := _iso(match.group())):
            return date
    return ""


def _number(written: str) -> str:
    return written.replace(" ", "").rpartition("文件")[2]


def _iso(written: str) -> str:
    numbers = re.findall(r"\d+|[〇零○一二三四五六七八九十]+", written)
    if len(numbers) != 3:
        return ""
    year, month, day = (_plain(number) for number in numbers)
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else ""


def _plain(number: str) -> int:
    """2013, 二〇一三, 十二 or 三十一 as a number."""
    if "十" in number:
        tens, _, ones = number.partition("十")
        return 10 * (_plain(tens) if tens else 1) + (_plain(ones) if ones else 0)
    return int(number.translate(_HAN_DIGITS))
