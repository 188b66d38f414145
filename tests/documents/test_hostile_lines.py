"""Texts that make a careless pattern slow: splitting takes time in proportion to the length, whatever stands there."""

import time
from collections.abc import Callable

import pytest

from policy_themes.documents.clean import clean
from policy_themes.documents.facts import facts_of
from policy_themes.documents.split import split

MEGABYTE = 1_000_000


def seconds(text: str) -> float:
    start = time.process_time()
    facts_of(split(text))
    return time.process_time() - start


@pytest.mark.parametrize(
    "unit",
    [
        "(",
        "一、",
        "1.",
        " ",
        ">",
        "\t",
        "（一）",
        "。",
        "第",
        "-",
        "学",
        "学 ",
        "1 ",
        "学校:",
        "。一、",
        "二",
        "〔2020",
        "|",
        "1.改造食堂。",
    ],
)
def test_a_megabyte_on_one_line_is_split_in_a_second(unit: str) -> None:
    assert seconds(unit * (MEGABYTE // len(unit))) < 1


@pytest.mark.parametrize(
    "line",
    [
        "(", "一、", "1.", ">", "工作要点", "附件:1.表", "青禾县教育局", "2021年3月5日", "1\t新建校舍", "问:为什么?", "学校,",
        "相关新闻", "索引号:", "第一条 校舍应当牢固;", "时间:", "首页",
    ],
)  # fmt: skip
def test_many_short_lines_take_time_in_proportion(line: str) -> None:
    lines = MEGABYTE // 160 // (len(line) + 1)
    assert_in_proportion(seconds, (line + "\n") * lines)


def test_a_megabyte_of_ordinary_text_is_split_in_a_second() -> None:
    paragraph = "（一）改善办学条件。投入资金三百万元，为乡村学校更换课桌椅、护眼灯和饮水设备，惠及学生一万余人。\n"
    plan = "一、主要任务\n" + paragraph * 20 + "各学校要对照任务逐项落实，每月报送进展，年底考核。\n"
    assert seconds(plan * (MEGABYTE // len(plan))) < 1


@pytest.mark.parametrize(
    "lines",
    [
        "序号\n名称\n1\n",
        "序号\n项目\n单位\n1\n新建校舍\n基建站\n2\n改造食堂\n后勤中心\n",
        "甘某某  厉某某  戎某某\n",
        "学校要抓好安全,排查隐患一百二十处,其中\n- 3 -\n某市教育规划\n完成整改九十处。\n",
        "某市教育规划\n- 3 -\n",
        "教育简报\n第3期\n",
        "目录\n第一章 总则\n第二章 分则\n",
        "首页 > 新闻\n",
        "第四条 学校应当抓好安全,排查隐患\n第三条 以外的\n",
        "1.新建校舍。\n(责任单位:基建科)\n",
        "各学校、各学校、",
        "。某县教育局2021年3月5日",
    ],
)
def test_shapes_repeated_many_times_take_time_in_proportion(lines: str) -> None:
    assert_in_proportion(seconds_of_all, lines * (12_500 // len(lines)))


def assert_in_proportion(measure: Callable[[str], float], text: str) -> None:
    """Eight times as much text takes about eight times as long.

    Where it takes 64 times as long, the rules look back over all that came before. The bound lies between the two, three
    times from the one and nearly three from the other: the machines this runs on are busy with other things as well.
    """
    once, eightfold = (min(measure(text * times) for _ in range(3)) for times in (1, 8))
    assert eightfold < 24 * once


def seconds_of_all(text: str) -> float:
    start = time.process_time()
    cleaned = clean(text).text
    facts_of(split(cleaned))
    return time.process_time() - start
