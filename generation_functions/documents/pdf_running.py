"""Running heads, running feet and page numbers: what pages repeat at their edges, taken away."""

from __future__ import annotations

import re
from collections import Counter

from generation_functions.documents.pdf_lines import Line

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
    """The pages without what at least three of them (and a fifth of all) repeat in the same place."""
    seen: Counter[tuple[str, int]] = Counter()
    for lines in pages:
        seen.update({_mark(line) for line in _edges(lines)})
    enough = max(3, len(pages) // 5)
    return [_kept(lines, {mark for mark, count in seen.items() if count >= enough}) for lines in pages]


def _edges(lines: list[Line]) -> list[Line]:
    """The lines in the margins, outermost first, few of them."""
    top = sorted((line for line in lines if line.bottom > line.page_height * (1 - _MARGIN)), key=lambda line: -line.top)
    low = sorted((line for line in lines if line.top < line.page_height * _MARGIN), key=lambda line: line.bottom)
    return top[:EDGE] + low[:EDGE]


def _mark(line: Line) -> tuple[str, int]:
    """What makes a line the same as another's: its words without numbers, and about its height on the page."""
    return _DIGITS.sub("#", " ".join(line.text.split())), round(line.bottom / 8)


def _kept(lines: list[Line], running: set[tuple[str, int]]) -> list[Line]:
    gone = {
        id(line)
        for line in _edges(lines)
        if any((_mark(line)[0], _mark(line)[1] + off) in running for off in (-1, 0, 1)) or _NUMBER.fullmatch(line.text)
    }
    return [line for line in lines if id(line) not in gone]
