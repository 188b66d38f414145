"""Titles: the short lines above a text that name it, at the top of a file, below 附件 and behind a signature."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policy_themes.documents.boilerplate import DOCUMENT_NUMBER, is_date
from policy_themes.documents.lines import ENDS, Kind, Piece
from policy_themes.documents.questions import is_question
from policy_themes.documents.signatures import OFFICE
from policy_themes.tagging.text import normalise

__all__ = ["TITLE_WORD", "mark_titles"]

LONGEST_TITLE = 80
MOST_TITLE_LINES = 6
TITLE_WORD = re.compile(
    "要点|总结|计划|规划|意见|通知|通告|方案|办法|讲话|报告|纲要|细则|公告|公示|章程|决定|通报|汇报|致辞|条例|解读|解答|答复|清单|简章|制度|规定|规程|规则|守则|"
    "纪要|述职|发言|批复|预案|指南|安排|问答|简报|公报|标准|协议|自评|提纲|情况|体系|行动|宣言|倡议|部署|举措|台账|打算|说明|须知|手册|材料|大事记|建议|百答|答问|答疑|答记者问|一览表|明细表|登记表|实录|函$|信$|书$|法$"
)
_ATTACHMENT = re.compile(r"附\s?[件表]\s?[\d一二三四五六七八九十]{0,2}\s?[:.]?")
_LEADS = re.compile(
    r"[\u4e00-\u9fff]{2,16}(?:局|厅|委|学校|中学|小学|大学|学院|幼儿园|政府|学区|办公室)|.{0,12}20\d\d年"
)
_ONE_OF_MANY = re.compile(r".{2,60}篇\s?(?:\d{1,2}|[一二三四五六七八九十]{1,2})")
# An office, or the name of a series, in large letters over the number of a document.
_MASTHEAD = re.compile(rf"{OFFICE}|.{{0,16}}(?:纪要|简报|通报|专报|动态|信息|信息参考|文件|督查通报)")
_ADDRESSEE = re.compile(r"[^。;,]{2,30}(?:办|局|厅|委|部|院|处|科|股|室|府|校|园|组|会)\s?:")
_NUMBERED = re.compile(r"\d\s?[号期]")
_UNDER_TITLE = re.compile(r"[(\[].{2,40}[)\]](?:的.{2,8})?|[—\-–]{1,3}.{2,60}")


def mark_titles(pieces: Sequence[Piece], kinds: list[Kind | None]) -> None:
    """Marks the lines of titles, and a masthead above one, which is boilerplate, and those whom the document is sent to."""
    for start in _title_places(pieces, kinds):
        _mark_title(pieces, kinds, start)
    for at in range(1, len(pieces) - 1):
        words = pieces[at].line.words
        above = kinds[at - 1] == "title" or (kinds[at - 1] == "boilerplate" and "title" in kinds[max(0, at - 3) : at])
        if (
            kinds[at] is None
            and above
            and not pieces[at + 1].number
            and _ADDRESSEE.fullmatch(normalise(words[:LONGEST_TITLE]))
        ):
            kinds[at] = "boilerplate"


def _title_places(pieces: Sequence[Piece], kinds: Sequence[Kind | None]) -> list[int]:
    """Where a title may begin: at the top, below 附件, behind a signature, and where 篇2 says so."""
    places = [0]
    text = False  # whether there was any above
    for at, piece in enumerate(pieces[:-1]):
        plain = normalise(piece.line.text[:LONGEST_TITLE]).strip()
        if kinds[at] == "boilerplate":
            ends = _is_attachment(piece) or (text and (is_date(plain) or DOCUMENT_NUMBER.fullmatch(plain)))
            places += [at + 1] if ends else []
        elif piece.number or ENDS.search(plain):
            text = True
        elif text and _ONE_OF_MANY.fullmatch(plain):
            places.append(at)
    return places


def _mark_title(pieces: Sequence[Piece], kinds: list[Kind | None], start: int) -> None:
    """The short lines from `start` before the text, if one of them names a kind of document or the place says that it is a title."""
    block: list[int] = []
    for at in range(start, len(pieces)):
        if kinds[at] == "boilerplate":
            continue
        if not _may_be_title(pieces[at]) or len(block) == MOST_TITLE_LINES:
            break
        if block and block[-1] == at - 1 and _is_whole(pieces[at - 1], pieces[at]):
            break
        block.append(at)
    if len(block) == len(pieces):  # a few words and nothing else are what there is to tag
        return
    named = [at for at in block if _names_a_document(pieces[at].line.words, start)]
    block, named = _without_masthead(pieces, kinds, block, named)
    last = max(named or (block[:1] if block and _stands_as_title(pieces, kinds, block[0], start) else []), default=-1)
    for at in block:
        if at <= last or (last >= 0 and _UNDER_TITLE.fullmatch(normalise(pieces[at].line.words))):
            kinds[at] = "title"


def _without_masthead(
    pieces: Sequence[Piece], kinds: list[Kind | None], block: list[int], named: list[int]
) -> tuple[list[int], list[int]]:
    """The lines of a title, and those of them that name a document, without what the paper says above; that becomes boilerplate."""
    if len(named) == 1 and block[-1] != named[0] and _is_series(pieces, kinds, named[0]):
        kinds[named[0]] = "boilerplate"
        block = block[block.index(named[0]) + 1 :]
        return block, block[:1]
    while named and block[0] < named[-1]:
        title = next(at for at in named if at > block[0])
        if not _is_masthead(pieces, kinds, block[0], title):
            break
        kinds[block[0]] = "boilerplate"
        block = block[1:]
        named = [at for at in named if at in block]
    return block, named


def _names_a_document(words: str, start: int) -> bool:
    return TITLE_WORD.search(words) is not None and (not start or len(words) >= 8)


def _stands_as_title(pieces: Sequence[Piece], kinds: Sequence[Kind | None], at: int, start: int) -> bool:
    """Whether a line that names no kind of document is a title: a page's line stands below it, 附件 above, or it begins like one."""
    if start:
        return _is_attachment(pieces[start - 1])
    words = normalise(pieces[at].line.words)
    below = kinds[at + 1 : at + 2] == ["boilerplate"] or _is_subtitle(pieces[at + 1 : at + 2])
    return len(words) >= 8 and (below or _LEADS.match(words) is not None)


def _is_subtitle(below: Sequence[Piece]) -> bool:
    return bool(below) and re.fullmatch(r"[—–-]{2,3}.{2,40}", below[0].line.words) is not None


def _is_attachment(piece: Piece) -> bool:
    return (
        piece.line.text[0] == "附"
        and _ATTACHMENT.fullmatch(normalise(piece.line.text[:LONGEST_TITLE]).strip()) is not None
    )


def _may_be_title(piece: Piece) -> bool:
    words = piece.line.words
    if piece.is_row or piece.number or len(words) > LONGEST_TITLE or words.endswith((":", "\uff1a", ",", "\uff0c")):
        return False
    return not ENDS.search(words) and not is_question(words)


def _is_whole(piece: Piece, below: Piece) -> bool:
    """Whether a line is a title to its end, so that the line below is a heading."""
    words, further = piece.line.words, normalise(below.line.words)
    ended = (
        TITLE_WORD.search(words[-6:])
        and not words.endswith("的")
        and words.count("《") == words.count("》")
        and not words.endswith("关于印发")
    )
    repeated = further in normalise(words) or normalise(words) in further
    return bool(ended) and not repeated and not _UNDER_TITLE.fullmatch(further) and not further.startswith("关于")


def _is_masthead(pieces: Sequence[Piece], kinds: Sequence[Kind | None], at: int, title: int) -> bool:
    """Whether a line over the number of a document is what the paper says, the title standing below the number."""
    between = [normalise(piece.line.text[:LONGEST_TITLE]).strip() for piece in pieces[at + 1 : title]]
    numbered = any(
        kinds[at + 1 + place] == "boilerplate" and _NUMBERED.search(words) for place, words in enumerate(between)
    )
    return numbered and _MASTHEAD.fullmatch(normalise(pieces[at].line.words)) is not None


def _is_series(pieces: Sequence[Piece], kinds: Sequence[Kind | None], at: int) -> bool:
    """Whether 教育工作简报 stands over 第17期: it names the paper, and the line below the title of what it tells."""
    below = normalise(pieces[at + 1].line.text[:LONGEST_TITLE]).strip() if at + 1 < len(pieces) else ""
    issued = kinds[at + 1 : at + 2] == ["boilerplate"] and re.match(
        r"[(〔\[]?(?:20\d\d\D{0,3})?第?\s?\w{1,4}\s?期", below
    )
    return bool(issued) and _MASTHEAD.fullmatch(normalise(pieces[at].line.words)) is not None
