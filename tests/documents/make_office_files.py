"""Writes the Word, WPS and Excel files in files/ anew: python tests/documents/make_office_files.py. The tests don't run it.

Needs LibreOffice with its bridge to the system's Python (python3-uno), and msoffcrypto-tool. Other versions of these write other bytes.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
from datetime import date, datetime
from pathlib import Path

import docx
import xlsxwriter
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx_maker import cell, document, field, level, paragraph, rewritten, run, table, text_box
from openpyxl import Workbook
from openpyxl.styles import Alignment

FILES = Path(__file__).parent / "files"
PICTURE = '<w:r><w:drawing><wp:inline><a:graphic><a:graphicData uri="p"><a:blip/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'


def numbered_style(name: str, properties: str) -> str:
    """A paragraph style with a number."""
    inside = f"<w:pPr><w:numPr>{properties}</w:numPr></w:pPr>"
    return f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/>{inside}</w:style>'


def plan() -> bytes:
    """A work plan with everything that Word generates or hides."""
    contents = (
        "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr><w:sdtContent>"
        + paragraph("目  录")
        + paragraph(field("TOC \\o", run("第一章 工作目标 1")))
        + "</w:sdtContent></w:sdt>"
    )
    reference = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    inserted = f'<w:ins w:id="11" w:author="初审">{run("十二")}</w:ins>'
    deleted = '<w:del w:id="12" w:author="初审"><w:r><w:delText>九</w:delText></w:r></w:del>'
    merged = [cell("校舍", properties='<w:vMerge w:val="restart"/>'), cell("", properties="<w:vMerge/>")]
    numbered = {"chapter": (1, 0), "han": (1, 1), "han2": (1, 2), "arabic": (1, 3), "circle": (1, 4)}
    return document(
        paragraph(text_box(paragraph("云岭县教育局文件"))),
        paragraph("云教〔2025〕17号"),
        paragraph(PICTURE),
        paragraph("云岭县义务教育优质均衡发展", "<w:r><w:br/></w:r>", "三年工作方案"),
        contents,
        paragraph("各乡镇中心学校、县直各学校:"),
        paragraph("为补齐办学条件短板,缩小城乡差距,结合我县实际,制定本方案。"),
        paragraph("工作目标", style="Chapter"),
        paragraph("到2027年,", deleted, inserted, "所乡镇学校全部达到省定办学标准", reference, "。"),
        paragraph("重点任务", style="Chapter"),
        paragraph("改善办学条件", style="Item"),
        paragraph("实施校舍提升工程。", "拆除危旧校舍,新建教学楼和食堂。", numbered=numbered["han2"]),
        paragraph("配齐教学仪器。", numbered=numbered["han2"]),
        paragraph("2026年底前补足理科实验器材;", numbered=numbered["arabic"]),
        paragraph("图书每年更新不少于", run("(内部掌握)", "<w:vanish/>"), "百分之三。", numbered=numbered["arabic"]),
        paragraph("小学;", numbered=numbered["circle"]),
        paragraph("初中。", numbered=numbered["circle"]),
        paragraph("加强教师队伍建设", style="Item"),
        paragraph("城区教师到乡村学校任教满一年的,评优时优先。"),
        paragraph("经费安排", style="Chapter"),
        table(
            ["项目", "学校数", "金额(万元)"],
            [merged[0], "3所", "860"],
            [merged[1], "9所", "1240"],
            [cell("合计", properties='<w:gridSpan w:val="2"/>'), "2100"],
        ),
        paragraph("联系人:基础教育股", "<w:r><w:tab/></w:r>", "周老师"),
        paragraph("云岭县教育局"),
        paragraph("2025年4月8日"),
        paragraph("附件:", numbered=(2, 0)),
        paragraph("任务分工表", numbered=(3, 0)),
        paragraph("经费测算表", numbered=(3, 0)),
        patterns=[
            [
                level("chineseCountingThousand", "第%1章", more='<w:pStyle w:val="Chapter"/>'),
                level("chineseCounting", "%2、", more='<w:pStyle w:val="Item"/>'),
                level("chineseCounting", "（%3）"),
                level("decimal", "%4."),
                level("decimalEnclosedCircle", "%5"),
            ],
            [level("none", "")],
            [level("decimal", "%1.")],
        ],
        lists=[(0, ""), (1, ""), (2, "")],
        styles=numbered_style("Chapter", '<w:numId w:val="1"/>')
        + numbered_style("Item", '<w:ilvl w:val="1"/><w:numId w:val="1"/>'),
        notes={
            "footnotes": f'<w:footnote w:id="1">{paragraph("<w:r><w:footnoteRef/></w:r>", "标准以省教育厅当年公布的为准。")}</w:footnote>'
        },
    )


def with_furniture(data: bytes) -> bytes:
    """The document with a header, a footer and a comment."""
    made = docx.Document(io.BytesIO(data))
    made.sections[0].header.paragraphs[0].text = "征求意见稿"
    made.sections[0].footer.paragraphs[0].text = "第 1 页"
    first = next(one for one in made.paragraphs if one.runs)
    made.add_comment(first.runs, text="请办公室核对文号", author="初审")
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def strict(data: bytes) -> bytes:
    """The document as strict OOXML: the same elements under other namespaces."""
    other = {
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    }
    other[b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"] = (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main"
    )
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = {name: package.read(name) for name in package.namelist() if name.endswith((".xml", ".rels"))}
    for transitional, namespace in other.items():
        members = {name: content.replace(transitional, namespace) for name, content in members.items()}
    return rewritten(data, members)


def notice() -> bytes:
    """A notice in what python-docx has words for; LibreOffice turns it into its formats."""
    made = docx.Document()
    title = made.add_paragraph("临河市教育局关于开展校园食品安全检查的通知")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.add_paragraph("临教函〔2025〕42号").alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.add_paragraph("各区教育局、市直属学校:")
    made.add_paragraph("新学期开学在即,定于9月上旬检查全市学校食堂。现将有关事项通知如下。")
    made.add_paragraph("一、检查内容")
    for item in (
        "食堂证照是否齐全,从业人员是否持健康证上岗。",
        "食材采购是否索证索票、台账是否完整。",
        "餐具消毒和食品留样是否落实。",
    ):
        made.add_paragraph(item, style="List Number")
    made.add_paragraph("二、时间安排")
    grid = made.add_table(4, 3, style="Table Grid")
    for row, words in zip(
        grid.rows,
        [
            ("阶段", "时间", "要求"),
            ("自查", "8月25日至31日", "学校填写自查表"),
            ("抽查", "9月1日至10日", "每区不少于5所"),
            ("汇总后通报", "", ""),
        ],
        strict=True,
    ):
        for place, word in zip(row.cells, words, strict=True):
            place.text = word
    last = grid.rows[3].cells
    last[0].merge(last[2])
    made.add_paragraph("三、工作要求")
    made.add_paragraph("对检查中发现的问题,学校应在五个工作日内整改到位,并报所在区教育局备案。")
    made.add_paragraph("临河市教育局").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    made.add_paragraph("2025年8月20日").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def macro_enabled(data: bytes) -> bytes:
    """The document as .docm, but for the macros."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        types = package.read("[Content_Types].xml")
    kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return rewritten(
        data, {"[Content_Types].xml": types.replace(kind, b"application/vnd.ms-word.document.macroEnabled.main+xml")}
    )


def tasks(path: Path) -> None:
    """A workbook by openpyxl: a merged title, dates and shares, a hidden sheet, a second and an empty one."""
    book = Workbook()
    sheet = book.active
    sheet.title = "任务分解"
    sheet.append(["青田镇中心学校2025年秋季学期重点任务分解表"])
    sheet.merge_cells("A1:E1")
    sheet.append([])
    sheet.append(["序号", "任务", "责任处室", "完成时限", "进度"])
    for at, (task, office, day, share) in enumerate(
        [
            ("修缮教学楼屋面\n并更换门窗", "总务处", date(2025, 9, 30), 0.4),
            ("开展课后服务调查", "教导处", date(2025, 10, 15), 0.125),
            ("组织消防演练", "政教处", date(2025, 11, 9), 1),
        ],
        1,
    ):
        sheet.append([at, task, office, day, share])
        sheet.cell(sheet.max_row, 5).number_format = "0.0%"
    sheet.merge_cells("C4:C5")
    sheet["B4"].alignment = Alignment(wrap_text=True)
    sheet.append([None, "经费合计(元)", None, None, 123456.5])
    sheet.cell(sheet.max_row, 5).number_format = "#,##0.00"
    drafts = book.create_sheet("草稿")
    drafts["A1"] = "不公开"
    drafts.sheet_state = "hidden"
    people = book.create_sheet("联系人")
    people.append(["姓名", "值班时间"])
    people.append(["何老师", datetime(2025, 9, 1, 14, 30)])
    book.create_sheet("空表")
    book.save(path)


def figures(path: Path) -> None:
    """A workbook by XlsxWriter: values of formulas, Chinese date formats, a value under a merged cell."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("经费")
    sheet.merge_range("A1:C1", "白塔区学前教育经费表")
    sheet.write_row("A2", ["园所", "金额", "拨付日期"])
    sheet.write_row("A3", ["一幼", 80000])
    sheet.write_datetime("C3", datetime(2025, 3, 1), book.add_format({"num_format": '[$-804]yyyy"年"m"月"d"日";@'}))
    sheet.write_row("A4", ["二幼", 45000.5])
    sheet.write_number("C4", 45778, book.add_format({"num_format": 31}))
    sheet.write("A5", "合计")
    sheet.write_formula("B5", "=SUM(B3:B4)", book.add_format({"num_format": '#,##0.00"元"'}), 125000.5)
    sheet.merge_range("A6:A7", "说明")
    sheet.write("A7", "被合并单元格盖住的旧文字")
    sheet.write("B6", "按在园幼儿数拨付")
    sheet.write("B7", True)
    book.close()


def converted(source: Path, suffix: str, target: Path) -> None:
    """The file in another format, by LibreOffice."""
    with tempfile.TemporaryDirectory() as folder:
        call = [
            "soffice",
            "--headless",
            f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to",
            suffix,
            "--outdir",
            folder,
            str(source),
        ]
        subprocess.run(call, check=True, capture_output=True)
        shutil.copy(Path(folder) / f"{source.stem}.{suffix}", target)


ENCRYPT = """
import sys, time, uno
from com.sun.star.beans import PropertyValue
place, source, writer, target = sys.argv[1:]
resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
for _ in range(100):
    try:
        context = resolver.resolve(f"uno:pipe,name={place};urp;StarOffice.ComponentContext")
        break
    except Exception:
        time.sleep(0.2)
words = {"Hidden": True}, {"FilterName": writer, "Password": "1234"}
load, store = (tuple(PropertyValue(name, 0, value, 0) for name, value in one.items()) for one in words)
desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
document = desktop.loadComponentFromURL(source, "_blank", 0, load)
document.storeToURL(target, store)
document.close(True)
desktop.terminate()
"""


def encrypted_by_libreoffice(source: Path, writer: str, target: Path) -> None:
    """The file in the format of one of LibreOffice's filters, with the password 1234."""
    with tempfile.TemporaryDirectory() as folder:
        accept = "--accept=pipe,name=encrypt;urp;"
        office = subprocess.Popen(["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", accept])
        call = ["/usr/bin/python3", "-c", ENCRYPT, "encrypt", source.as_uri(), writer, target.resolve().as_uri()]
        subprocess.run(call, check=True)
        office.wait()


def encrypted(source: Path, target: Path) -> None:
    """The file with the password 1234."""
    subprocess.run(["msoffcrypto-tool", "-e", "-p", "1234", str(source), str(target)], check=True)


def main() -> None:
    """Write them all."""
    (FILES / "plan.docx").write_bytes(with_furniture(plan()))
    (FILES / "plan-strict.docx").write_bytes(strict(plan()))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "notice.docx"
        source.write_bytes(notice())
        (FILES / "notice.docm").write_bytes(macro_enabled(notice()))
        for suffix in ("doc", "rtf", "odt"):
            converted(source, suffix, FILES / f"notice.{suffix}")
        converted(FILES / "notice.odt", "docx", FILES / "notice-libreoffice.docx")
        encrypted(source, FILES / "encrypted.docx")
        encrypted_by_libreoffice(source, "MS Word 97", FILES / "encrypted.doc")
        encrypted_by_libreoffice(source, "writer8", FILES / "encrypted.odt")
    shutil.copy(FILES / "notice.doc", FILES / "notice.wps")
    tasks(FILES / "tasks.xlsx")
    figures(FILES / "figures.xlsx")
    converted(FILES / "tasks.xlsx", "xls", FILES / "tasks.xls")
    encrypted(FILES / "tasks.xlsx", FILES / "encrypted.xlsx")


if __name__ == "__main__":
    sys.exit(main())
