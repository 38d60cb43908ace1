"""What is written with the bare library of each format where nothing better is at hand: the plainest sound way to text
that can be trained on. Paragraphs are kept, headings marked, tables are rows; nothing is isolated, limited or reported.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

Bare: TypeAlias = Callable[[bytes], list[str]]

LONGEST = 3_200
"""Characters of a chunk: about as many as 800 tokens."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_T = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_LEFT_OUT = ("script", "style", "nav", "header", "footer", "aside", "form", "noscript")
_SHOWN = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "pre", "blockquote", "tr")


def plain(data: bytes) -> list[str]:
    """Decoded, by charset-normalizer where it is not UTF-8."""
    try:
        return [data.decode()]
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        return [str(from_bytes(data).best())]


def json_lines(data: bytes) -> list[str]:
    """orjson a line, the text and the other fields kept, bad lines left out."""
    import orjson

    kept: list[tuple[str, dict[str, Any]]] = []
    for line in data.splitlines():
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(record, dict) and isinstance(text := record.get("text"), str) and text.strip():
            kept.append((text, {name: value for name, value in record.items() if name != "text"}))
    return [text for text, _ in kept]


def parquet_rows(data: bytes) -> list[str]:
    """pyarrow's rows, the text and the other fields kept."""
    from pyarrow import parquet

    rows = parquet.read_table(io.BytesIO(data)).to_pylist()
    kept = [(row["text"], {name: value for name, value in row.items() if name != "text"}) for row in rows]
    return [text for text, _ in kept if text.strip()]


def table(data: bytes) -> list[str]:
    """The csv module's rows, as rows of a Markdown table."""
    return ["\n".join(map(row_of, csv.reader(io.StringIO(data.decode()))))]


def row_of(cells: list[Any]) -> str:
    """A row, its cells on one line."""
    return "| " + " | ".join(" ".join(str(cell).split()) for cell in cells) + " |"


def workbook(data: bytes) -> list[str]:
    """The rows of every sheet."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return ["\n".join(map(row_of, book.get_sheet_by_name(name).to_python())) for name in book.sheet_names]


def web_page(data: bytes) -> list[str]:
    """lxml: the main part without what stands around it, a paragraph an element."""
    from lxml import html

    root = html.document_fromstring(data)
    for element in list(root.iter(*_LEFT_OUT)):
        element.drop_tree()
    content = next(root.iter("main", "article"), root)
    blocks = ((element.tag, " ".join(element.text_content().split())) for element in content.iter(*_SHOWN))
    return ["\n\n".join("#" * int(tag[1]) + " " + text if tag[0] == "h" else text for tag, text in blocks if text)]


def e_book(data: bytes) -> list[str]:
    """zipfile, and lxml for each chapter."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return [web_page(package.read(name))[0] for name in package.namelist() if name.endswith("html")]


def word(data: bytes) -> list[str]:
    """zipfile and lxml: the paragraphs, headings by their style."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        part = package.read("word/document.xml")
    return ["\n\n".join(_paragraphs(part, f"{_W}p", f"{_W}t", f"{_W}pStyle"))]


def slides(data: bytes) -> list[str]:
    """zipfile and lxml: the paragraphs of each slide."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = [name for name in package.namelist() if name.startswith("ppt/slides/slide")]
        parts = [package.read(name) for name in names]
    return ["\n\n".join(_paragraphs(part, f"{_A}p", f"{_A}t", "none")) for part in parts]


def _paragraphs(part: bytes, paragraph: str, text: str, style: str) -> Iterator[str]:
    from lxml import etree

    root = etree.fromstring(part)
    for element in root.iter(paragraph):
        said = "".join(found.text or "" for found in element.iter(text))
        named = next(element.iter(style), None)
        if said.strip():
            yield f"# {said}" if named is not None and "Heading" in str(named.values()) else said


def open_document(data: bytes) -> list[str]:
    """zipfile and lxml: headings and paragraphs."""
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(data)) as package:
        root = etree.fromstring(package.read("content.xml"))
    blocks = ((element.tag, "".join(element.itertext())) for element in root.iter(f"{_T}h", f"{_T}p"))
    return ["\n\n".join(f"# {text}" if tag == f"{_T}h" else text for tag, text in blocks if text.strip())]


def pdf(data: bytes) -> list[str]:
    """Each page's text as pypdfium2 orders it."""
    import pypdfium2

    return ["\n\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))]


def rich_text(data: bytes) -> list[str]:
    """striprtf, a paragraph a line."""
    from striprtf.striprtf import rtf_to_text

    return ["\n\n".join(line.strip() for line in rtf_to_text(data.decode()).split("\n") if line.strip())]  # type: ignore[no-untyped-call]


def latex(data: bytes) -> list[str]:
    """Patterns, for libraries take far longer: comments go, headings are marked, commands are what they show."""
    text = re.sub(r"(?<!\\)%.*", "", data.decode())
    text = re.sub(r"\\(?:sub)*section\*?\{([^}]*)\}", r"\n\n## \1\n\n", text)
    text = re.sub(r"\\(?:begin|end|label|ref|cite)\{[^}]*\}", "", text)
    text = re.sub(r"\\[a-zA-Z]+\*?(?:\[[^\]]*\])?", "", text)
    return ["\n\n".join(filter(None, (" ".join(part.split()) for part in re.sub(r"[{}]", "", text).split("\n\n"))))]


def restructured(data: bytes) -> list[str]:
    """Patterns, for docutils takes eighty times as long: underlines mark headings, directives and roles go."""
    text = re.sub(r"^(\S.*)\n([=\-~^\"'`#*+.:_])\2{2,}$", r"## \1", data.decode(), flags=re.MULTILINE)
    text = re.sub(r"^\.\. .*$", "", text, flags=re.MULTILINE)
    text = re.sub(r":[\w:-]+:`([^`<]*)[^`]*`|`([^`<]*)[^`]*`_+", r"\1\2", text)
    return ["\n\n".join(filter(None, (" ".join(part.split()) for part in text.split("\n\n"))))]


_TIMES = re.compile(r"(\d+):(\d+):([\d,.]+) --> (\d+):(\d+):([\d,.]+)")


def subtitles(data: bytes) -> list[str]:
    """Blocks divided at blank lines, their numbers, times and tags gone, joined to paragraphs that end at a pause."""
    paragraphs: list[list[str]] = [[]]
    until = 0.0
    for block in data.decode().replace("\r\n", "\n").split("\n\n"):
        _, _, rest = block.partition("\n")
        times, _, said = rest.partition("\n")
        if not (match := _TIMES.match(times)):
            continue
        begin, end = (int(h) * 3600 + int(m) * 60 + float(s.replace(",", ".")) for h, m, s in _three(match.groups()))
        if begin - until > 3 and paragraphs[-1]:
            paragraphs.append([])
        paragraphs[-1].append(re.sub(r"<[^>]+>", "", said.replace("\n", " ")).strip())
        until = end
    return ["\n\n".join(map(" ".join, paragraphs))]


def _three(parts: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    return parts[:3], parts[3:]


def mail(data: bytes) -> list[str]:
    """The email package's body under its subject."""
    from email import message_from_bytes, policy

    message: Any = message_from_bytes(data, policy=policy.default)
    return [f"# {message['Subject']}\n\n{message.get_body(('plain', 'html')).get_content()}"]


def notebook(data: bytes) -> list[str]:
    """The json module; code in fences."""
    cells = json.loads(data)["cells"]
    said = (("".join(cell["source"]), cell["cell_type"]) for cell in cells)
    return ["\n\n".join(f"```\n{text}\n```" if kind == "code" else text for text, kind in said)]


BARE: Mapping[str, tuple[str, Bare]] = {
    "txt": ("Python", plain), "md": ("Python", plain),
    "jsonl": ("orjson", json_lines), "csv": ("csv", table), "html": ("lxml", web_page),
    "rst": ("re", restructured), "tex": ("re", latex), "srt": ("re", subtitles), "eml": ("email", mail),
    "ipynb": ("json", notebook), "epub": ("zipfile, lxml", e_book), "docx": ("zipfile, lxml", word),
    "odt": ("zipfile, lxml", open_document), "pptx": ("zipfile, lxml", slides), "xlsx": ("python-calamine", workbook),
    "parquet": ("pyarrow", parquet_rows), "rtf": ("striprtf", rich_text), "pdf": ("pypdfium2", pdf),
}  # fmt: skip


def pieces(text: str) -> Iterator[str]:
    """Paragraphs packed up to a length; one that is longer is divided at its sentences, by nltk's Punkt."""
    paragraphs = text.split("\n\n")
    return packed(part for one in paragraphs for part in ([one] if len(one) <= LONGEST else punkt().tokenize(one)))


def sentence_pieces(text: str) -> Iterator[str]:
    """Sentences packed up to a length, wherever in a paragraph they end: Punkt over every paragraph."""
    return packed(part for one in text.split("\n\n") for part in punkt().tokenize(one))


def packed(parts: Iterable[str]) -> Iterator[str]:
    """Neighbours together, up to a length."""
    held: list[str] = []
    size = 0
    for part in parts:
        if held and size + len(part) > LONGEST:
            yield "\n\n".join(held)
            held, size = [], 0
        held.append(part)
        size += len(part) + 2
    if held:
        yield "\n\n".join(held)


@cache
def punkt() -> Any:
    """nltk's divider, as it is without a model."""
    from nltk.tokenize.punkt import PunktSentenceTokenizer

    return PunktSentenceTokenizer()


def language(text: str) -> str:
    """pycld2's first guess."""
    import pycld2

    return str(pycld2.detect(text, isPlainText=True)[2][0][1])
