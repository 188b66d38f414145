"""Splitting, on shapes as they come: each case gives a text and the pieces a person would cut."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_themes.documents.clean import clean
from policy_themes.documents.document import Document, document_of
from policy_themes.documents.readers import Reading
from policy_themes.documents.split import Section, split


def pieces(text: str) -> list[tuple[str, str, str, str]]:
    return [(piece.kind, piece.number, piece.heading, piece.text) for piece in split(text)]


def sections(text: str) -> list[tuple[str, str, str]]:
    """Number, heading and the first eight characters of each section."""
    return [(piece.number, piece.heading, piece.text[:8]) for piece in split(text) if piece.kind == "section"]


def document(text: str) -> Document:
    return document_of(Reading(text), "样例.txt")


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
    assert pieces(PLAN) == [
        ("title", "", "", "某市教育局2024年工作要点"),
        ("heading", "一、", "", "一、加强党的建设"),
        ("section", "1.", "一、加强党的建设", "1.压实主体责任。每季度专题研究一次。"),
        ("section", "2.", "一、加强党的建设", "2.建好基层支部。"),
        ("heading", "二、", "", "二、办好各级教育"),
        ("heading", "（一）", "二、办好各级教育", "（一）学前教育"),
        ("section", "（一）", "二、办好各级教育 / （一）学前教育", "新建幼儿园3所。"),
        ("heading", "（二）", "二、办好各级教育", "（二）义务教育"),
        ("section", "1．", "二、办好各级教育 / （二）义务教育", "1．化解大班额。"),
    ]


def test_numbering_that_goes_on_across_chapters() -> None:
    text = "一、抓党建\n1.开好生活会。\n2.建好支部。\n二、抓教学\n3.教研到校。\n三、抓安全\n4.排查隐患。"
    assert sections(text) == [
        ("1.", "一、抓党建", "1.开好生活会。"),
        ("2.", "一、抓党建", "2.建好支部。"),
        ("3.", "二、抓教学", "3.教研到校。"),
        ("4.", "三、抓安全", "4.排查隐患。"),
    ]


def test_arabic_chapters_over_bracketed_items() -> None:
    text = "1.主要成绩\n（一）园所新增六处。\n（二）幼师配齐。\n2.存在不足\n（三）保育员偏少。\n3.下步打算\n（四）继续招聘。"
    assert [heading for _, heading, _ in sections(text)] == ["1.主要成绩"] * 2 + ["2.存在不足", "3.下步打算"]


def test_chapters_and_articles() -> None:
    text = "第一章 总则\n第一条 为规范办园行为,制定本办法。\n第二条 本县幼儿园适用。\n第二章 收费\n第三条 收费标准每年公示。"
    assert sections(text) == [
        ("第一条", "第一章 总则", "第一条 为规范办"),
        ("第二条", "第一章 总则", "第二条 本县幼儿"),
        ("第三条", "第二章 收费", "第三条 收费标准"),
    ]


def test_items_run_together_on_one_line_are_cut_apart() -> None:
    text = "一、抓好控辍保学,逐户走访。二、改造食堂十二处,添置蒸箱。三、给乡村教师发放补助,按月到账。"
    assert [number for number, _, _ in sections(text)] == ["一、", "二、", "三、"]


def test_a_short_list_inside_a_sentence_stays_whole() -> None:
    text = "报名时须带齐下列材料:(1)户口簿;(2)房产证;(3)接种证。"
    assert len(sections(text)) == 1


def test_first_second_inside_an_item_stay_in_it() -> None:
    text = "（一）建强支部。一是配齐书记。二是按期换届。\n（二）管好阵地。一是签责任书。"
    assert [number for number, _, _ in sections(text)] == ["（一）", "（二）"]


def test_first_second_at_the_start_of_lines_are_items() -> None:
    text = (
        "二、存在问题\n一是校舍老旧,两处为危房。\n二是师资不足。一是美术教师缺编;\n"
        "二是校医没有编制;\n三是保安年龄偏大。\n三是家长参与不够。"
    )
    assert [
        (number, text[-6:])
        for number, _, text in ((s.number, s.heading, s.text) for s in split(text) if s.kind == "section")
    ] == [
        ("一是", "两处为危房。"),
        ("二是", "安年龄偏大。"),
        ("三是", "长参与不够。"),
    ]


def test_an_item_broken_over_lines_is_one_section() -> None:
    lines = [
        "一、工作任务",
        "1.全县中小学要在九月底前完成教室照明改造,由装备站统一招",
        "标,按班级数分配灯具,改造后逐间检测照度并张榜公布,经费从",
        "校舍维修项目中列支,学校不得向家长摊派任何费用,违者追究校",
        "长责任。",
        "2.各乡镇中心校每学期组织两次近视筛查,数据当天录入系统,对",
        "视力下降较快的学生通知家长,并由校医登记在册,期末汇总后报",
        "体卫艺站,结果作为考核学校的依据之一。",
    ]
    found = [piece.text for piece in split("\n".join(lines)) if piece.kind == "section"]
    assert found == ["".join(lines[1:5]), "".join(lines[5:])]


def test_a_list_of_short_tasks_has_no_headings() -> None:
    text = "三、民生实事\n1.新建幼儿园3所\n2.改造厕所12座\n3.添置校车5辆"
    assert sections(text) == [
        ("1.", "三、民生实事", "1.新建幼儿园3"),
        ("2.", "三、民生实事", "2.改造厕所12"),
        ("3.", "三、民生实事", "3.添置校车5辆"),
    ]


def test_headings_without_numbers() -> None:
    text = (
        "学前教育\n公办园在园幼儿占比提高到六成,小区配套园移交到位。\n特殊教育\n送教上门每月两次,覆盖全部重度残疾儿童。"
    )
    assert [heading for _, heading, _ in sections(text)] == ["学前教育", "特殊教育"]


LETTER = """某县教育局文件
某教发〔2021〕17号
某县教育局关于做好冬季取暖工作的通知
各中心校、县直各学校:
近期气温下降,现就取暖安全通知如下。
一、逐校检查锅炉,严禁无证上岗。
二、教室温度不低于十六度。
附件:1.锅炉检查表
2.责任人名单
某县教育局
2021年11月8日
(此件主动公开)
抄送:县应急局。
某县教育局办公室 2021年11月8日印发
"""


def test_what_an_office_puts_around_the_text_is_no_section() -> None:
    assert sections(LETTER) == [
        ("", "", "近期气温下降,现"),
        ("一、", "", "一、逐校检查锅炉"),
        ("二、", "", "二、教室温度不低"),
    ]
    facts = document(LETTER).facts
    assert (facts.title, facts.issuer) == ("某县教育局关于做好冬季取暖工作的通知", "某县教育局")
    assert (facts.number, facts.date, facts.year) == ("某教发〔2021〕17号", "2021-11-08", 2021)


@pytest.mark.parametrize(
    "line",
    [
        "发布时间:2013-01-27 10:18 作者:市教育局 来源:门户网 浏览次数: 字体:【大】 【中】 【小】",
        "当前位置:首页 > 政务公开 > 通知公告",
        "扫一扫在手机打开当前页",
        "索引号: 113703/2022-53 文号:",
        "【打印】【关闭】",
        "分享到:",
        "版权所有:某市教育局 某ICP备05000000号",
        "— 12 —",
        "第3页 共10页",
        "一、总体要求……………3",
        "二〇二〇年三月五日",
        "各县(市、区)教育局,局直属各学校:",
    ],
)
def test_boilerplate_lines(line: str) -> None:
    text = f"校园安全要天天抓,门卫不得离岗。\n{line}\n食堂每日留样,台账齐全。"
    assert [piece.kind for piece in split(text)] == ["section", "boilerplate", "section"]


@pytest.mark.parametrize(
    "line",
    [
        "同志们:",
        "来源地贷款办理一千二百人,贫困学生应贷尽贷。",
        "电话家访两百次,家长满意率98%。",
        "附件要求的材料已全部收齐。",
    ],
)
def test_lines_that_only_look_like_it_stay(line: str) -> None:
    assert [piece.kind for piece in split(f"{line}\n校园安全要天天抓,门卫不得离岗。")] == ["section", "section"]


def test_a_web_pages_own_links_end_the_text() -> None:
    text = "校园安全要天天抓,门卫不得离岗。\n相关阅读\n关于放假的通知\n我县召开教育大会"
    assert [piece.kind for piece in split(text)] == ["section", *["boilerplate"] * 3]


def test_rows_of_a_table() -> None:
    text = "序号\t任务\t责任单位\n1\t新建公办幼儿园3所,增加学位九百个\t基建站\n2\t教师培训两千人次,县级承担\t进修校"
    assert [(piece.kind, piece.text[:12]) for piece in split(text)] == [
        ("boilerplate", "序号 任务 责任单位"),
        ("section", "1 新建公办幼儿园3所,"),
        ("section", "2 教师培训两千人次,县"),
    ]


def test_a_decimal_is_no_item_number() -> None:
    assert sections("3.5亿元用于校舍改造,惠及全县学校。")[0][0] == ""


def test_a_page_number_and_a_running_head_in_a_sentence_are_taken_out_and_counted() -> None:
    text = (
        "1.统筹学校布局,撤并教学点须征求村民意见,\n- 1 -\n某市教育规划\n不得强行撤并。\n"
        "2.推进集团化办学,五年内覆盖乡镇初中,每年\n- 2 -\n某市教育规划\n考核一次,结果公布。"
    )
    found = document(text)
    assert [(piece.number, piece.text[-6:]) for piece in found.sections] == [
        ("1.", "得强行撤并。"),
        ("2.", ",结果公布。"),
    ]
    assert found.repairs["pages"] == 2
    assert text[found.sections[0].start : found.sections[0].end].endswith("不得强行撤并。")


def test_a_running_head_between_paragraphs_is_boilerplate_and_the_title_above_stays() -> None:
    text = (
        "某市教育规划\n一、建好学校,新增学位三千个。\n- 1 -\n某市教育规划\n二、配齐教师,招聘一百二十名。\n"
        "- 2 -\n某市教育规划\n三、守住安全,排查隐患五十处。\n- 3 -"
    )
    kinds = ["title", "section", "boilerplate", "boilerplate", "section", "boilerplate", "boilerplate", "section"]
    assert [piece.kind for piece in split(text)] == [*kinds, "boilerplate"]


def test_numbers_alone_in_a_column_are_no_page_numbers() -> None:
    text = "序号\n项目\n单位\n1\n新建教学用房四千平方米,容纳十二个班级\n项目办\n2\n改造食堂\n后勤中心"
    assert [(piece.kind, piece.number) for piece in split(clean(text).text)] == [
        ("boilerplate", ""),
        ("section", "1"),
        ("section", "2"),
    ]


def test_an_empty_document_has_no_sections() -> None:
    assert split(" \n\n\t") == []


NOISE = st.text(
    st.sampled_from(
        "一、(二)1.第三条①一是新建学校。;:,附件2021年3月5日〔〕教发号\n\r\t \u3000學會(huì)\u200b\ue000Ａ１a"
    )
    | st.characters(exclude_categories=["Cs"]),
    max_size=200,
)


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


@given(NOISE)
def test_the_pieces_hold_the_kept_text_once_and_in_order(text: str) -> None:
    cleaned = clean(text).text
    found: list[Section] = split(cleaned)
    assert bare("".join(piece.text for piece in found)) == bare(cleaned)
    ends = [0, *(piece.end for piece in found)]
    assert all(before <= piece.start < piece.end for before, piece in zip(ends, found, strict=False))


@given(NOISE)
def test_offsets_point_at_what_is_shown(text: str) -> None:
    assume_text = text if bare(clean(text).text) else text + "学校"
    found = document(assume_text)
    for piece in found.sections:
        # Whether a text is traditional is told from the whole of it: give the piece that context back.
        given_back = clean(assume_text[piece.start : piece.end] + "\n學會發國").text.rpartition("\n")[0]
        alone = clean(assume_text[piece.start : piece.end]).text
        assert bare(piece.text) in (bare(given_back), bare(alone))


@given(NOISE)
def test_cleaning_twice_changes_nothing_and_places_never_go_back(text: str) -> None:
    once = clean(text)
    places = list(once.placed.places)
    assert clean(once.text).text == once.text
    assert places == sorted(places)
    assert len(places) == len(once.text) + 1
    assert places[-1] == len(text)
