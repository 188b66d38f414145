"""What a document says of itself: title, issuer, document number, date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from policy_themes.documents.boilerplate import DATE, DOCUMENT_NUMBER, is_date
from policy_themes.documents.roles import TITLE_WORD
from policy_themes.documents.split import Section
from policy_themes.tagging.text import normalise

__all__ = ["Facts", "facts_of"]

_YEAR = re.compile(r"((?:19|20)\d\d)\s?(?:学?年|[-—~]\s?(?:20)?\d\d\s?学年)")
_TITLE = re.compile(r"[\s•·|\[【]*(?:标题|信息名称|名称)[\]】]?\s*:\s*(.+)")
_ISSUER = re.compile(
    r"(?:发布机构|发文机关|发文单位|发布单位|信息来源|文章来源|来源|作者)[\]】]?\s*:\s*([一-鿿()]{2,30}?)(?=\s|$|发文|发布|索引|浏览|作者|点击|来源)"
)
_WHEN = re.compile(
    r"(?:成文日期|发文日期|生成日期|印发日期|发布日期|发布时间|公开日期|录入时间|更新时间)[\]】]?\s*:\s*"
)
_OFFICE = re.compile(
    r"(?:中共)?[一-鿿]{2,20}?(?:教育体育局|教育和体育局|教育局|教育厅|教育部|教育委员会|教委|教体局|教育工委|人民政府办公[室厅]|人民政府|政府|委员会|中学|小学|学校|幼儿园|学院|大学)"
)
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
    """The facts that the pieces of a document tell."""
    around = [normalise(section.text) for section in sections if section.kind != "section"]
    title = _title(sections, around)
    date = _date(sections, around)
    year = _YEAR.search(normalise(title))
    return Facts(
        title,
        _issuer(sections, around, title),
        next((match.group().replace(" ", "") for text in around if (match := DOCUMENT_NUMBER.search(text))), ""),
        date,
        int(year.group(1)) if year else int(date[:4]) if date else None,
    )


def _title(sections: Sequence[Section], around: Sequence[str]) -> str:
    """The block of title lines that names a kind of document, without a second copy of it; else what a field says."""
    block: list[str] = []
    for section in sections:
        if section.kind == "title":
            if any(section.text in line for line in block):
                continue
            block = [line for line in block if line not in section.text] + [section.text]
        elif section.kind != "boilerplate":
            break
    whole = next((line for line in block if TITLE_WORD.search(line) and len(line) > 12), "")
    if whole or block:
        return whole or "".join(block)
    return next((match.group(1).strip() for text in around if (match := _TITLE.match(text))), "")


def _issuer(sections: Sequence[Section], around: Sequence[str], title: str) -> str:
    signed = [
        at for at, section in enumerate(sections) if section.kind == "boilerplate" and is_date(section.text) and at
    ]
    for at in reversed(signed):
        before = sections[at - 1]
        if before.kind == "boilerplate" and _OFFICE.match(before.text) and len(before.text) <= 40:
            return re.sub(r"[(\uff08].*", "", before.text)
    if match := _OFFICE.match(title):
        return match.group()
    return next((match.group(1) for text in around if (match := _ISSUER.search(text))), "")


def _date(sections: Sequence[Section], around: Sequence[str]) -> str:
    """The date below a signature, else that of a field such as 发布时间, else the first outside the text."""
    candidates = [text for text in reversed(around) if is_date(text)]
    candidates += [text[match.end() :] for text in around if (match := _WHEN.search(text))]
    candidates += around
    for text in candidates:
        if match := DATE.search(text):
            return _iso(match.group())
    return ""


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
