"""Texts that make a careless pattern slow: splitting takes time in proportion to the length, whatever stands there."""

import time

import pytest

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
    text = (line + "\n") * (MEGABYTE // 20 // (len(line) + 1))
    assert seconds(text) < 0.5


def test_a_megabyte_of_ordinary_text_is_split_in_a_second() -> None:
    paragraph = "（一）改善办学条件。投入资金三百万元，为乡村学校更换课桌椅、护眼灯和饮水设备，惠及学生一万余人。\n"
    plan = "一、主要任务\n" + paragraph * 20 + "各学校要对照任务逐项落实，每月报送进展，年底考核。\n"
    assert seconds(plan * (MEGABYTE // len(plan))) < 1
