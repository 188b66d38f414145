"""Makes Word documents for tests with python-docx; what it has no words for is given as XML."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping

import docx
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
    }.items()
)


def level(number_format: str, text: str, *, start: int = 1, more: str = "") -> str:
    """A level of a numbering pattern."""
    return f'<w:start w:val="{start}"/><w:numFmt w:val="{number_format}"/>{more}<w:suff w:val="space"/><w:lvlText w:val="{text}"/>'


def run(text: str, properties: str = "") -> str:
    """A run of text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*content: str, style: str = "", numbered: tuple[int, int] | None = None, mark: str = "") -> str:
    """A paragraph of runs; plain text becomes one. `numbered` is (list, level), `mark` the properties of the paragraph's mark."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if numbered:
        properties += f'<w:numPr><w:ilvl w:val="{numbered[1]}"/><w:numId w:val="{numbered[0]}"/></w:numPr>'
    properties += f"<w:rPr>{mark}</w:rPr>" if mark else ""
    runs = "".join(one if one.startswith("<") else run(one) for one in content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def table(*rows: Iterable[str]) -> str:
    """A table of cells, each plain text or the XML of a cell."""
    made = ("".join(one if one.startswith("<w:tc>") else cell(one) for one in row) for row in rows)
    return "<w:tbl><w:tblPr/>" + "".join(f"<w:tr>{cells}</w:tr>" for cells in made) + "</w:tbl>"


def cell(*content: str, properties: str = "") -> str:
    """A cell of paragraphs; plain text becomes one."""
    inside = "".join(one if one.startswith("<") else paragraph(one) for one in content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def field(code: str, *result: str) -> str:
    """A field of several runs."""
    parts = (f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate", "end"))
    begin, separate, end = (f"<w:r>{part}</w:r>" for part in parts)
    return f"{begin}<w:r><w:instrText>{code}</w:instrText></w:r>{separate}{''.join(result)}{end}"


def text_box(*paragraphs: str) -> str:
    """A run with a text box as Word writes it: a shape, and beside it the same in VML for older programs."""
    inside = f"<w:txbxContent>{''.join(paragraphs)}</w:txbxContent>"
    shape = f"<a:graphicData uri='x'><wps:wsp><wps:txbx>{inside}</wps:txbx></wps:wsp></a:graphicData>"
    choice = f'<mc:Choice Requires="wps"><w:drawing><wp:anchor><a:graphic>{shape}</a:graphic></wp:anchor></w:drawing></mc:Choice>'
    fallback = f"<mc:Fallback><w:pict><v:shape><v:textbox>{inside}</v:textbox></v:shape></w:pict></mc:Fallback>"
    return f"<w:r><mc:AlternateContent>{choice}{fallback}</mc:AlternateContent></w:r>"


def document(
    *body: str,
    patterns: Iterable[Iterable[str]] = (),
    lists: Iterable[tuple[int, str]] = ((0, ""),),
    styles: str = "",
    notes: Mapping[str, str] | None = None,
) -> bytes:
    """A document of these blocks.

    `patterns` are the levels of each numbering pattern, `lists` the pattern of each list (from 1) and what it overrides, `styles` the XML
    of more styles, `notes` the content of footnotes or endnotes ("footnotes": one w:footnote after the other).
    """
    made = docx.Document()
    element = made.element.body
    blocks = parse_xml(f"<w:body {NAMESPACES}>{''.join(body)}</w:body>")
    for old in list(element)[:-1]:
        element.remove(old)
    for at, block in enumerate(blocks):
        element.insert(at, block)
    numbering = made.part.numbering_part.element
    for old in list(numbering):
        numbering.remove(old)
    for at, levels in enumerate(patterns):
        inside = "".join(f'<w:lvl w:ilvl="{depth}">{one}</w:lvl>' for depth, one in enumerate(levels))
        numbering.append(parse_xml(f'<w:abstractNum {NAMESPACES} w:abstractNumId="{at}">{inside}</w:abstractNum>'))
    for at, (pattern, overrides) in enumerate(lists, 1):
        xml = f'<w:num {NAMESPACES} w:numId="{at}"><w:abstractNumId w:val="{pattern}"/>{overrides}</w:num>'
        numbering.append(parse_xml(xml))
    for style in parse_xml(f"<w:styles {NAMESPACES}>{styles}</w:styles>"):
        made.styles.element.append(style)
    for kind, content in (notes or {}).items():
        _add_notes(made, kind, content)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _add_notes(made: docx.document.Document, kind: str, content: str) -> None:
    name = kind.upper()
    part = Part(
        PackURI(f"/word/{kind}.xml"),
        getattr(CONTENT_TYPE, f"WML_{name}"),
        f"<w:{kind} {NAMESPACES}>{content}</w:{kind}>".encode(),
        made.part.package,
    )
    made.part.relate_to(part, getattr(RELATIONSHIP_TYPE, name))


def rewritten(package: bytes, changes: Mapping[str, bytes | None]) -> bytes:
    """The package with members replaced, added, or (None) left out."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        there = {entry.filename: old.read(entry) for entry in old.infolist()} | changes
        for name, content in there.items():
            if content is not None:
                new.writestr(name, content)
    return file.getvalue()
