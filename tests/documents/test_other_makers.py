"""Documents as other programs write them, in ways that their formats allow."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from generation_functions.documents import Document, Skip, read_documents
from tests.documents.made_office import packed

W = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
STYLES = f"""<w:styles {W}>
<w:style w:type="paragraph" w:styleId="Head1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Chapter"><w:name w:val="Chapter"/><w:basedOn w:val="Head1"/></w:style>
<w:style w:type="paragraph" w:styleId="Round"><w:basedOn w:val="Round"/></w:style>
<w:style w:type="paragraph" w:styleId="LB"><w:name w:val="List Bullet"/>
<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="LB2"><w:name w:val="List Bullet 2"/>
<w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="LN"><w:name w:val="List Number"/>
<w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style></w:styles>"""
NUMBERING = f"""<w:numbering {W}><w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl>
</w:abstractNum><w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num></w:numbering>"""


def paragraph(text: str, style: str = "", more: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r>{more}</w:p>"


def word(*body: str) -> bytes:
    document = f"<w:document {W}><w:body>{''.join(body)}</w:body></w:document>"
    return packed({"word/document.xml": document, "word/styles.xml": STYLES, "word/numbering.xml": NUMBERING})


def strict(data: bytes, folder: Path) -> bytes:
    """The same package with the names of Office's stricter form."""
    (folder / "loose").write_bytes(data)
    old, new = (
        "http://schemas.openxmlformats.org/wordprocessingml/2006/",
        "http://purl.oclc.org/ooxml/wordprocessingml/",
    )
    with zipfile.ZipFile(folder / "loose") as archive:
        return packed({name: archive.read(name).decode().replace(old, new) for name in archive.namelist()})


BOX = (
    "<w:r><mc:AlternateContent><mc:Choice><w:txbxContent>"
    + paragraph("Box one.") + paragraph("Box two.")
    + "</w:txbxContent></mc:Choice><mc:Fallback><w:t>Box one.</w:t></mc:Fallback></mc:AlternateContent></w:r>"
)  # fmt: skip
CHANGED = (
    '<w:moveFrom w:id="1"><w:r><w:t>Moved.</w:t></w:r></w:moveFrom><w:moveTo w:id="2"><w:r><w:t> Moved.</w:t></w:r>'
    "</w:moveTo><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
    '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t> Seen.</w:t></w:r>'
)
FORMULA = (
    "<m:oMath><m:r><m:t>E=m</m:t></m:r><m:sSup><m:e><m:r><m:t>c</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup>"
    "</m:sSup><m:r><m:t>+</m:t></m:r><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:rad><m:deg/><m:e><m:r><m:t>b"
    "</m:t></m:r></m:e></m:rad></m:den></m:f></m:oMath>"
)
RUBY = (
    "<w:r><w:ruby><w:rt><w:r><w:t>とうきょう</w:t></w:r></w:rt>"
    "<w:rubyBase><w:r><w:t>東京</w:t></w:r></w:rubyBase></w:ruby></w:r>"
)
WORD = {
    "styles.docx": (
        (paragraph("A", "Chapter"), paragraph("a", "LB"), paragraph("b", "LB2"), paragraph("c", "LN"),
         paragraph("Between.", "Round"), paragraph("d", "LN")),
        "# A\n\n- a\n  - b\n1. c\n\nBetween.\n\n2. d\n",
    ),
    "box.docx": ((paragraph("Host.", more=BOX), paragraph("After.")), "Host.\n\nBox one.\n\nBox two.\n\nAfter.\n"),
    "changes.docx": ((paragraph("One.", more=CHANGED),), "One. Moved. Seen.\n"),
    "formula.docx": ((paragraph("So ", more=FORMULA),), "So $E=mc^2+\\frac{a}{\\sqrt{b}}$\n"),
    "control.docx": (
        ("<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Head</w:t></w:r></w:p></w:tc></w:tr><w:sdt><w:sdtContent><w:tr><w:tc><w:tbl>"
         "<w:tr><w:tc><w:p><w:r><w:t>inner</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:tc></w:tr></w:sdtContent></w:sdt>"
         "</w:tbl>",),
        "| Head |\n| --- |\n| inner |\n",
    ),
    "ruby.docx": ((paragraph("は", more=RUBY),), "は東京\n"),
}  # fmt: skip

ODT = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0">
<office:body><office:text>
<text:p>A word<text:note><text:note-citation>1</text:note-citation><text:note-body
><text:p>its note</text:p><text:p>in two</text:p></text:note-body></text:note>, and on.</text:p>
<text:p>Host<draw:frame><draw:text-box><text:p>Box one</text:p><text:p>Box two</text:p></draw:text-box
></draw:frame>text</text:p><text:list><text:list-item><text:p>item<text:note><text:note-body
><text:p>noted</text:p></text:note-body></text:note></text:p>
</text:list-item></text:list></office:text></office:body></office:document-content>"""

LONG = "The harbour was rebuilt after the storm, and the market moved to the quay. " * 4
TEXT: dict[str, tuple[str, str]] = {
    "form.html": (f"<body><form><h1>Minutes</h1><p>{LONG}</p><input></form></body>", f"# Minutes\n\n{LONG.strip()}\n"),
    "search.html": (f"<body><form>Search here</form><p>{LONG}</p></body>", f"{LONG.strip()}\n"),
    "folded.html": (
        f"<h3><button>When?</button></h3><p>{LONG}</p><button><h3>Where?</h3></button><p>Here."
        "<h3>Why <button>Copy</button></h3>",
        f"### When?\n\n{LONG.strip()}\n\n### Where?\n\nHere.\n\n### Why\n",
    ),
    "anchors.html": (
        f"<h1>Reef<a class=headerlink href=#r>¶</a></h1><div id=toc class=toc><h2>Contents</h2></div><h2>History"
        f"<span class=mw-editsection>[<a>edit</a>]</span></h2><p>{LONG}</p><div class=navbox>Reefs of the north</div>",
        f"# Reef\n\n## History\n\n{LONG.strip()}\n",
    ),
    "addresses.html": (
        "<div id=main><h1>Teams</h1><table><tr><th>Who<th>Where</tr>"
        + "".join(f"<tr><td><a href=x>Team {n}</a><td><a href=y>team-{n}@lists.example</a></tr>" for n in range(5))
        + "</table></div>",
        "# Teams\n\n| Who | Where |\n| --- | --- |\n"
        + "".join(f"| Team {n} | team-{n}@lists.example |\n" for n in range(5)),
    ),
    "cells.html": (
        "<table><tr><th rowspan=2>Port<th colspan=2>High<tr><th>am<th>pm<tr><td>Brest<td>7.1<br>neap"
        "<td><p>6</p><p>7</p><style>p{}</style></table>",
        "| Port | High |  |\n| --- | --- | --- |\n|  | am | pm |\n| Brest | 7.1 neap | 6 7 |\n",
    ),
    "layout.html": ("<table><tr><td>Dear Bob,<tr><td>see below.</table>", "Dear Bob,\n\nsee below.\n"),
    "code.html": ("<pre>def f():<br>    return 1<br></pre>", "```\ndef f():\n    return 1\n```\n"),
    "typeset.html": (
        "<p>Wort&shy;trennung, <ruby>東京<rp>(<rt>とうきょう<rp>)</ruby>, <math><semantics><mi>E</mi>"
        "<annotation encoding='application/x-tex'>E=mc^2</annotation></semantics></math>, "
        "<math alttext='a^2'><mi>a</mi></math>",
        "Worttrennung, 東京, $E=mc^2$, $a^2$\n",
    ),
    "spaces.srt": (
        "1\n00:00:00,000 --> 00:00:02,000\nHello there.\n \n2\n00:00:02,100 --> 00:00:04,000\nGood day.\n\n",
        "Hello there. Good day.\n",
    ),
    "turns.srt": (
        "1\n00:00:00,000 --> 00:00:02,000\n- Where is it?\n-On the quay,\nby the light.\n\n"
        "2\n00:00:02,100 --> 00:00:04,000\nI see it.\n",
        "- Where is it?\n\n- On the quay, by the light. I see it.\n",
    ),
    "rolling.vtt": (
        "WEBVTT\n\n00:00.000 --> 00:02.000 align:start position:0%\n \nso<00:00:00.400><c> today</c>\n\n"
        "00:02.000 --> 00:02.010\nso today\n \n\n00:02.010 --> 00:04.000\nso today\nwe<00:00:02.400><c> go</c>\n",
        "so today we go\n",
    ),
    "sphinx.rst": (
        "About |it|\n========\n\n.. |it| replace:: tides\n\n.. figure:: a.png\n   :alt: no\n\n   A caption.\n\n"
        ".. math:: E = mc^2\n\n.. list-table:: Ports\n   :header-rows: 1\n\n   * - Port\n     - High\n   * - Brest\n"
        "     - 7.1\n       neap\n\n.. csv-table::\n   :header: x, y\n\n   1, \"2, 3\"\n\n>>> f()\n1\n\n"
        ".. only:: html\n\n   Shown |no|.\n\n"
        ".. |no| image:: b.png\n.. versionadded:: 3.1 For ports.\n",
        "# About tides\n\nA caption.\n\n$$\nE = mc^2\n$$\n\nPorts\n\n"
        "| Port | High |\n| --- | --- |\n| Brest | 7.1 neap |\n\n"
        "| x | y |\n| --- | --- |\n| 1 | 2, 3 |\n\n```python\n>>> f()\n1\n```\n\nShown .\n\n"
        "New in version 3.1: For ports.\n",
    ),
    "wide.tex": (
        r"\begin{tabular}{l|r} \multicolumn{2}{|c|}{Wide} & C \\ a & \multirow{2}{*}{b} & c \\ \end{tabular}",
        "| Wide |  | C |\n| --- | --- | --- |\n| a | b | c |\n",
    ),
    "told.csv": ('sep=;\nname;"a, b"\nBrest;2\n', "| name | a, b |\n| --- | --- |\n| Brest | 2 |\n"),
    "old.ipynb": (
        json.dumps({"nbformat": 3, "worksheets": [{"cells": [
            {"cell_type": "heading", "level": 2, "source": "T"},
            {"cell_type": "code", "language": "python", "input": ["1\n", "2"], "outputs": [
                {"output_type": "pyout", "text": "2"}]}]}]}),
        "## T\n\n```python\n1\n2\n```\n\n```text\n2\n```\n",
    ),
    "bars.ipynb": (
        json.dumps({"cells": [{"cell_type": "code", "source": "x", "outputs": [
            {"output_type": "stream", "text": "  1%\r 50%\r\x1b[32m100%\x1b[0m\n"}]}]}),
        "```\nx\n```\n\n```text\n100%\n```\n",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Document | Skip]:
    folder, aside = tmp_path_factory.mktemp("makers"), tmp_path_factory.mktemp("aside")
    for name, (body, _) in WORD.items():
        (folder / name).write_bytes(word(*body))
    (folder / "strict.docx").write_bytes(strict(word(*WORD["styles.docx"][0]), aside))
    (folder / "notes.odt").write_bytes(packed({"content.xml": ODT, "META-INF/manifest.xml": "<m/>"}))
    for name, (text, _) in TEXT.items():
        (folder / name).write_bytes(text.encode())
    return {item.source: item for item in read_documents(folder)}


EXPECTED = {name: text for name, (_, text) in (WORD | TEXT).items()} | {
    "strict.docx": WORD["styles.docx"][1],
    "notes.odt": "A word (its note in two), and on.\n\nHost Box one Box two text\n\n- item (noted)\n",
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_nothing_is_lost_glued_or_said_twice(found: dict[str, Document | Skip], name: str) -> None:
    document = found[name]
    assert isinstance(document, Document), document
    assert document.text == EXPECTED[name]


SIGNED = b"""From: a@x
Subject: Berth
MIME-Version: 1.0
Content-Type: multipart/signed; boundary=B

--B
Content-Type: multipart/mixed; boundary=C

--C
Content-Type: multipart/alternative; boundary=D

--D
Content-Type: text/plain


--D
Content-Type: text/html

<p>First.</p>
--D--
--C
Content-Type: text/markdown; name="note.md"
Content-Disposition: attachment; filename="note.md"

# Note
--C
Content-Type: text/plain

After the note.
--C--
--B
Content-Type: application/pgp-signature; name=signature.asc

-----BEGIN PGP SIGNATURE-----
--B--
"""


def test_a_signed_message_shows_all_its_parts_and_gives_its_attachments(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(SIGNED)
    seen = [
        (item.source, item.text if isinstance(item, Document) else item.reason) for item in read_documents(tmp_path)
    ]

    assert seen == [("a.eml", "# Berth\n\nFirst.\n\nAfter the note.\n"), ("a.eml/note.md", "# Note")]


def test_json_lines_that_are_named_json_are_records(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"text": "one"}\n\n{"text": "two"}\n{"nothing": 1}\n')
    (tmp_path / "b.json").write_text('{"text": "one"}\nand more')
    (tmp_path / "c.json").write_text('{\n"text": "whole"\n}')
    seen = [(item.source, item.text if isinstance(item, Document) else None) for item in read_documents(tmp_path)]

    assert seen == [
        ("a.json", "one"), ("a.json", "two"), ("a.json", None), ("b.json", "one"), ("b.json", None), ("c.json", "whole")
    ]  # fmt: skip


def test_a_text_that_a_parquet_file_calls_bytes_is_text(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    columns = {
        "text": pa.array(["Häfen".encode(), b"\xff"], pa.binary()),
        "picture": pa.array([b"x", b"y"], pa.binary()),
    }
    parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
    first, second = read_documents(tmp_path)

    assert isinstance(first, Document)
    assert (first.text, first.metadata) == ("Häfen", {})
    assert isinstance(second, Skip)


def test_only_a_drive_at_a_names_beginning_leads_out_of_an_archive(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(packed({"12:30 talk.txt": "words", "C:x.txt": "words"}))

    assert sorted((item.source, isinstance(item, Document)) for item in read_documents(tmp_path)) == [
        ("a.zip", False), ("a.zip/12:30 talk.txt", True)
    ]  # fmt: skip
