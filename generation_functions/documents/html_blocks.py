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
    "h2", "h3", "h4", "h5", "h6", "pre", "table", "hr", "fieldset", "hgroup", "nav", "tr", "caption",
})  # fmt: skip
_LEFT_OUT = frozenset(["script", "style", "head", "title", "noscript", "template", "svg", "rt", "rp", "annotation"])
_LANGUAGE = re.compile(r"\b(?:language|lang|highlight|brush)-([\w+#-]+)")
SOFT_HYPHEN = "\u00ad"
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_MEANT = _BLOCKS | _LEFT_OUT | {"br", "td", "th", "img", "math"}
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
    return markdown.blocks(walk.joined()).replace(SOFT_HYPHEN, "")


def _is_data(element: _Element) -> bool:
    """Whether a table holds data; those that only lay out a page say so, have a single column, or hold tables, headings
    or lists themselves."""
    return (
        element.get("role") not in ("presentation", "none")
        and next(element.iterdescendants("table", "h1", "h2", "ul", "pre"), None) is None
        and any(len(row) > 1 for row in element.iter("tr"))
    )


def _tex(element: _Element) -> str:
    """The TeX that a formula was made of, where it says so."""
    for annotation in element.iter("annotation"):
        if annotation.get("encoding") == "application/x-tex" and annotation.text:
            return str(annotation.text).strip()
    return str(element.get("alttext") or "").strip()


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
        elif tag == "math" and (tex := _tex(element)):
            self.said.append(f"${tex}$")
            return False
        elif tag in ("td", "th"):
            self.said.append(" ")
        elif tag == "img" and (alt := (element.get("alt") or "").strip()):
            self.said.append(f" {alt} ")
        return True

    def _take_whole(self, element: _Element, tag: str) -> None:
        if tag == "pre":
            found = _LANGUAGE.search(" ".join(str(e.get("class") or "") for e in element.iter("pre", "code")))
            self.done.append(
                (fenced(_inside(element, "\n").strip("\n"), found[1] if found else "").rstrip("\n"), False)
            )
        else:
            caption = element.find("caption")
            if caption is not None:
                self.done.append((markdown.paragraph(_inside(caption, " ")), False))
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


def _inside(element: _Element, between: str) -> str:
    """All text in an element, with this between its blocks and lines."""
    from lxml.etree import iterwalk

    if not len(element):
        return element.text or ""
    if next(element.iterdescendants(*_MEANT), None) is None:
        return "".join(element.itertext())
    if len(element) == 1 and not len(element[0]) and element[0].tag == "p":
        return between.join(filter(None, (element.text, element[0].text, element[0].tail)))
    parts: list[str] = []
    events = iterwalk(element, events=("start", "end"))
    for event, inner in events:
        if event == "start" and inner.tag in _LEFT_OUT:
            events.skip_subtree()
            continue
        if (inner.tag in _BLOCKS or (inner.tag == "br" and event == "start")) and inner is not element:
            ended = inner.tag != "br" and (not parts or parts[-1].endswith(between))
            parts += [] if ended else [between]
        text = inner.text if event == "start" else inner.tail if inner is not element else None
        parts += [text] if text else []
    return "".join(parts)


def _rows(table: _Element) -> Iterator[list[str]]:
    """The cells of each row; those that a wider or taller one covers are blank."""
    taller: dict[int, int] = {}
    for row in table.iter("tr"):
        covered = {column: left - 1 for column, left in taller.items() if left > 1}
        cells: list[str] = []
        for cell in row.iterchildren("td", "th"):
            while taller and taller.get(len(cells)):
                cells.append("")
            text, across, down = _inside(cell, " "), cell.get("colspan"), cell.get("rowspan")
            if across is None and down is None:
                cells.append(text)
                continue
            wide, high = _span(across), _span(down)
            if high > 1:
                covered |= dict.fromkeys(range(len(cells), len(cells) + wide), high - 1)
            cells += [text, *[""] * (wide - 1)]
        taller = covered
        yield cells


def _span(told: str | None) -> int:
    """How many rows or columns a cell takes, within reason."""
    return max(1, min(int(told), 64)) if told and told.isdecimal() and told.isascii() else 1
