"""Stretches: a long document in parts of about a million characters, each cut by itself and in any process.

A stretch ends where a block does, at best before a heading, so that chunks are what they were; only right before its
end they may be shorter than the limit allows. Where it ends follows from the text alone, whoever reads it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generation_functions.chunking.blocks import FENCE_REACH, LONGEST_INDENT, Block, blocks
from generation_functions.chunking.cutting import nice_place
from generation_functions.chunking.sentences import sentence_spans
from generation_functions.documents.document import Document

STRETCH = 1_000_000
"""Most characters of a stretch that others follow."""

LEAST = STRETCH * 3 // 4
LONGEST = STRETCH * 5 // 4
"""Characters of a text that is not divided: no stretch is tiny, and a border's surroundings are known."""

NEAR = 8_192
"""Characters before a border in which a sentence's beginning is looked for, where no line ends."""

_INK = re.compile(r"\S")
_LINE = re.compile(rf"\n(?=[^\S\n]{{0,{LONGEST_INDENT}}}\S)")


class Stretch(NamedTuple):
    """A part of a document.

    start     where it begins in the document, in characters.
    pages     where pages begin, in its own characters, from the page on which it begins; empty without pages.
    page      how many pages the document has before those.
    last      whether the document ends with it.
    in_table  whether it begins inside a table.
    """

    text: str
    start: int = 0
    pages: Sequence[int] = ()
    page: int = 0
    last: bool = True
    in_table: bool = False

    @property
    def whole(self) -> bool:
        """Whether the document has no other stretch."""
        return self.last and not self.start


def stretches(document: Document, *, by_page: bool) -> Iterator[Stretch]:
    """A document's stretches, in order: joined, they are its text. Lazy, holds no more of the text than one of them."""
    if document.characters <= LONGEST:
        yield Stretch(document.text, 0, document.pages)
        return
    start, held, wanted, more, in_table = 0, "", LONGEST, True, False
    parts = document.parts()
    while held or more:
        while more and len(held) - _first_ink(held) <= wanted:
            part = next(parts, None)
            held, more = held + (part or ""), part is not None
        pages = _pages(document.pages, start, start + len(held))[0] if by_page else ()
        end, inside = _end(held, pages, in_table=in_table)
        if end == len(held) and more:  # so much white space that where it ends must be known first
            wanted += STRETCH
            continue
        own = _pages(document.pages, start, start + end)
        yield Stretch(held[:end], start, *own, last=end == len(held) and not more, in_table=in_table)
        start, held, wanted, in_table = start + end, held[end:], LONGEST, inside


def _first_ink(text: str) -> int:
    ink = _INK.search(text)
    return ink.start() if ink else len(text)


def _pages(pages: Sequence[int], start: int, end: int) -> tuple[tuple[int, ...], int]:
    """The pages of `text[start:end]` in its own characters, and how many there are before them."""
    if not pages:
        return (), 0
    before = max(0, bisect_right(pages, start) - 1)
    own = [max(0, place - start) for place in pages[before : bisect_left(pages, end)]]
    return tuple(own) or (0,), before


def _end(text: str, pages: Sequence[int], *, in_table: bool) -> tuple[int, bool]:
    """Where a stretch ends, and so the next begins, with ink or its indentation; the text's end if none follows.

    And whether that is inside a table."""
    first = _first_ink(text)
    if len(text) - first <= LONGEST:
        return len(text), False
    least, most = first + LEAST, first + STRETCH
    found = _blocks(text, first, most + FENCE_REACH, in_table=in_table)
    places = {block.start: block.level for block in found[1:] if least < block.start < most}
    if places:
        begun = frozenset(pages)
        return min(places, key=lambda place: (place not in begun, places[place] or 7, -place)), False
    line = deque(_LINE.finditer(text, least, most), maxlen=1)
    if line:
        return line[0].end(), [block.verbatim for block in found if block.start <= least][-1]
    spans = list(sentence_spans(text, most - NEAR, most))
    place = spans[-1][0] if len(spans) > 1 else nice_place(text, most - NEAR, most)
    ink = _INK.search(text, place)
    return (ink.start() if ink else len(text)), False


def _blocks(text: str, first: int, end: int, *, in_table: bool) -> list[Block]:
    """The last blocks of `text[first:end]`, from one that begins before the place where a stretch may end.

    What is fenced can only be told from the text's beginning; without fences, the last part tells enough."""
    fenced = any(text.find(fence, first, end) >= 0 for fence in ("```", "~~~"))
    begin = first if fenced else max(first, text.rfind("\n\n", first, first + LEAST))
    found = blocks(text[begin:end], in_table=in_table and begin == first)
    return [block._replace(start=begin + block.start) for block in found]
