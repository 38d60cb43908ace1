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
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_MEANT = _BLOCKS | _LEFT_OUT | {"br", "td", "th", "img"}
"""Elements that mean more than their text."""


def markdown_of(root: _Element) -> str:
    """The element's content as Markdown."""
    from lxml.etree import iterwalk

    walk = _Walk()
    events = iterwalk(root, events=("start", "end"))
    for event, element in events:
        tag = element.tag
        if event == "start":
            if tag in _MEANT and not walk.open(element, tag):
                events.skip_subtree()
                continue
            text = element.text
        else:
            if tag in _BLOCKS:
                walk.close(tag)
            text = element.tail if element is not root else None
        if text:
            walk.say(text)
    walk.end_block()
    return markdown.blocks(walk.joined())


def _is_data(element: _Element) -> bool:
    """Whether a table holds data; those that only lay out a page hold tables, headings or lists themselves."""
    return next(element.iterdescendants("table", "h1", "h2", "ul", "pre"), None) is None


@dataclass
class _Walk:
    """What has been said so far: blocks, lists that are open, the block being said."""

    done: list[tuple[str, bool]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    lists: list[int | None] = field(default_factory=list)
    quotes: int = 0
    marker: str = ""

    def say(self, text: str) -> None:
        """Running text; its line breaks are spaces, those that are meant are elements."""
        if self.said or not text.isspace():
            self.said.append(text.replace("\n", " ") if "\n" in text else text)

    def open(self, element: _Element, tag: str) -> bool:
        """An element begins. Whether its inside is to be walked."""
        if tag in _BLOCKS:
            self.end_block()
        if tag in _LEFT_OUT:
            return False
        if tag == "pre" or (tag == "table" and _is_data(element)):
            self._take_whole(element, tag)
            return False
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
        return True

    def _take_whole(self, element: _Element, tag: str) -> None:
        if tag == "pre":
            found = _LANGUAGE.search(" ".join(str(e.get("class") or "") for e in element.iter("pre", "code")))
            self.done.append((fenced(_raw(element).strip("\n"), found[1] if found else "").rstrip("\n"), False))
        else:
            caption = element.find("caption")
            if caption is not None:
                self.done.append((markdown.paragraph(_raw(caption)), False))
            self.done.append((markdown.table(_rows(element)), False))

    def _begin_item(self) -> None:
        depth = max(0, len(self.lists) - 1)
        count = self.lists[-1] if self.lists else None
        if count is not None:
            self.lists[-1] = count + 1
        mark = f"{count + 1}. " if count is not None else "- "
        self.marker = "  " * depth + mark

    def close(self, tag: str) -> None:
        """A block ends."""
        if tag in _HEADINGS:
            title, self.said = markdown.heading("".join(self.said), int(tag[1])), []
            self.done.append((title, False))
        else:
            self.end_block()
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        elif tag == "blockquote":
            self.quotes -= 1

    def end_block(self) -> None:
        """What has been said since the last block is a block."""
        if not self.said:
            return
        text, self.said = markdown.paragraph("".join(self.said)), []
        if not text:
            return
        listed = bool(self.lists)
        if listed:
            text = (self.marker or "  " * len(self.lists)) + markdown.squeezed(text)
            self.marker = ""
        if self.quotes:
            prefix = "> " * min(self.quotes, 3)
            text = "\n".join(prefix + line for line in text.split("\n"))
        self.done.append((text, listed))

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
    return "".join(element.itertext())


def _rows(table: _Element) -> Iterator[list[str]]:
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in row.iterchildren("td", "th"):
            span = str(cell.get("colspan") or "1")
            cells += [_raw(cell), *[""] * (min(int(span), 64) - 1 if span.isdigit() else 0)]
        yield cells
