"""Workbooks and CSV as documents."""

import io
import random
import shutil
from datetime import date, datetime, time
from pathlib import Path
from zipfile import ZipFile

import pytest
import xlsxwriter
from docx_maker import rewritten
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from policy_themes.documents.limits import MAX_CHARACTERS
from policy_themes.documents.readers import Reading, soffice
from policy_themes.documents.readers.ooxml import MAX_ELEMENTS
from policy_themes.documents.readers.sheet import read
from policy_themes.documents.readers.sheet_values import shown_number
from policy_themes.errors import DocumentError

FILES = Path(__file__).parent / "files"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def book(*sheets: list[list[object]]) -> bytes:
    """A workbook by openpyxl with these rows."""
    made = Workbook()
    for at, rows in enumerate(sheets):
        sheet = made.active if at == 0 else made.create_sheet(f"表{at + 1}")
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def by_xlsxwriter(rows: list[list[object]]) -> bytes:
    """A workbook by XlsxWriter with these rows; strings stay strings."""
    file = io.BytesIO()
    options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    with xlsxwriter.Workbook(file, {"in_memory": True, **options}) as made:
        sheet, day = made.add_worksheet(), made.add_format({"num_format": "yyyy/m/d"})
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(at, column, value, day)
                else:
                    sheet.write(at, column, value)
    return file.getvalue()


def with_sheet(xml: str | bytes) -> bytes:
    """A workbook whose only sheet holds this XML."""
    inside = xml if isinstance(xml, bytes) else xml.encode()
    return rewritten(
        book([["甲"]]), {"xl/worksheets/sheet1.xml": f"<worksheet {MAIN}>".encode() + inside + b"</worksheet>"}
    )


@pytest.mark.parametrize("name", ["tasks.xlsx", "figures.xlsx"])
def test_whole_workbooks(name: str) -> None:
    expected = (FILES / name).with_suffix(".txt").read_text("utf-8").rstrip("\n")
    assert read((FILES / name).read_bytes(), name).text == expected


@pytest.mark.parametrize("name", ["tasks.xls", "tasks.et"])
def test_old_workbooks_through_libreoffice(name: str) -> None:
    if not any(map(shutil.which, soffice.COMMANDS)):
        pytest.skip("needs LibreOffice (soffice) with Calc")
    reading = read((FILES / "tasks.xls").read_bytes(), name)
    assert reading.text == (FILES / "tasks.txt").read_text("utf-8").rstrip("\n")
    assert reading.notes == ("工作表“草稿”是隐藏的,没有读取",)


def test_formulas_without_a_result_are_noted() -> None:
    cells = '<c><f>A2</f></c><c><f t="shared" si="0"/><v/></c><c t="str"><f>""</f><v></v></c><c><f>1+1</f><v>2</v></c>'
    reading = read(with_sheet(f"<sheetData><row>{cells}</row></sheetData>"), "a.xlsx")
    assert reading.text == "2"
    assert "2 个公式" in reading.notes[0]


def test_kinds_of_cells() -> None:
    cells = (
        '<c t="b"><v>0</v></c><c t="e"><v>#N/A</v></c><c t="str"><v>一_x000D_\n二</v></c><c t="d"><v>2025-03-01T00:00:00</v></c>'
        '<c t="inlineStr"><is><r><t>惠</t></r><rPh><t>huì</t></rPh><r><t>民</t></r></is></c><c t="s"><v>99</v></c>'
        '<c r="J1"><v>9</v></c><c><v>10</v></c>'
    )
    assert (
        read(with_sheet(f"<sheetData><row>{cells}</row></sheetData>"), "a.xlsx").text
        == "FALSE\t#N/A\t一 二\t2025-03-01\t惠民\t\t\t\t\t9\t10"
    )


def test_strict_workbooks() -> None:
    plain = (FILES / "tasks.xlsx").read_bytes()
    with ZipFile(io.BytesIO(plain)) as package:
        changes = {
            name: package.read(name)
            .replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            )
            .replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                b"http://purl.oclc.org/ooxml/officeDocument/relationships",
            )
            for name in package.namelist()
        }
    assert read(rewritten(plain, changes), "a.xlsx").text == (FILES / "tasks.txt").read_text("utf-8").rstrip("\n")


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=20).filter(
    lambda text: "_x" not in text
)
VALUES = st.one_of(st.none(), TEXT, st.integers(-(10**9), 10**9), st.booleans(), st.dates(date(1901, 1, 1)))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(VALUES, max_size=4), max_size=5))
def test_what_xlsxwriter_writes_comes_back(rows: list[list[object]]) -> None:
    expected = ["\t".join(as_shown(value) for value in row).strip() for row in rows]
    assert read(by_xlsxwriter(rows), "a.xlsx").text == "\n".join(filter(None, expected))


def as_shown(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "", True: "TRUE", False: "FALSE"}[value]
    return value.isoformat() if isinstance(value, date) else str(value).strip()


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        ("12", "General", "12"),
        ("12.0", "General", "12"),
        ("0.30000000000000004", "General", "0.3"),
        ("0.95499999999999996", "0%", "96%"),
        ("0.9555", "0.00%", "95.55%"),
        ("1234567.891", "#,##0.00", "1,234,567.89"),
        ("1234567", "#,##0,", "1,235"),
        ("-5", "0;(0)", "(5)"),
        ("0", '0;-0;"—"', "—"),
        ("5", "0000", "0005"),
        ("3", '"第"0"条"', "第3条"),
        ("12.5", '"¥"#,##0.00', "¥12.50"),
        ("5", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "5.00"),
        ("0.5", "#.##", ".5"),
        ("1.5", "# ?/?", "1.5"),
        ("1E+20", "General", "1E+20"),
        ("7", "[DBNum1][$-804]General", "7"),
        ("45717", "yyyy/m/d", "2025-03-01"),
        ("45717", '[$-804]yyyy"年"m"月"d"日"', "2025-03-01"),
        ("45717", "aaaa", "2025-03-01"),
        ("45717.604166666664", "yyyy/m/d h:mm", "2025-03-01 14:30"),
        ("0.60416666666666663", "h:mm AM/PM", "14:30"),
        ("1.5", "[h]:mm", "36:00"),
        ("1", "yyyy-mm-dd", "1900-01-01"),
        ("61", "yyyy-mm-dd", "1900-03-01"),
        ("-1", "yyyy-mm-dd", "-1"),
        ("no number", "0.00", "no number"),
        ("nan", "0.00", "nan"),
    ],
)
def test_number_formats(value: str, number_format: str, shown: str) -> None:
    assert shown_number(value, number_format) == shown


def test_dates_since_1904() -> None:
    assert shown_number("44255", "yyyy-mm-dd", since_1904=True) == "2025-03-01"


@given(st.floats(), st.text(alphabet='0#?,.;%"-_\\*[]$@ymdhsE+/ 元年', max_size=30))
def test_any_number_in_any_format_is_text(value: float, number_format: str) -> None:
    assert "\n" not in shown_number(repr(value), number_format)


@given(st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31)))
def test_days_come_back(moment: datetime) -> None:
    days = (moment.replace(hour=0, minute=0, second=0, microsecond=0) - datetime(1899, 12, 30)).days
    assert shown_number(str(days), "m/d/yy") == f"{moment:%Y-%m-%d}".zfill(10)
    assert shown_number(str(days + 0.25), "m/d/yy h:mm").endswith(f" {time(6):%H:%M}")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_csv(encoding: str, sign: str) -> None:
    rows = f'任务{sign}单位\r\n\r\n"新建{sign}扩建\n学校"{sign}基建股\r\n{sign}\r\n'
    name = "任务.csv"
    assert (
        read(rows.encode(encoding), name).text == f"任务\t单位\n新建{sign if sign != chr(9) else ' '}扩建 学校\t基建股"
    )


def test_text_called_xls_is_a_table() -> None:
    assert read("任务\t单位\n修路\t总务处,后勤\n".encode("gb18030"), "导出.xls").text == "任务\t单位\n修路\t总务处,后勤"


XML_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="一"><Table><Row>'
    '<Cell><Data ss:Type="String">学校</Data></Cell>'
    '<Cell><Data ss:Type="Number">3</Data></Cell></Row></Table></Worksheet></Workbook>'
)


def test_excel_xml_of_2003() -> None:
    if not any(map(shutil.which, soffice.COMMANDS)):
        pytest.skip("needs LibreOffice (soffice) with Calc")
    assert read(XML_2003.encode(), "导出.xls").text == "学校\t3"


def test_other_files_are_named_with_the_remedy() -> None:
    for data, said in (
        ((FILES / "encrypted.xlsx").read_bytes(), "密码"),
        ((FILES / "notice.doc").read_bytes(), r"\.doc"),
        ((FILES / "notice.docm").read_bytes(), "不是 xlsx"),
        (b"<html><table><tr><td>1</td></tr></table></html>", r"\.html"),
        (XML_2003.encode()[:-20], "不完整"),
        (XML_2003.replace("<Workbook", '<!DOCTYPE a [<!ENTITY b "c">]><Workbook').encode(), "实体"),
        (b"", "空"),
        (b" \r\n", "空"),
        (b"a,b\0c", "不是文本"),
        (random.Random(1).randbytes(3_000), "不是文本"),
    ):
        with pytest.raises(DocumentError, match=said) as caught:
            read(data, "表.xls")
        assert caught.value.where == "表.xls"


@pytest.mark.parametrize("name", ["tasks.xlsx", "tasks.xls"])
def test_a_file_cut_short_is_refused(name: str) -> None:
    data = (FILES / name).read_bytes()
    for count in range(20):
        with pytest.raises(DocumentError) as caught:
            read(data[: len(data) * count // 20], name)
        assert caught.value.where == name


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=60), st.integers(0, 3_000))
def test_damage_gives_a_document_error_or_text(junk: bytes, at: int) -> None:
    data = (FILES / "tasks.xlsx").read_bytes()
    with ZipFile(io.BytesIO(data)) as package:
        xml = package.read("xl/worksheets/sheet1.xml")
    for broken in (
        data[:at] + junk + data[at:],
        rewritten(data, {"xl/worksheets/sheet1.xml": xml[:at] + junk + xml[at:]}),
    ):
        outcome = outcome_of(broken)
        assert isinstance(outcome, Reading) or outcome.where == "a.xlsx"


def outcome_of(data: bytes) -> Reading | DocumentError:
    try:
        return read(data, "a.xlsx")
    except DocumentError as error:
        return error


def test_bombs_are_refused() -> None:
    strings = f"<sst {MAIN}><si><t>{'长' * (MAX_CHARACTERS // 10)}</t></si></sst>"
    many = (
        "<row>"
        + '<c t="inlineStr"><is><t>甲</t></is></c><c r="XFD1" t="inlineStr"><is><t>乙</t></is></c></row><row>' * 1500
        + "</row>"
    )
    entity = f'<!DOCTYPE a [<!ENTITY b "c">]><worksheet {MAIN}><sheetData/></worksheet>'.encode()
    bombs = [
        with_sheet(b"<sheetData>" + b"<x/>" * (MAX_ELEMENTS + 1) + b"</sheetData>"),
        with_sheet(f"<sheetData>{many}</sheetData>"),
        rewritten(by_xlsxwriter([["甲"] * 16]), {"xl/sharedStrings.xml": strings.encode()}),
        rewritten(book([["甲"]]), {"xl/worksheets/sheet1.xml": entity}),
        "甲".encode() * (MAX_CHARACTERS + 1),
    ]
    for bomb in bombs:
        with pytest.raises(DocumentError) as caught:
            read(bomb, "弹.xlsx")
        assert caught.value.where == "弹.xlsx"


def test_merged_cells_that_cover_the_whole_sheet_are_no_bomb() -> None:
    merged = '<mergeCells><mergeCell ref="A1:XFD1048576"/><mergeCell ref="B1:C1"/><mergeCell ref="C1:B1"/></mergeCells>'
    row = "".join(f'<c t="str"><v>{word}</v></c>' for word in "甲乙丙")
    assert read(with_sheet(f"<sheetData><row>{row}</row></sheetData>{merged}"), "a.xlsx").text == "甲\t乙"
