"""Texts that make a careless pattern slow: splitting takes time in proportion to the length, whatever stands there."""

import time

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
    lines = MEGABYTE // 40 // (len(line) + 1)
    once, twice = (min(seconds((line + "\n") * (lines * times)) for _ in range(2)) for times in (1, 2))
    # What looks back over all that came before takes four times as long for twice as much.
    assert twice < 3 * once + 0.1


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
    """Twice as much text takes about twice the time; where it took four times, the rules looked back over all of it."""
    once, twice = (min(seconds_of_all(lines * (size // len(lines))) for _ in range(3)) for size in (50_000, 100_000))
    assert twice < 3 * once + 0.1


def seconds_of_all(text: str) -> float:
    start = time.process_time()
    cleaned = clean(text).text
    facts_of(split(cleaned))
    return time.process_time() - start
