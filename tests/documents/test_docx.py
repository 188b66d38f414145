"""Word documents: what the reader says against what Word shows."""

import io
import re
import zipfile
from pathlib import Path

import docx
import pytest
from docx_maker import NAMESPACES, cell, document, field, level, paragraph, rewritten, run, table, text_box
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_themes.documents.limits import MAX_CHARACTERS
from policy_themes.documents.readers import Reading
from policy_themes.documents.readers.docx import read
from policy_themes.documents.readers.ooxml import MAX_DEPTH, MAX_XML_BYTES
from policy_themes.errors import DocumentError

FILES = Path(__file__).parent / "files"


def lines(*body: str, **parts) -> list[str]:
    return read(document(*body, **parts), "方案.docx").text.split("\n")


@pytest.mark.parametrize("name", ["plan.docx", "plan-strict.docx", "notice.docm", "notice-libreoffice.docx"])
def test_whole_documents(name: str) -> None:
    expected = (FILES / f"{re.split('[.-]', name)[0]}.txt").read_text("utf-8").rstrip("\n")
    assert read((FILES / name).read_bytes(), name).text == expected


def test_the_notes_say_what_was_left_out() -> None:
    notes = "".join(read((FILES / "plan.docx").read_bytes(), "plan.docx").notes)
    for word in ("修订", "隐藏", "目录", "1 张图片", "批注"):
        assert word in notes


@pytest.mark.parametrize("count", range(20))
def test_a_file_cut_short_is_refused(count: int) -> None:
    data = (FILES / "plan.docx").read_bytes()
    with pytest.raises(DocumentError) as caught:
        read(data[: len(data) * count // 20], "方案.docx")
    assert caught.value.where == "方案.docx"


def test_soft_breaks_and_tabs_are_spaces_and_paragraphs_are_lines() -> None:
    breaks = "<w:r><w:t>教育局</w:t><w:br/><w:t>2025年</w:t><w:tab/><w:t>3月</w:t><w:noBreakHyphen/><w:t>4月\n5月</w:t></w:r>"
    assert lines(paragraph(breaks), paragraph(), paragraph("  "), paragraph("完")) == [
        "教育局 2025年 3月-4月 5月",
        "完",
    ]


def test_tables_are_rows_of_cells_and_merged_cells_are_said_once() -> None:
    across = cell("合计", properties='<w:gridSpan w:val="2"/>')
    below = [cell("一年级", properties='<w:vMerge w:val="restart"/>'), cell("", properties="<w:vMerge/>")]
    nested = cell("责任单位:", table(["基教股", "学校"], ["装备中心", ""]))
    body = table(
        ["年级", "任务", "数量"], [below[0], "建房", "2"], [below[1], "修路", "1"], [across, ""], [nested, "第一段"]
    )
    assert lines(paragraph("前"), body, paragraph("后")) == [
        "前",
        "年级\t任务\t数量",
        "一年级\t建房\t2",
        "修路\t1",
        "合计",
        "责任单位: 基教股 学校 装备中心\t第一段",
        "后",
    ]


def test_a_table_of_one_column_is_a_frame_around_paragraphs() -> None:
    framed = table([cell("一、目标", "二、任务", table(["甲", "乙"], ["丙", "丁"]))])
    assert lines(framed) == ["一、目标", "二、任务", "甲\t乙", "丙\t丁"]


def test_cells_of_several_paragraphs_and_numbers_without_text() -> None:
    body = table(
        [cell(paragraph(numbered=(1, 0))), cell("第一段", "第二段")], [cell(paragraph(numbered=(1, 0))), cell("后\t面")]
    )
    assert lines(body, patterns=[[level("decimal", "%1")]]) == ["1\t第一段 第二段", "2\t后 面"]


def test_text_boxes_are_read_once_where_they_stand() -> None:
    box = text_box(paragraph("某县教育局文件"), paragraph("某教〔2025〕3号"))
    assert lines(paragraph(box, "关于开学的通知")) == ["某县教育局文件", "某教〔2025〕3号", "关于开学的通知"]
    assert lines(paragraph("关于开学的通知", box)) == ["关于开学的通知", "某县教育局文件", "某教〔2025〕3号"]


def test_word_art_of_old_documents_is_text() -> None:
    art = '<w:r><w:pict><v:shape><v:textpath string="某县教育局文件"/></v:shape></w:pict></w:r>'
    assert lines(paragraph(art)) == ["某县教育局文件"]


def test_changes_are_accepted() -> None:
    inserted = f'<w:ins w:id="1">{run("三")}</w:ins>'
    deleted = '<w:del w:id="2"><w:r><w:delText>两</w:delText></w:r></w:del>'
    moved = f'<w:moveFrom w:id="3">{run("旧处")}</w:moveFrom><w:moveTo w:id="4">{run("新处")}</w:moveTo>'
    assert lines(paragraph("新建", deleted, inserted, "所", moved)) == ["新建三所新处"]


def test_a_deleted_paragraph_mark_joins_two_paragraphs_and_takes_no_number() -> None:
    removed = '<w:del w:id="1"/>'
    gone = '<w:del w:id="2"><w:r><w:delText>整段删去</w:delText></w:r></w:del>'
    assert lines(
        paragraph("甲", numbered=(1, 0)),
        paragraph(gone, numbered=(1, 0), mark=removed),
        paragraph("乙的前半,", numbered=(1, 0), mark=removed),
        paragraph("乙的后半", numbered=(1, 0)),
        paragraph("句号前", mark=removed),
        patterns=[[level("chineseCounting", "%1、")]],
    ) == ["一、甲", "二、乙的前半,乙的后半", "句号前"]


def test_rows_and_cells_that_are_deleted_are_gone() -> None:
    rows = table(["删", "去"], [cell("留"), cell("删", properties='<w:cellDel w:id="1"/>'), cell("下")])
    removed = rows.replace("<w:tr>", "<w:tr><w:trPr><w:del w:id='9'/></w:trPr>", 1)
    assert lines(removed) == ["留\t下"]


def test_hidden_text_is_left_out_whatever_hides_it() -> None:
    styles = (
        '<w:style w:type="character" w:styleId="Hid"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="Based"><w:basedOn w:val="Hid"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="HidP"><w:rPr><w:vanish/></w:rPr></w:style>'
    )
    made = document(
        paragraph(
            "看",
            run("不", "<w:vanish/>"),
            run("得", '<w:vanish w:val="0"/>'),
            run("不", '<w:rStyle w:val="Based"/>'),
            "见",
        ),
        paragraph("整段", run("露", '<w:vanish w:val="false"/>'), style="HidP"),
        styles=styles,
    )
    reading = read(made, "a.docx")
    assert reading.text == "看得见\n露"
    assert reading.notes == ("隐藏的文字没有读取",)


def test_fields_show_their_results() -> None:
    nested = field("IF", run("甲"), field("REF x", run("乙")))
    simple = f'<w:fldSimple w:instr="SEQ 表">{run("3")}</w:fldSimple>'
    link = f'<w:hyperlink r:id="rId1">{run("附件")}</w:hyperlink>'
    assert lines(paragraph("见", nested, "表", simple, link), paragraph(field("EQ \\o\\ac(○,12)"), "试")) == [
        "见甲乙表3附件",
        "⑫试",
    ]


def test_tables_of_contents_are_left_out() -> None:
    begin = "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> TOC \\o </w:instrText></w:r>"
    begin += "<w:r><w:fldChar w:fldCharType='separate'/></w:r>"
    entry = field("PAGEREF _1", run("1"))
    control = (
        "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
        f"<w:sdtContent>{paragraph('目录')}{paragraph('一、目标 1')}</w:sdtContent></w:sdt>"
    )
    end = "<w:r><w:fldChar w:fldCharType='end'/></w:r>"
    toc = [paragraph(begin, "一、目标", entry), paragraph("二、任务"), paragraph(end)]
    assert lines(paragraph("通知"), paragraph("目 录"), *toc, control, paragraph("正文")) == ["通知", "正文"]
    unended = read(document(paragraph(begin, "一、目标"), paragraph("正文")), "a.docx")
    assert unended.text == "一、目标\n正文"
    assert unended.notes == ("目录没有结束标记,连同目录一起读取",)


def test_a_field_that_never_begins_its_result_hides_nothing() -> None:
    broken = "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>"
    assert lines(paragraph("甲", broken, "乙"), paragraph("丙")) == ["甲", "丙"]


def test_content_controls_ruby_formulas_and_symbols() -> None:
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{run('3月1日')}</w:sdtContent></w:sdt>"
    prompt = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('单击此处')}</w:sdtContent></w:sdt>"
    ruby = f"<w:r><w:ruby><w:rt>{run('huì')}</w:rt><w:rubyBase>{run('惠')}</w:rubyBase></w:ruby></w:r>"
    formula = "<m:oMath><m:r><m:t>x+1</m:t></m:r></m:oMath>"
    symbols = '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:sym w:font="Wingdings" w:char="F082"/></w:r>'
    block = f"<w:sdt><w:sdtContent>{paragraph('块')}</w:sdtContent></w:sdt>"
    assert lines(paragraph(control, prompt, ruby, formula, symbols), block) == ["3月1日惠x+1☑②", "块"]


def test_footnotes_and_endnotes_stand_behind_the_text_in_the_order_of_their_references() -> None:
    def note(kind: str, number: int, *text: str) -> str:
        return f'<w:{kind} w:id="{number}">{"".join(paragraph(f"<w:r><w:{kind}Ref/></w:r>", one) for one in text)}</w:{kind}>'

    def reference(kind: str, number: int) -> str:
        return f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'

    footnotes = (
        '<w:footnote w:id="-1" w:type="separator"><w:p/></w:footnote>'
        + note("footnote", 1, "后引")
        + note("footnote", 2, "先引", "两段")
    )
    assert lines(
        paragraph("公办园", reference("footnote", 2), "和民办园", reference("footnote", 1), reference("endnote", 5)),
        notes={"footnotes": footnotes + note("footnote", 3, "未引"), "endnotes": note("endnote", 5, "尾")},
    ) == ["公办园和民办园", "脚注:", "[1] 先引 两段", "[2] 后引", "尾注:", "[1] 尾"]


def test_headers_and_footers_are_not_text() -> None:
    made = docx.Document()
    made.add_paragraph("正文")
    made.sections[0].header.paragraphs[0].text = "页眉"
    made.sections[0].footer.paragraphs[0].text = "页脚"
    file = io.BytesIO()
    made.save(file)
    assert read(file.getvalue(), "a.docx").text == "正文"


CHARACTERS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=30)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.one_of(CHARACTERS, st.lists(st.lists(CHARACTERS, min_size=2, max_size=3), min_size=1, max_size=3)),
        max_size=5,
    )
)
def test_paragraphs_and_tables_of_python_docx_come_back(blocks: list) -> None:
    made, expected = docx.Document(), []
    for block in blocks:
        if isinstance(block, str):
            made.add_paragraph(block)
            expected.append(block.strip())
            continue
        width = max(map(len, block))
        written = made.add_table(len(block), width)
        for at, row in enumerate(block):
            for column, text in enumerate(row):
                written.cell(at, column).text = text
            cells = [text.strip() for text in row] + [""] * (width - len(row))
            expected.append("\t".join(cells).strip())
    file = io.BytesIO()
    made.save(file)
    assert read(file.getvalue(), "a.docx").text == "\n".join(filter(None, expected))


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=60), st.integers(0, 40_000), st.booleans())
def test_damage_gives_a_document_error_or_text(junk: bytes, at: int, inside: bool) -> None:
    data = (FILES / "plan.docx").read_bytes()
    if inside:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            xml = package.read("word/document.xml")
        data = rewritten(data, {"word/document.xml": xml[:at] + junk + xml[at + len(junk) :]})
    else:
        data = data[:at] + junk + data[at + len(junk) :]
    outcome = outcome_of(data)
    assert isinstance(outcome, Reading) or outcome.where == "a.docx"


def outcome_of(data: bytes) -> Reading | DocumentError:
    try:
        return read(data, "a.docx")
    except DocumentError as error:
        return error


def test_bombs_and_entities_are_refused_in_bounded_time() -> None:
    plain = document(paragraph("正文"))
    start, end = f"<w:document {NAMESPACES}><w:body>".encode(), b"</w:body></w:document>"
    entity = (
        b'<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
        + start
        + b"<w:p><w:r><w:t>&a;</w:t></w:r></w:p>"
        + end
    )
    deep = start + b"<w:sdt>" * (MAX_DEPTH + 1) + b"</w:sdt>" * (MAX_DEPTH + 1) + end
    long = start + b"<w:p><w:r><w:t>" + b"a" * (MAX_CHARACTERS + 1) + b"</w:t></w:r></w:p>" + end
    for xml in (
        entity,
        entity.decode().encode("utf-16"),
        deep,
        long,
        start + b" " * MAX_XML_BYTES + end,
        start + b"<w:p>",
        b"",
        b"<w:p",
    ):
        with pytest.raises(DocumentError) as caught:
            read(rewritten(plain, {"word/document.xml": xml}), "弹.docx")
        assert caught.value.where == "弹.docx"


def test_other_files_called_docx() -> None:
    with pytest.raises(DocumentError, match="加了密码"):
        read((FILES / "encrypted.docx").read_bytes(), "a.docx")
    with pytest.raises(DocumentError, match=r"\.doc"):
        read((FILES / "notice.doc").read_bytes(), "a.docx")
    with pytest.raises(DocumentError, match="不是 Word 文档"):
        read((FILES / "tasks.xlsx").read_bytes(), "a.docx")
    for junk in (b"", b"\0" * 3000, "正文".encode(), b"PK\x03\x04" + bytes(range(256)) * 9):
        with pytest.raises(DocumentError, match=r"^a\.docx: "):
            read(junk, "a.docx")
