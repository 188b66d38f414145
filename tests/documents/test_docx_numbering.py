"""The numbers that Word generates. Where nothing else is said, expected is what LibreOffice shows of the same document."""

import io
from zipfile import ZipFile

import pytest
from docx_maker import document, level, paragraph, rewritten, text_box
from hypothesis import given
from hypothesis import strategies as st

from policy_themes.documents.readers.docx import read
from policy_themes.documents.readers.numerals import numeral

DOTTED = [level("decimal", "%1."), level("decimal", "%1.%2"), level("decimal", "%1.%2.%3")]
OFFICIAL = [
    level("chineseCountingThousand", "第%1章"),
    level("chineseCounting", "%2、"),
    level("chineseCounting", "（%3）"),
    level("decimal", "%4."),
    level("decimalEnclosedCircle", "%5"),
]


def numbers(*depths: int | tuple[int, int], patterns=(DOTTED,), **parts) -> list[str]:
    """What stands in front of paragraphs of these levels, or (list, level)."""
    places = [place if isinstance(place, tuple) else (1, place) for place in depths]
    body = [paragraph("x", numbered=place) for place in places]
    text = read(document(*body, patterns=patterns, **parts), "a.docx").text
    return [line.removesuffix("x").strip() for line in text.split("\n")]


def test_levels_count_within_each_other() -> None:
    shown = numbers(0, 1, 2, 2, 3, 4, 4, 1, 2, 0, 1, patterns=[OFFICIAL])
    assert shown == ["第一章", "一、", "（一）", "（二）", "1.", "①", "②", "二、", "（一）", "第二章", "一、"]


def test_a_number_is_parted_from_digits_but_not_from_words_behind_its_mark() -> None:
    body = [paragraph("2025年", numbered=(1, depth)) for depth in range(4)]
    assert (
        read(document(*body, patterns=[OFFICIAL]), "a.docx").text
        == "第一章 2025年\n一、2025年\n（一）2025年\n1. 2025年"
    )


def test_an_item_without_one_above_it_takes_its_number() -> None:
    assert numbers(1, 1, 0, 1, 2, 0, 2) == ["1.1", "1.2", "2.", "2.1", "2.1.1", "3.", "3.1.1"]


def test_lists_of_one_pattern_count_on_unless_they_say_where_they_start() -> None:
    starts = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    lists = [(0, ""), (0, ""), (0, starts)]
    assert numbers((1, 0), (2, 0), (1, 0), lists=lists) == ["1.", "2.", "3."]
    assert numbers((1, 0), (3, 0), (3, 0), (1, 0), (3, 0), lists=lists) == ["1.", "5.", "6.", "7.", "8."]


def test_a_list_may_have_levels_of_its_own() -> None:
    own = f'<w:lvlOverride w:ilvl="0"><w:lvl w:ilvl="0">{level("upperLetter", "%1)")}</w:lvl></w:lvlOverride>'
    assert numbers((1, 0), (2, 0), lists=[(0, ""), (0, own)]) == ["1.", "B)"]


def test_restart() -> None:
    # LibreOffice 7.4 doesn't know w:lvlRestart; this is ECMA-376 part 1, 17.9.10.
    never = [level("decimal", "%1."), level("decimal", "(%2)", more='<w:lvlRestart w:val="0"/>')]
    assert numbers(0, 1, 1, 0, 1, patterns=[never]) == ["1.", "(1)", "(2)", "2.", "(3)"]
    after_first = [*DOTTED[:2], level("decimal", "(%3)", more='<w:lvlRestart w:val="1"/>')]
    assert numbers(0, 1, 2, 1, 2, 0, 1, 2, patterns=[after_first]) == [
        "1.",
        "1.1",
        "(1)",
        "1.2",
        "(2)",
        "2.",
        "2.1",
        "(1)",
    ]


def test_legal_numbers_are_digits() -> None:
    # ECMA-376 part 1, 17.9.4.
    legal = [OFFICIAL[0], level("decimal", "%1.%2", more="<w:isLgl/>")]
    assert numbers(0, 0, 1, patterns=[legal]) == ["第一章", "第二章", "2.1"]


def test_bullets_hidden_numbers_and_words_instead_of_numbers() -> None:
    assert numbers(0, 0, patterns=[[level("bullet", "\uf0b7")]]) == ["•", "•"]
    assert numbers(0, 0, patterns=[[level("none", "附件")]]) == ["附件", "附件"]
    hidden = level("decimal", "%1.") + "<w:rPr><w:vanish/></w:rPr>"
    assert numbers(0, 0, patterns=[[hidden]]) == ["", ""]
    assert numbers(0, 1, patterns=[[level("bullet", "-"), level("decimal", "%1%2.")]]) == ["-", "1."]


def test_numbers_from_styles() -> None:
    linked = [
        f'{level("chineseCounting", "%1、")}<w:pStyle w:val="H1"/>',
        f'{level("decimal", "%2.")}<w:pStyle w:val="H2"/>',
    ]
    styles = (
        '<w:style w:type="paragraph" w:styleId="H1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H2"><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H3"><w:basedOn w:val="H2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="H4"><w:basedOn w:val="H1"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="No"><w:basedOn w:val="H1"/><w:pPr><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr></w:style>'
    )
    body = [paragraph("x", style=style) for style in ("H1", "H2", "H3", "H4", "No")]
    body += [paragraph("x", style="H1", numbered=(0, 0)), paragraph("x", style="H1")]
    text = read(document(*body, patterns=[linked], styles=styles), "a.docx").text
    assert text.split("\n") == ["一、x", "1. x", "2. x", "二、x", "x", "x", "三、x"]


def test_a_list_style() -> None:
    styles = (
        '<w:style w:type="numbering" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    made = document(
        *(paragraph("x", numbered=(at, 0)) for at in (1, 2)),
        patterns=[DOTTED, []],
        lists=[(0, ""), (1, "")],
        styles=styles,
    )
    assert read(made, "a.docx").text == "1. x\nx"
    with ZipFile(io.BytesIO(made)) as package:
        xml = package.read("word/numbering.xml")
    link = xml.replace(b'w:abstractNumId="1"/>', b'w:abstractNumId="1"><w:numStyleLink w:val="L"/></w:abstractNum>')
    assert link != xml
    assert read(rewritten(made, {"word/numbering.xml": link}), "a.docx").text == "1. x\n2. x"


def test_text_boxes_count_for_themselves() -> None:
    item = paragraph("x", numbered=(1, 0))
    made = document(item, paragraph(text_box(item, item)), item, patterns=[DOTTED])
    assert read(made, "a.docx").text == "1. x\n1. x\n2. x\n2. x"


SHOWN = {
    "decimal": "1 2 3 10 21 105",
    "decimalZero": "01 02 03 10 21 105",
    "upperRoman": "I II III X XXI CV",
    "lowerRoman": "i ii iii x xxi cv",
    "upperLetter": "A B C J U AAAAA",
    "lowerLetter": "a b c j u aaaaa",
    "chineseCounting": "一 二 三 十 二十一 一〇五",
    "chineseCountingThousand": "一 二 三 十 二十一 一百零五",
    "japaneseCounting": "一 二 三 十 二十一 百五",
    "taiwaneseCountingThousand": "一 二 三 十 二十一 一百零五",
    "chineseLegalSimplified": "壹 贰 叁 壹拾 贰拾壹 壹佰零伍",
    "ideographLegalTraditional": "壹 貳 參 壹拾 貳拾壹 壹佰零伍",
    "ideographDigital": "一 二 三 一〇 二一 一〇五",
    "ideographTraditional": "甲 乙 丙 癸 21 105",
    "ideographZodiac": "子 丑 寅 酉 21 105",
    "ideographZodiacTraditional": "甲子 乙丑 丙寅 癸酉 甲申 105",
    "decimalEnclosedCircle": "① ② ③ ⑩ 21 105",
    "decimalEnclosedParen": "⑴ ⑵ ⑶ ⑽ 21 105",
    "decimalEnclosedFullstop": "⒈ ⒉ ⒊ ⒑ 21 105",
    "ideographEnclosedCircle": "㊀ ㊁ ㊂ ㊉ 21 105",
    "decimalFullWidth": "１ ２ ３ １０ ２１ １０５",
    "ordinal": "1st 2nd 3rd 10th 21st 105th",
    "001, 002, 003, ...": "001 002 003 010 021 105",
    "somethingNew": "1 2 3 10 21 105",
}


@pytest.mark.parametrize("number_format", SHOWN)
def test_number_formats(number_format: str) -> None:
    assert " ".join(numeral(value, number_format) for value in (1, 2, 3, 10, 21, 105)) == SHOWN[number_format]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (11, "十一"),
        (20, "二十"),
        (100, "一百"),
        (110, "一百一十"),
        (1001, "一千零一"),
        (1010, "一千零一十"),
        (10_203, "一万零二百零三"),
        (20_000, "二万"),
    ],
)
def test_counting_in_thousands(value: int, shown: str) -> None:
    assert numeral(value, "chineseCountingThousand") == shown


@given(
    st.integers(),
    st.sampled_from([*SHOWN, "none", "hex", "numberInDash", "taiwaneseCounting", "japaneseLegal", "0" * 40]),
)
def test_every_number_has_a_short_form(value: int, number_format: str) -> None:
    shown = numeral(value, number_format)
    assert len(shown) <= max(len(str(value)) + 12, 1300)
    assert (shown == "") == (number_format == "none")


VALUES = st.integers(1, 32_767)


@given(
    VALUES,
    VALUES,
    st.sampled_from(
        ["chineseCounting", "chineseCountingThousand", "upperRoman", "chineseLegalSimplified", "japaneseCounting"]
    ),
)
def test_different_numbers_look_different(one: int, other: int, number_format: str) -> None:
    assert (numeral(one, number_format) == numeral(other, number_format)) == (one == other)
