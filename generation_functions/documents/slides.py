"""Slides (PPTX): a page each, its title as a heading, then its texts from top to bottom, tables and notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from generation_functions.documents import markdown
from generation_functions.documents.document import Document, Limits
from generation_functions.documents.office_formulas import FORMULA, formula
from generation_functions.documents.package import FALLBACK, Package, removed
from generation_functions.errors import DocumentError

if TYPE_CHECKING:
    from lxml.etree import _Element

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TITLES = ("title", "ctrTitle")
_LEFT_OUT = ("dt", "ftr", "sldNum", "hdr", "sldImg")


def read_pptx(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """One document; `pages` are the slides. Dates, footers and slide numbers are left out."""
    with Package(file, limits) as package:
        main = next((name for name in package.relations("").values() if name.endswith(".xml") and "ppt/" in name), "")
        main = main or "ppt/presentation.xml"
        targets = package.relations(main)
        slides = [targets.get(str(slide.get(f"{R}id")), "") for slide in package.xml(main).iter(f"{P}sldId")]
        texts = [markdown.blocks(_slide(package, name)) for name in slides if name in package.names]
    text, pages = markdown.paged(texts)
    if not text:
        raise DocumentError("empty")
    yield Document("", text, pages=pages)


def _slide(package: Package, name: str) -> Iterator[str]:
    root = package.xml(name)
    removed(root, FALLBACK)
    shapes = [shape for shape in root.iter(f"{P}sp", f"{P}graphicFrame") if _kind(shape) not in _LEFT_OUT]
    titles = [shape for shape in shapes if _kind(shape) in _TITLES]
    for shape in titles:
        yield markdown.heading(" ".join(_lines(shape)), 2)
    for shape in sorted((shape for shape in shapes if shape not in titles), key=_place):
        yield from _texts(shape)
    for target in package.relations(name).values():
        if "notesSlide" in target and target in package.names:
            notes = [shape for shape in package.xml(target).iter(f"{P}sp") if _kind(shape) == "body"]
            said = "\n".join(line for shape in notes for line in _lines(shape)).strip()
            if said:
                yield markdown.paragraph(f"Notes: {said}")


def _kind(shape: _Element) -> str:
    placeholder = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
    return str(placeholder.get("type") or "body") if placeholder is not None else ""


def _place(shape: _Element) -> tuple[int, int]:
    """Top, then left, in English Metric Units; a shape placed by its layout keeps its turn at the top."""
    offset = next(shape.iter(f"{A}off", f"{P}off"), None)
    if offset is None:
        return (0, 0)
    top, left = str(offset.get("y")), str(offset.get("x"))
    return (int(top) if top.lstrip("-").isdigit() else 0, int(left) if left.lstrip("-").isdigit() else 0)


def _texts(shape: _Element) -> Iterator[str]:
    tables = list(shape.iter(f"{A}tbl"))
    for found in tables:
        yield markdown.table([" ".join(_lines(cell)) for cell in row.iter(f"{A}tc")] for row in found.iter(f"{A}tr"))
    if tables:
        return
    paragraphs = [(text, _depth(element)) for element in shape.iter(f"{A}p") if (text := _text(element)).strip()]
    if _kind(shape) == "body" and len(paragraphs) > 1:
        yield "\n".join(markdown.item(text, depth) for text, depth in paragraphs)
    else:
        yield from (markdown.paragraph(text) for text, _ in paragraphs)


def _depth(element: _Element) -> int:
    properties = element.find(f"{A}pPr")
    level = str(properties.get("lvl", "0")) if properties is not None else "0"
    return int(level) if level in "012345678" else 0


def _lines(shape: _Element) -> list[str]:
    return [text for element in shape.iter(f"{A}p") if (text := _text(element)).strip()]


def _text(element: _Element) -> str:
    return "".join(map(_inline, element.iter(f"{A}t", f"{A}br", FORMULA)))


def _inline(part: _Element) -> str:
    if part.tag == FORMULA:
        return formula(part)
    return part.text or "" if part.tag == f"{A}t" else "\n"
