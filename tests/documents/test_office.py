"""Documents through LibreOffice, and what is said of those that are not for it."""

import http.server
import io
import os
import shutil
import struct
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from docx_maker import rewritten

from policy_themes.documents.readers import soffice
from policy_themes.documents.readers.office import read
from policy_themes.documents.readers.ole import streams
from policy_themes.errors import DocumentError

FILES = Path(__file__).parent / "files"
WORD_XML = (
    '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Word.Document"?>'
    '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body>'
    "<w:p><w:r><w:t>一、总体要求</w:t></w:r></w:p><w:p><w:r><w:t>办好每一所学校。</w:t></w:r></w:p></w:body></w:wordDocument>"
)


@pytest.fixture
def office() -> None:
    if not any(map(shutil.which, soffice.COMMANDS)):
        pytest.skip("needs LibreOffice (soffice)")


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("name", ["notice.doc", "notice.wps", "notice.rtf", "notice.odt"])
def test_whole_documents(name: str) -> None:
    assert read((FILES / name).read_bytes(), name).text == (FILES / "notice.txt").read_text("utf-8").rstrip("\n")


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("name", ["notice.rtf", "notice.docm"])
def test_the_content_decides_not_the_suffix(name: str) -> None:
    said = read((FILES / name).read_bytes(), "通知.doc").text
    assert said == (FILES / "notice.txt").read_text("utf-8").rstrip("\n")


@pytest.mark.usefixtures("office")
def test_word_xml_of_2003() -> None:
    assert read(WORD_XML.encode(), "通知.doc").text == "一、总体要求\n办好每一所学校。"


@pytest.mark.parametrize("name", ["notice.doc", "notice.rtf", "notice.odt", "notice.xml"])
def test_a_file_cut_short_is_refused(name: str) -> None:
    data = WORD_XML.encode() if name.endswith("xml") else (FILES / name).read_bytes()
    for count in range(20):
        with pytest.raises(DocumentError) as caught:
            read(data[: len(data) * count // 20], name)
        assert caught.value.where == name


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ((FILES / "encrypted.docx").read_bytes(), "密码"),
        ((FILES / "encrypted.doc").read_bytes(), "密码"),
        ((FILES / "encrypted.odt").read_bytes(), "密码"),
        ((FILES / "tasks.xls").read_bytes(), "Excel 工作簿"),
        ((FILES / "tasks.xlsx").read_bytes(), "不是 Word 文档"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", ".mht"),
        ("各学校:开学".encode(), ".txt"),
        (WORD_XML.replace("<w:wordDocument", '<!DOCTYPE w [<!ENTITY a "b">]><w:wordDocument').encode(), "实体"),
        (b"", "不是 Word"),
        (bytes(range(256)) * 40, "不是 Word"),
    ],
)
def test_what_is_not_for_it_is_named_with_the_remedy(data: bytes, said: str) -> None:
    with pytest.raises(DocumentError, match=said) as caught:
        read(data, "通知.doc")
    assert caught.value.where == "通知.doc"


def test_damaged_compound_files() -> None:
    data = bytearray((FILES / "notice.doc").read_bytes())
    assert {"WordDocument", "1Table", "Root Entry"} <= set(streams(bytes(data), "a.doc"))
    for place, value in ((0x1E, 7), (0x2C, 2**32 - 1), (0x30, 2**31), (0x44, 0), (0x4C, 2**31)):
        broken = bytes(data[:place]) + struct.pack("<I", value) + bytes(data[place + 4 :])
        with pytest.raises(DocumentError, match="损坏"):
            streams(broken, "a.doc")


def test_a_directory_in_a_circle_ends() -> None:
    data = bytearray((FILES / "notice.doc").read_bytes())
    (table,) = struct.unpack_from("<I", data, 0x4C)
    (directory,) = struct.unpack_from("<I", data, 0x30)
    struct.pack_into("<I", data, (table + 1) * 512 + 4 * directory, directory)
    with pytest.raises(DocumentError, match="损坏"):
        streams(bytes(data), "a.doc")


def test_without_libreoffice_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DocumentError, match=r"libreoffice-writer.*\.docx") as caught:
        read((FILES / "notice.doc").read_bytes(), "通知.doc")
    assert caught.value.where == "通知.doc"


def test_one_that_takes_too_long_is_ended_with_all_it_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # A program in LibreOffice's place that starts another and never ends.
    started = tmp_path / "started"
    program = tmp_path / "soffice"
    program.write_text(f'#!/bin/sh\nsleep 1000 &\necho "$$ $!" > {started}\nwait\n', "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    way = soffice.Conversion("doc", "MS Word 97", "docx", "MS Word 2007 XML")
    with pytest.raises(DocumentError, match="超过 2 秒"):
        soffice.converted(b"x", way, "a.doc", seconds=2)
    for process in started.read_text().split():
        state = subprocess.run(["ps", "-o", "stat=", "-p", process], check=False, capture_output=True, text=True).stdout
        assert state.strip() in ("", "Z", "Zs")


@pytest.fixture
def address() -> Iterator[tuple[str, list[str]]]:
    """A web server's address, and what it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def parse_request(self) -> bool:
            """Note what is asked for, whatever the method."""
            asked.append(self.raw_requestline.decode("latin-1"))
            return False

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


@pytest.mark.usefixtures("office")
def test_nothing_that_a_document_links_to_is_fetched(address: tuple[str, list[str]]) -> None:
    url, asked = address
    data = (FILES / "notice.odt").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        content = package.read("content.xml")
    link = (
        '<text:p><draw:frame svg:width="2cm" svg:height="2cm">'
        f'<draw:image xlink:href="{url}/p.png" xlink:type="simple"/></draw:frame></text:p>'
        f'<text:section text:name="s"><text:section-source xlink:href="{url}/s.odt" xlink:type="simple"/></text:section></office:text>'
    )
    changed = rewritten(data, {"content.xml": content.replace(b"</office:text>", link.encode())})
    assert read(changed, "a.odt").text.startswith("临河市教育局")
    assert asked == []
