"""Pages of a text: which page a place is on, and blocks divided where a page begins."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from generation_functions.chunking.blocks import Block

_INK = re.compile(r"\S")


def page_at(pages: Sequence[int], place: int) -> int:
    """The page, from 1, that a place of the text is on. `pages` are the offsets where pages begin."""
    return max(1, bisect_right(pages, place))


def pages_of(text: str, start: int, end: int, pages: Sequence[int]) -> tuple[int, int] | None:
    """The first and the last page with ink of `text[start:end]`; None for a text without pages."""
    ink = _INK.search(text, start, end) if pages else None
    if ink is None:
        return None
    last = start + len(text[start:end].rstrip()) - 1
    return page_at(pages, ink.start()), page_at(pages, last)


def divided(text: str, blocks: Iterable[Block], pages: Sequence[int]) -> Iterator[tuple[int, Block]]:
    """Each block with its page, one that goes over a page's end in a part for each. No part is all space."""
    for block in blocks:
        for part in _parts(text, block, pages):
            ink = _INK.search(text, part.start)
            yield page_at(pages, ink.start() if ink else part.start), part


def _parts(text: str, block: Block, pages: Sequence[int]) -> Iterator[Block]:
    start = block.start
    for place in pages[bisect_right(pages, start) : bisect_left(pages, block.end)]:
        if _INK.search(text, start, place) and _INK.search(text, place, block.end):
            yield block._replace(start=start, body=min(max(block.body, start), place), end=place)
            start = place
    yield block._replace(start=start, body=max(block.body, start))
