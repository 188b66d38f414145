from hypothesis import given
from hypothesis import strategies as st

from policy_themes.documents.split import split

PLAN = """某市教育局2024年工作要点

一、加强党的建设
1.压实主体责任。每季度专题研究一次。
2.建好基层支部。
二、办好各级教育
（一）学前教育
新建幼儿园3所。
（二）义务教育
1．化解大班额。
"""


def test_numbered_items_are_sections_under_their_headings() -> None:
    found = [(section.number, section.heading, section.text) for section in split(PLAN)]
    assert found == [
        ("1.", "一、加强党的建设", "1.压实主体责任。每季度专题研究一次。"),
        ("2.", "一、加强党的建设", "2.建好基层支部。"),
        ("", "二、办好各级教育 / （一）学前教育", "新建幼儿园3所。"),
        ("1．", "二、办好各级教育 / （二）义务教育", "1．化解大班额。"),
    ]


@given(st.text(st.sampled_from("一、(二)1.第三条①新建学校。\n\r \u3000") | st.characters(exclude_categories=["Cs"])))
def test_offsets_point_into_the_document_and_order_is_kept(document: str) -> None:
    end = 0
    for section in split(document):
        assert document[section.start : section.end] == section.text
        assert section.start >= end
        end = section.end


def test_a_decimal_is_no_item_number() -> None:
    assert [section.number for section in split("3.5亿元用于校舍改造,惠及全县学校。")] == [""]


def test_an_empty_document_has_no_sections() -> None:
    assert list(split(" \n\n\t")) == []
