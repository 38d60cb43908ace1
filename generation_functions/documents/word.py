"""Word documents (DOCX): headings, lists, tables, footnotes, in the order of the body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from generation_functions.documents import markdown
from generation_functions.documents.document import Document, Limits
from generation_functions.documents.office_formulas import FORMULA, formula
from generation_functions.documents.package import FALLBACK, Package, removed
from generation_functions.documents.word_styles import Styles, W
from generation_functions.errors import DocumentError

if TYPE_CHECKING:
    from lxml.etree import _Element

_UNREAD = (FALLBACK, f"{W}moveFrom", f"{W}rt")
_HIDDEN, _BOX = f"{W}vanish", f"{W}txbxContent"
_NOTES = (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote"))


def read_docx(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """One document, as Markdown. Deleted text, comments and field codes are left out."""
    with Package(file, limits) as package:
        main = next((name for name in package.relations("").values() if name.endswith("document.xml")), "")
        reading = _Reading(Styles.of(package))
        body = _part(package, main or "word/document.xml").find(f"{W}body")
        if body is None:
            raise DocumentError("damaged: it has no body")
        parts = [*reading.blocks(body), *_notes(package, reading)]
    text = markdown.blocks(parts)
    if not text:
        raise DocumentError("empty")
    yield Document("", text)


def _part(package: Package, name: str) -> _Element:
    """A part's tree without what is not to be read, the paragraphs of text boxes after the one they hang on."""
    root = package.xml(name)
    if next(root.iter(*_UNREAD, _HIDDEN, _BOX), None) is None:
        return root
    removed(root, *_UNREAD)
    for mark in list(root.iter(_HIDDEN)):
        run = next(mark.iterancestors(f"{W}r"), None)
        if run is not None and run.getparent() is not None and mark.get(f"{W}val") not in ("0", "false", "off"):
            run.getparent().remove(run)
    for box in list(root.iter(_BOX)):
        host = next(box.iterancestors(f"{W}p"), None)
        if host is not None:
            for inner in reversed(list(box)):
                host.addnext(inner)
    return root


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

    styles: Styles

    def blocks(self, body: _Element) -> Iterator[str]:
        """The blocks of a body, the items of a list gathered into one."""
        items: list[str] = []
        counts: dict[tuple[str, int], int] = {}
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
                items = []
            if block:
                yield block
        yield "\n".join(items)

    def _paragraph(self, element: _Element) -> str:
        text = self.text(element)
        level = self.styles.level(_properties(element))
        return markdown.heading(text, level) if level else markdown.paragraph(text)

    def _item(self, element: _Element, counts: dict[tuple[str, int], int]) -> str | None:
        """A line of a list, numbered as Word would, which counts on where other text stands between; None for what is
        none."""
        place = self.styles.place(_properties(element))
        if place is None or not (text := self.text(element)).strip():
            return None
        here = (place.identity, place.depth)
        counts[here] = counts.get(here, 0) + 1
        for deeper in [known for known in counts if known[0] == place.identity and known[1] > place.depth]:
            del counts[deeper]
        counted = (place.identity, place.level) in self.styles.numbered
        return markdown.item(text, place.depth, counts[here] if counted else None)

    def _rows(self, table: _Element) -> Iterator[list[str]]:
        for row in table.iter(f"{W}tr"):
            if next(row.iterancestors(f"{W}tbl")) is not table:
                continue
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
_SPOKEN = ("t", "tab", "br", "cr", "noBreakHyphen", "footnoteReference", "endnoteReference")
_INLINE = (*(f"{W}{name}" for name in _SPOKEN), FORMULA)
_FIXED = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "\u2011"}


def _inline(element: _Element) -> str:
    if element.tag == _TEXT:
        return element.text or ""
    if element.tag in _FIXED:
        # A tab in a paragraph's properties is a tab stop, not a character.
        parent = element.getparent()
        return _FIXED[str(element.tag)] if parent is not None and parent.tag == f"{W}r" else ""
    if element.tag == FORMULA:
        return formula(element)
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
