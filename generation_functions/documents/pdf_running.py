"""Running heads, running feet and page numbers: what pages repeat at their edges, taken away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from generation_functions.documents.pdf_order import Line
from generation_functions.documents.pdf_text import body_size, heading_level

_Mark: TypeAlias = tuple[str | int, int]

EDGE = 3
"""Lines at the top and at the bottom of a page that may be running ones."""

NEAR = 7
"""Pages from the first to the third that have the same head; left and right ones may differ."""

_FIRST = re.compile(r"\d{1,4}(?=\s)")
_LAST = re.compile(r"(?<=\s)\d{1,4}$")
_MARGIN = 0.12
"""Share of the page's height, at either end, that running lines stand in."""

_DIGITS = re.compile(r"\d+|\b[ivxlcdm]+\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"\W{0,3}(?:(?:page|seite|pagina|página|страница|стр\.|p\.|第)\s*)?(?:\d{1,4}|[ivxlcdm]{1,7})"
    r"(?:\s*(?:/|of|von|de|sur|из)\s*\d{1,4})?\s*(?:页|頁|ページ)?\W{0,3}",
    re.IGNORECASE,
)


def without_running(pages: list[list[Line]]) -> list[list[Line]]:
    """The pages without what at least three that lie near one another repeat in the same place, but for numbers, and
    without lines that end or begin with their page's number.

    What differs in its numbers and is in a heading's type is no such line: chapters of a page each have headings.
    """
    sizes = body_size(pages)
    seen: dict[_Mark, list[int]] = {}
    for number, lines in enumerate(pages):
        for mark in {mark for line in _edges(lines) for mark in _marks(line, sizes, number)}:
            seen.setdefault(mark, []).append(number)
    running = {mark for mark, found in seen.items() if _repeats(mark, found, len(pages))}
    return [_kept(lines, running, sizes, number) for number, lines in enumerate(pages)]


def _repeats(mark: _Mark, found: list[int], pages: int) -> bool:
    """Whether pages repeat a mark often enough: the head of a short chapter stands on few pages, but one after another;
    numbers that go up with the pages do so all through."""
    if isinstance(mark[0], int):
        return len(found) >= max(3, pages * 0.3)
    return any(third - first <= NEAR for first, third in zip(found, found[2:], strict=False))


def _edges(lines: list[Line]) -> list[Line]:
    """The lines in the margins, outermost first, few of them."""
    top = sorted((line for line in lines if line.bottom > line.page_height * (1 - _MARGIN)), key=lambda line: -line.top)
    low = sorted((line for line in lines if line.top < line.page_height * _MARGIN), key=lambda line: line.bottom)
    return top[:EDGE] + low[:EDGE]


def _marks(line: Line, sizes: dict[float, int], page: int) -> Iterator[_Mark]:
    """What makes a line the same as another's: its words without numbers, or how far the number at its end or beginning
    is from its page's; and about its height on the page."""
    words, height = " ".join(line.text.split()), round(line.bottom / 8)
    if heading_level(line, sizes):
        yield words, height
        return
    yield _DIGITS.sub("#", words), height
    for found in (_LAST.search(words), _FIRST.match(words)):
        if found:
            yield int(found[0]) - page, height


def _kept(lines: list[Line], running: set[_Mark], sizes: dict[float, int], page: int) -> list[Line]:
    gone = set()
    for line in _edges(lines):
        near = {(told, height + off) for told, height in _marks(line, sizes, page) for off in (-1, 0, 1)}
        if near & running or _NUMBER.fullmatch(line.text):
            gone.add(id(line))
    return [line for line in lines if id(line) not in gone]
