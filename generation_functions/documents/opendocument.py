"""OpenDocument texts (ODT): headings, lists and tables, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from generation_functions.documents import markdown
from generation_functions.documents.document import Document, Limits
from generation_functions.documents.package import Package
from generation_functions.errors import DocumentError

if TYPE_CHECKING:
    from lxml.etree import _Element

_NS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
OFFICE, TEXT, TABLE = _NS % "office", _NS % "text", _NS % "table"
_SILENT = frozenset({f"{OFFICE}annotation", f"{TEXT}note-citation", f"{TEXT}tracked-changes", f"{TEXT}ruby-text"})
_BLOCKS = frozenset({f"{TEXT}h", f"{TEXT}p", f"{TEXT}list", f"{TABLE}table"})
_INNER = (f"{TEXT}p", f"{TEXT}h")
_WRITTEN = (f"{TEXT}s", f"{TEXT}tab", f"{TEXT}line-break", *_INNER)
_MOST_REPEATED = 1_000


def read_odt(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """One document, as Markdown. Comments and tracked deletions are left out; footnotes stand where they are called."""
    with Package(file, limits) as package:
        if b"encryption-data" in package.part("META-INF/manifest.xml"):
            raise DocumentError("encrypted: it needs a password", hint="save it without a password")
        body = package.xml("content.xml").find(f"{OFFICE}body/{OFFICE}text")
    if body is None:
        raise DocumentError("damaged: it has no text body")
    text = markdown.blocks(_blocks(body))
    if not text:
        raise DocumentError("empty")
    yield Document("", text)


def _blocks(body: _Element) -> Iterator[str]:
    for element in _outermost(body):
        if element.tag == f"{TEXT}h":
            level = str(element.get(f"{TEXT}outline-level") or "1")
            yield markdown.heading(_said(element), int(level) if level.isdigit() else 1)
        elif element.tag == f"{TEXT}list":
            yield "\n".join(_items(element))
        elif element.tag == f"{TABLE}table":
            yield markdown.table(_rows(element))
        else:
            yield markdown.paragraph(_said(element))


def _outermost(body: _Element) -> Iterator[_Element]:
    """Headings, paragraphs, lists and tables that stand in no other of them, nor in what is left out."""
    stack = [iter(body)]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif element.tag in _BLOCKS:
            yield element
        elif element.tag not in _SILENT:
            stack.append(iter(element))


def _items(top: _Element) -> Iterator[str]:
    for element in _paragraphs(top):
        depth = sum(1 for _ in element.iterancestors(f"{TEXT}list")) - 1
        if text := _said(element).strip():
            yield markdown.item(text, depth)


def _paragraphs(element: _Element) -> Iterator[_Element]:
    """Those that stand in no other one: what a note or a text box holds is said with its paragraph."""
    return (inner for inner in element.iter(*_INNER) if next(inner.iterancestors(*_INNER), None) is None)


def _rows(table: _Element) -> Iterator[list[str]]:
    for row in table.iter(f"{TABLE}table-row"):
        cells: list[str] = []
        for cell in row.iterchildren(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            text = " ".join(_said(inner) for inner in _paragraphs(cell))
            repeated = str(cell.get(f"{TABLE}number-columns-repeated") or "1")
            cells += [text] * (min(int(repeated), _MOST_REPEATED if text.strip() else 1) if repeated.isdigit() else 1)
        yield cells


def _said(element: _Element) -> str:
    """The text inside, with the spaces, tabs and breaks that OpenDocument writes as elements."""
    from lxml.etree import iterwalk

    if not len(element):
        return element.text or ""
    if not any(inner is not element for inner in element.iter(*_WRITTEN, *_SILENT)):
        return "".join(element.itertext())
    parts: list[str] = []
    silent = 0
    for event, inner in iterwalk(element, events=("start", "end")):
        if event == "start":
            silent += inner.tag in _SILENT
            parts += [] if silent or inner is element else [_written(inner)]
            parts += [] if silent else [inner.text or ""]
        else:
            silent -= inner.tag in _SILENT
            parts += [] if silent or inner is element else [_ENDED.get(str(inner.tag), ""), inner.tail or ""]
    return _LOOSE.sub(r"\1", "".join(parts))


def _written(element: _Element) -> str:
    """What an element stands for before its text: paragraphs inside others are those of notes and text boxes."""
    if element.tag == f"{TEXT}s":
        count = str(element.get(f"{TEXT}c") or "1")
        return " " * (min(int(count), _MOST_REPEATED) if count.isdigit() else 1)
    return _BEGUN.get(str(element.tag), "")


_BEGUN = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n", f"{TEXT}note-body": " (\x1f"} | dict.fromkeys(_INNER, " ")
_ENDED = {f"{TEXT}note-body": "\x1f)"} | dict.fromkeys(_INNER, " ")
_LOOSE = re.compile(r"(\()\x1f\s*|\s*\x1f(?=\))")
"""Spaces between a note's own paragraphs and the brackets around it."""
