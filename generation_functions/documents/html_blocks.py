"""A tree of HTML as Markdown blocks. Walks without recursion, so that depth is no danger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generation_functions.documents import markdown
from generation_functions.documents.plain_text import fenced

if TYPE_CHECKING:
    from lxml.etree import _Element

_BLOCKS = frozenset({
    "p", "div", "section", "article", "main", "body", "html", "blockquote", "figure", "figcaption", "header",
    "footer", "aside", "address", "center", "details", "summary", "dl", "dt", "dd", "ul", "ol", "li", "h1",
    "h2", "h3", "h4", "h5", "h6", "pre", "table", "hr", "fieldset", "hgroup", "nav",
})  # fmt: skip
_LEFT_OUT = frozenset(["script", "style", "head", "title", "noscript", "template", "svg"])
_LANGUAGE = re.compile(r"\b(?:language|lang|highlight|brush)-([\w+#-]+)")
_SPACES = re.compile(r"\s+")


def markdown_of(root: _Element) -> str:
    """The element's content as Markdown."""
    walk = _Walk()
    for event, element in _events(root):
        walk.open(element) if event else walk.close(element)
        tail = element.tail if not event and element is not root else element.text if event else None
        if tail:
            walk.say(tail)
    walk.end_block()
    return markdown.blocks(walk.joined())


def _events(root: _Element) -> Iterator[tuple[bool, _Element]]:
    """`(True, element)` where an element begins and `(False, element)` where it ends; whole for tables and code."""
    stack: list[tuple[bool, _Element]] = [(True, root)]
    while stack:
        begins, element = stack.pop()
        yield begins, element
        if begins:
            stack.append((False, element))
            if not _is_taken_whole(element):
                stack.extend((True, child) for child in reversed(element))


def _is_taken_whole(element: _Element) -> bool:
    return not isinstance(element.tag, str) or element.tag in _LEFT_OUT or element.tag == "pre" or _is_data(element)


def _is_data(element: _Element) -> bool:
    """A table of data; those that only lay out a page hold tables, headings or lists themselves."""
    return element.tag == "table" and next(element.iterdescendants("table", "h1", "h2", "ul", "pre"), None) is None


@dataclass
class _Walk:
    """What has been said so far: blocks, lists that are open, the block being said."""

    done: list[tuple[str, bool]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    lists: list[int | None] = field(default_factory=list)
    quotes: int = 0
    marker: str = ""
    muted: int = 0

    def say(self, text: str) -> None:
        """Running text."""
        if not self.muted:
            self.said.append(_SPACES.sub(" ", text))

    def open(self, element: _Element) -> None:
        """An element begins."""
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _BLOCKS:
            self.end_block()
        if tag in ("ul", "ol"):
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._begin_item()
        elif tag == "blockquote":
            self.quotes += 1
        elif tag == "br":
            self.said.append("\n")
        elif tag in ("td", "th"):
            self.said.append(" ")
        elif tag == "img" and (alt := (element.get("alt") or "").strip()):
            self.said.append(f" {alt} ")
        if _is_taken_whole(element):
            self._take_whole(element, tag)

    def _take_whole(self, element: _Element, tag: str) -> None:
        if tag == "pre":
            found = _LANGUAGE.search(" ".join(str(e.get("class") or "") for e in element.iter("pre", "code")))
            self.done.append((fenced(_raw(element).strip("\n"), found[1] if found else "").rstrip("\n"), False))
        elif tag == "table":
            caption = element.find("caption")
            if caption is not None:
                self.done.append((markdown.paragraph(_raw(caption)), False))
            self.done.append((markdown.table(_rows(element)), False))
        self.muted += 1

    def _begin_item(self) -> None:
        depth = max(0, len(self.lists) - 1)
        count = self.lists[-1] if self.lists else None
        if count is not None:
            self.lists[-1] = count + 1
        mark = f"{count + 1}. " if count is not None else "- "
        self.marker = "  " * depth + mark

    def close(self, element: _Element) -> None:
        """An element ends."""
        tag = element.tag if isinstance(element.tag, str) else ""
        if _is_taken_whole(element):
            self.muted -= 1
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            title = markdown.heading("".join(self.said), int(tag[1]))
            self.said = []
            self.done.append((title, False))
        elif tag in _BLOCKS:
            self.end_block()
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        elif tag == "blockquote":
            self.quotes -= 1

    def end_block(self) -> None:
        """What has been said since the last block is a block."""
        text, self.said = markdown.paragraph("".join(self.said)), []
        if not text:
            return
        listed = bool(self.lists)
        if listed:
            text = (self.marker or "  " * len(self.lists)) + " ".join(text.split())
            self.marker = ""
        prefix = "> " * min(self.quotes, 3)
        self.done.append(("\n".join(prefix + line for line in text.split("\n")), listed))

    def joined(self) -> Iterator[str]:
        """The blocks; the items of a list are one."""
        items: list[str] = []
        for text, listed in self.done:
            if items and not listed:
                yield "\n".join(items)
                items = []
            if listed:
                items.append(text)
            else:
                yield text
        yield "\n".join(items)


def _raw(element: _Element) -> str:
    return "".join(text for text in element.itertext() if isinstance(text, str))


def _rows(table: _Element) -> Iterator[list[str]]:
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in row.iterchildren("td", "th"):
            span = str(cell.get("colspan") or "1")
            cells += [_raw(cell), *[""] * (min(int(span), 64) - 1 if span.isdigit() else 0)]
        yield cells
