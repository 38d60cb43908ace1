"""E-books (EPUB): their chapters in reading order."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote

from generation_functions.documents import markdown
from generation_functions.documents.document import Document, Limits
from generation_functions.documents.encoding import clean_text
from generation_functions.documents.html import html_text, parse_html
from generation_functions.documents.html_blocks import markdown_of
from generation_functions.documents.package import Package
from generation_functions.errors import DocumentError
from generation_functions.rows import Json

if TYPE_CHECKING:
    from lxml.etree import _Element

_CHAPTERS = ("application/xhtml+xml", "text/html")
_FACTS = ("title", "creator", "language", "publisher", "date", "rights")
_PROTECTED = "META-INF/rights.xml"


def read_epub(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """One document: the chapters of the spine, in its order. Pages named as navigation are left out."""
    with Package(file, limits) as package:
        if _PROTECTED in package.names:
            raise DocumentError("protected by digital rights management")
        place = _rootfile(package)
        book = package.xml(place)
        parts = [_chapter(package, name) for name in _spine(book, posixpath.dirname(place)) if name in package.names]
    text = clean_text(markdown.blocks(part.rstrip("\n") for part in parts))
    if not text:
        raise DocumentError("empty: no chapter of its spine has text")
    yield Document("", text, metadata=_facts(book))


def _rootfile(package: Package) -> str:
    container = package.xml("META-INF/container.xml")
    place = next((str(found.get("full-path")) for found in container.iter("{*}rootfile")), "")
    if place not in package.names:
        raise DocumentError(f"damaged: its container names {place or 'no book'}, which is not in it")
    return place


def _spine(book: _Element, folder: str) -> Iterator[str]:
    items = {str(item.get("id")): item for item in book.iter("{*}item")}
    for reference in book.iter("{*}itemref"):
        item = items.get(str(reference.get("idref")))
        if (
            item is None
            or item.get("media-type") not in _CHAPTERS
            or "nav" in str(item.get("properties") or "").split()
        ):
            continue
        yield posixpath.normpath(posixpath.join(folder, unquote(str(item.get("href")))))


def _chapter(package: Package, name: str) -> str:
    data = package.part(name)
    if not data.strip():
        return ""
    text, _ = html_text(data)
    root = parse_html(text)
    body = root.find("body")
    return markdown_of(body if body is not None else root)


def _facts(book: _Element) -> dict[str, Json]:
    found = {name: next(book.iter(f"{{http://purl.org/dc/elements/1.1/}}{name}"), None) for name in _FACTS}
    return {
        name: clean_text(" ".join(element.text.split()))
        for name, element in found.items()
        if element is not None and element.text and element.text.strip()
    }
