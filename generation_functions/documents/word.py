"""Word documents (DOCX): headings, lists, tables, footnotes, in the order of the body."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from generation_functions.documents import markdown
from generation_functions.documents.document import Document, Limits
from generation_functions.documents.package import Package
from generation_functions.errors import DocumentError

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HEADING_STYLE = re.compile(r"(?:heading|überschrift|titre|título|заголовок|标题)\s*(\d)", re.IGNORECASE)
_NOTES = (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote"))


def read_docx(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """One document, as Markdown. Deleted text, comments and field codes are left out."""
    with Package(file, limits) as package:
        main = next((name for name in package.relations("").values() if name.endswith("document.xml")), "")
        reading = _Reading(_levels(package), _numbered(package))
        body = _part(package, main or "word/document.xml").find(f"{W}body")
        if body is None:
            raise DocumentError("damaged: it has no body")
        parts = [*reading.blocks(body), *_notes(package, reading)]
    text = markdown.blocks(parts)
    if not text:
        raise DocumentError("empty")
    yield Document("", text)


def _part(package: Package, name: str) -> _Element:
    """A part's tree without the fallbacks that say again, for older programs, what stands beside them."""
    root = package.xml(name)
    for element in list(root.iter(FALLBACK)):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    return root


def _levels(package: Package) -> dict[str, int]:
    """Heading level by style: as the style says, or as its name does; `Title` stands above all."""
    if "word/styles.xml" not in package.names:
        return {}
    levels: dict[str, int] = {}
    for style in package.xml("word/styles.xml").iter(f"{W}style"):
        identity = str(style.get(f"{W}styleId"))
        name = style.find(f"{W}name")
        title = str(name.get(f"{W}val")) if name is not None else identity
        outline = style.find(f"{W}pPr/{W}outlineLvl")
        if outline is not None and str(outline.get(f"{W}val")) in "012345678":
            levels[identity] = int(str(outline.get(f"{W}val"))) + 1
        elif match := _HEADING_STYLE.fullmatch(title):
            levels[identity] = int(match[1])
        elif title.lower() == "title":
            levels[identity] = 1
    return {identity: level for identity, level in levels.items() if level <= 6}


def _numbered(package: Package) -> frozenset[tuple[str, str]]:
    """The `(list, depth)` pairs that count, where others have bullets."""
    if "word/numbering.xml" not in package.names:
        return frozenset()
    root = package.xml("word/numbering.xml")
    formats = {
        (definition.get(f"{W}abstractNumId"), level.get(f"{W}ilvl")): found.get(f"{W}val")
        for definition in root.iter(f"{W}abstractNum")
        for level in definition.iter(f"{W}lvl")
        if (found := level.find(f"{W}numFmt")) is not None
    }
    counted = set()
    for number in root.iter(f"{W}num"):
        link = number.find(f"{W}abstractNumId")
        for (definition, depth), kind in formats.items():
            if link is not None and definition == link.get(f"{W}val") and kind not in ("bullet", "none"):
                counted.add((str(number.get(f"{W}numId")), str(depth)))
    return frozenset(counted)


def _notes(package: Package, reading: _Reading) -> Iterator[str]:
    for name, tag in _NOTES:
        if name not in package.names:
            continue
        for note in _part(package, name).iter(f"{W}{tag}"):
            if note.get(f"{W}type") in (None, "normal"):
                text = " ".join(reading.text(inner) for inner in note.iter(f"{W}p"))
                if text.strip():
                    yield f"[^{tag[0]}{note.get(f'{W}id')}]: {' '.join(text.split())}"


@dataclass(frozen=True)
class _Reading:
    """What the body's paragraphs are read by."""

    levels: dict[str, int]
    numbered: frozenset[tuple[str, str]]

    def blocks(self, body: _Element) -> Iterator[str]:
        """The blocks of a body, the items of a list gathered into one."""
        items: list[str] = []
        counts: dict[int, int] = {}
        for element in _content(body):
            if element.tag == f"{W}tbl":
                block: str | None = markdown.table(self._rows(element))
            else:
                line = self._item(element, counts)
                if line is not None:
                    items.append(line)
                    continue
                block = self._paragraph(element)
            if items and block:
                yield "\n".join(items)
                items, counts = [], {}
            if block:
                yield block
        yield "\n".join(items)

    def _paragraph(self, element: _Element) -> str:
        text = self.text(element)
        level = self._level(_properties(element))
        return markdown.heading(text, level) if level else markdown.paragraph(text)

    def _level(self, properties: _Element | None) -> int:
        if properties is None:
            return 0
        outline = properties.find(f"{W}outlineLvl")
        if outline is not None and str(outline.get(f"{W}val")) in "012345":
            return int(str(outline.get(f"{W}val"))) + 1
        style = properties.find(f"{W}pStyle")
        return self.levels.get(str(style.get(f"{W}val")), 0) if style is not None else 0

    def _item(self, element: _Element, counts: dict[int, int]) -> str | None:
        """A line of a list, numbered as Word would; None for what is none."""
        properties = _properties(element)
        listed = properties.find(f"{W}numPr") if properties is not None else None
        if listed is None or self._level(properties) or not (text := self.text(element)).strip():
            return None
        number, level = listed.find(f"{W}numId"), listed.find(f"{W}ilvl")
        identity = str(number.get(f"{W}val")) if number is not None else "0"
        given = str(level.get(f"{W}val")) if level is not None else "0"
        depth = int(given) if given in "012345678" else 0
        if identity == "0":
            return None
        counts[depth] = counts.get(depth, 0) + 1
        for deeper in [known for known in counts if known > depth]:
            del counts[deeper]
        return markdown.item(text, depth, counts[depth] if (identity, given) in self.numbered else None)

    def _rows(self, table: _Element) -> Iterator[list[str]]:
        for row in table.iterchildren(f"{W}tr"):
            cells = []
            for cell in row.iter(f"{W}tc"):
                if next(cell.iterancestors(f"{W}tr")) is row:
                    cells.append(" ".join(self.text(inner) for inner in cell.iter(f"{W}p")))
                    span = cell.find(f"{W}tcPr/{W}gridSpan")
                    extra = str(span.get(f"{W}val")) if span is not None else "1"
                    cells += [""] * (min(int(extra), 64) - 1 if extra.isdigit() else 0)
            yield cells

    def text(self, paragraph: _Element) -> str:
        """The text of one paragraph, with tabs, breaks and references to notes."""
        return "".join(map(_inline, paragraph.iter(*_INLINE)))


def _properties(paragraph: _Element) -> _Element | None:
    """What a paragraph says of its style, which is the first thing in it, or nearly."""
    first = next(iter(paragraph), None)
    return first if first is not None and first.tag == _PROPERTIES else paragraph.find(_PROPERTIES)


_PROPERTIES = f"{W}pPr"
_TEXT = f"{W}t"
_INLINE = tuple(
    f"{W}{name}" for name in ("t", "tab", "br", "cr", "noBreakHyphen", "footnoteReference", "endnoteReference")
)
_FIXED = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "\u2011"}


def _inline(element: _Element) -> str:
    if element.tag == _TEXT:
        return element.text or ""
    if element.tag in _FIXED:
        # A tab in a paragraph's properties is a tab stop, not a character.
        parent = element.getparent()
        return _FIXED[str(element.tag)] if parent is not None and parent.tag == f"{W}r" else ""
    kind = "f" if str(element.tag).endswith("footnoteReference") else "e"
    return f"[^{kind}{element.get(f'{W}id')}]"


def _content(body: _Element) -> Iterator[_Element]:
    """Paragraphs and tables, those inside content controls too; what stands in a table is the table's."""
    stack = [iter(body)]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif element.tag in (f"{W}p", f"{W}tbl"):
            yield element
        else:
            stack.append(iter(element))
