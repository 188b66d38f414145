import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_themes.documents.readers.markdown import unmarked
from policy_themes.documents.readers.plain import read
from policy_themes.errors import DocumentError

MARKED = """---
title: 要点
---
# 2026年工作要点 #

<!-- 待定 -->
**总体要求**:坚持`五育并举`,见[省方案](http://a.cn/b_(1).html)。![图](x.png)

1. 第一项
1. 第二项
   - 子项 *强调*
1. 第三项

| 任务 | 单位 |
|------|:----:|
| 建园 | 学前股 \\| 基教股 |

> 引用
a_b_c 不变
***
"""
SHOWN = [
    "2026年工作要点",
    "总体要求:坚持五育并举,见省方案。",
    "1. 第一项",
    "2. 第二项",
    "子项 强调",
    "3. 第三项",
    "任务\t单位",
]
SHOWN += ["建园\t学前股 | 基教股", "引用", "a_b_c 不变"]


def test_text_stays_as_it_is() -> None:
    assert read("一、学前\r\n二、经费 *重点*\r".encode("gb18030"), "a.txt").text == "一、学前\n二、经费 *重点*\n"


def test_markdown_is_read_without_its_marks() -> None:
    text = read(MARKED.encode(), "A.MD").text
    assert [line for line in text.split("\n") if line] == SHOWN


@given(st.text(st.sampled_from("教育工作一二、。，（）12 \n"), max_size=200))
def test_markdown_leaves_plain_chinese_alone(text: str) -> None:
    assert unmarked(text).split() == text.split()


@given(st.text(st.sampled_from("字*_`[]()!|-#>~\\<>1. \n\t"), max_size=300))
def test_markdown_never_loses_a_word(text: str) -> None:
    assert unmarked(text).count("字") <= text.count("字")


@pytest.mark.parametrize("mark", ["<!--", "[", "*a ", "| ", "_a", "`", "> ", "# ", "![", "](", "\\"])
def test_markdown_takes_time_in_step_with_its_length(mark: str) -> None:
    assert isinstance(unmarked(mark * 200_000), str)


def test_damage_is_noted() -> None:
    reading = read("推进教育公平。".encode() * 50 + b"\xe4", "a.txt")
    assert reading.notes == ("有 1 处字节损坏,无法辨认,以 \ufffd 代替",)


@pytest.mark.parametrize("data", [b"", b" \n\t", b"\xef\xbb\xbf", random.Random(2).randbytes(2_000)])
def test_what_holds_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError) as caught:
        read(data, "a.txt")
    assert caught.value.where == "a.txt"
