"""Running heads, running feet and page numbers: what pages repeat at their edges, taken away."""

from __future__ import annotations

import re
from collections import Counter
from typing import TypeAlias

from generation_functions.documents.pdf_order import Line
from generation_functions.documents.pdf_text import body_size, heading_level

_Mark: TypeAlias = tuple[str, int]

EDGE = 3
"""Lines at the top and at the bottom of a page that may be running ones."""

_MARGIN = 0.12
"""Share of the page's height, at either end, that running lines stand in."""

_DIGITS = re.compile(r"\d+|\b[ivxlcdm]+\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"\W{0,3}(?:(?:page|seite|pagina|página|страница|стр\.|p\.|第)\s*)?(?:\d{1,4}|[ivxlcdm]{1,7})"
    r"(?:\s*(?:/|of|von|de|sur|из)\s*\d{1,4})?\s*(?:页|頁|ページ)?\W{0,3}",
    re.IGNORECASE,
)


def without_running(pages: list[list[Line]]) -> list[list[Line]]:
    """The pages without what at least three of them (and a fifth of all) repeat in the same place, but for numbers.

    What differs in its numbers and is in a heading's type is no such line: chapters of a page each have headings.
    """
    sizes = body_size(pages)
    seen: Counter[_Mark] = Counter()
    for lines in pages:
        seen.update({_mark(line, sizes) for line in _edges(lines)})
    enough = max(3, len(pages) // 5)
    running = {mark for mark, count in seen.items() if count >= enough}
    return [_kept(lines, running, sizes) for lines in pages]


def _edges(lines: list[Line]) -> list[Line]:
    """The lines in the margins, outermost first, few of them."""
    top = sorted((line for line in lines if line.bottom > line.page_height * (1 - _MARGIN)), key=lambda line: -line.top)
    low = sorted((line for line in lines if line.top < line.page_height * _MARGIN), key=lambda line: line.bottom)
    return top[:EDGE] + low[:EDGE]


def _mark(line: Line, sizes: dict[float, int]) -> _Mark:
    """What makes a line the same as another's: its words without numbers, and about its height on the page."""
    words = " ".join(line.text.split())
    return words if heading_level(line, sizes) else _DIGITS.sub("#", words), round(line.bottom / 8)


def _kept(lines: list[Line], running: set[_Mark], sizes: dict[float, int]) -> list[Line]:
    gone = set()
    for line in _edges(lines):
        words, height = _mark(line, sizes)
        if any((words, height + off) in running for off in (-1, 0, 1)) or _NUMBER.fullmatch(line.text):
            gone.add(id(line))
    return [line for line in lines if id(line) not in gone]
