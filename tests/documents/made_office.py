"""Office files and e-books made from nothing but their XML."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

Block = tuple[str, str] | Sequence[Sequence[str]]
"""`("h1", title)`, `("p", text)`, `("li", item)`, or the rows of a table."""

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
_REL = (
    '<Relationship Id="%s" Target="%s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s"/>'
)


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP file of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def made_docx(blocks: Sequence[Block]) -> bytes:
    """A Word document."""
    body = "".join(map(_word_block, blocks))
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="S{n}"><w:name w:val="heading {n}"/></w:style>' for n in (1, 2, 3)
    )
    return packed({
        "_rels/.rels": _RELS % (_REL % ("r1", "word/document.xml", "officeDocument")),
        "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>",
    })  # fmt: skip


def _word_block(block: Block) -> str:
    if not isinstance(block[0], str):
        rows = "".join(
            "<w:tr>" + "".join(f"<w:tc>{_word_paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in block
        )
        return f"<w:tbl>{rows}</w:tbl>"
    kind, text = str(block[0]), str(block[1])
    if kind.startswith("h"):
        return _word_paragraph(text, f'<w:pStyle w:val="S{kind[1]}"/>')
    listed = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    return _word_paragraph(text, listed if kind == "li" else "")


def _word_paragraph(text: str, properties: str = "") -> str:
    return f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def made_pptx(slides: Sequence[tuple[str, Sequence[str]]]) -> bytes:
    """Slides of a title and points."""
    spaces = (
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    )
    identities = "".join(f'<p:sldId id="{256 + n}" r:id="r{n}"/>' for n in range(len(slides)))
    parts: dict[str, str | bytes] = {
        "_rels/.rels": _RELS % (_REL % ("r1", "ppt/presentation.xml", "officeDocument")),
        "ppt/presentation.xml": f"<p:presentation {spaces}><p:sldIdLst>{identities}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": _RELS
        % "".join(_REL % (f"r{n}", f"slides/slide{n}.xml", "slide") for n in range(len(slides))),
    }
    for n, (title, points) in enumerate(slides):
        shapes = _shape("title", [title]) + _shape("body", points)
        parts[f"ppt/slides/slide{n}.xml"] = f"<p:sld {spaces}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
    return packed(parts)


def _shape(kind: str, lines: Sequence[str]) -> str:
    said = "".join(f"<a:p><a:r><a:t>{escape(line)}</a:t></a:r></a:p>" for line in lines)
    return f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr><p:txBody>{said}</p:txBody></p:sp>'


def made_xlsx(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    """A workbook."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    names = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, 1))
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": _RELS % (_REL % ("r1", "xl/workbook.xml", "officeDocument")),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{links}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _RELS
        % "".join(_REL % (f"r{n}", f"worksheets/sheet{n}.xml", "worksheet") for n in range(1, len(sheets) + 1)),
    }
    for n, rows in enumerate(sheets.values(), 1):
        data = "".join(_sheet_row(number, row) for number, row in enumerate(rows, 1))
        parts[f"xl/worksheets/sheet{n}.xml"] = f'<worksheet xmlns="{main}"><sheetData>{data}</sheetData></worksheet>'
    return packed(parts)


def _sheet_row(number: int, row: Sequence[str]) -> str:
    cells = "".join(
        f'<c r="{chr(65 + column)}{number}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        for column, value in enumerate(row)
    )
    return f'<row r="{number}">{cells}</row>'


def made_odt(blocks: Sequence[Block]) -> bytes:
    """An OpenDocument text."""
    space = "urn:oasis:names:tc:opendocument:xmlns:%s:1.0"
    spaces = " ".join(f'xmlns:{name}="{space % name}"' for name in ("office", "text", "table"))
    body = "".join(map(_open_block, blocks))
    return packed({
        "mimetype": "application/vnd.oasis.opendocument.text",
        "META-INF/manifest.xml": "<manifest/>",
        "content.xml": f"<office:document-content {spaces}><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>",
    })  # fmt: skip


def _open_block(block: Block) -> str:
    if not isinstance(block[0], str):
        rows = "".join(
            "<table:table-row>"
            + "".join(f"<table:table-cell><text:p>{escape(cell)}</text:p></table:table-cell>" for cell in row)
            + "</table:table-row>"
            for row in block
        )
        return f"<table:table>{rows}</table:table>"
    kind, text = str(block[0]), escape(str(block[1]))
    if kind.startswith("h"):
        return f'<text:h text:outline-level="{kind[1]}">{text}</text:h>'
    said = f"<text:p>{text}</text:p>"
    return f"<text:list><text:list-item>{said}</text:list-item></text:list>" if kind == "li" else said


def made_epub(chapters: Sequence[str], *, title: str = "A book", language: str = "en") -> bytes:
    """An e-book; chapters are XHTML bodies. Its files are named so that reading order is not their names' order."""
    count = len(chapters)
    files = {f"OEBPS/part-{count - n:04}.xhtml": body for n, body in enumerate(chapters)}
    items = "".join(
        f'<item id="c{n}" href="{name.removeprefix("OEBPS/")}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(files)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(count))
    facts = f"<dc:title>{escape(title)}</dc:title><dc:language>{language}</dc:language>"
    return packed({
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        "OEBPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf"><metadata'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/">{facts}</metadata><manifest>{items}</manifest>'
        f"<spine>{spine}</spine></package>",
        **{
            name: f'<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x'
            f"</title></head><body>{body}</body></html>"
            for name, body in files.items()
        },
    })  # fmt: skip
