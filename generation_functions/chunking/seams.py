"""Seams: the chunks of a document's stretches, each cut as if it were a text of its own, as those of one text.

What a stretch stands under, it does not know: for each level a mark stands for the heading that may be there.
"""

from __future__ import annotations

from collections.abc import Iterable

from generation_functions.chunking.blocks import Headings, Path
from generation_functions.chunking.chunk import Chunk, Rule, cut_text, repeating, whole_chunk
from generation_functions.chunking.stretches import Stretch
from generation_functions.chunking.units import Ruler

_MARKS: Headings = tuple(f"\0{level}" for level in range(1, 7))
"""No text has such a title: documents hold no NUL."""


def stretch_chunks(stretch: Stretch, rule: Rule, source: str = "") -> tuple[Iterable[Chunk], Path]:
    """A stretch's chunks as if it were a text of its own, and what its end stands under once they were drawn. Lazy."""
    if stretch.whole and (chunk := whole_chunk(stretch.text, rule, stretch.pages, source)) is not None:
        return (chunk,), []
    path = list(enumerate(_MARKS, 1)) if stretch.start else []
    chunks = cut_text(stretch.text, rule, stretch.pages, path, in_table=stretch.in_table)
    return (chunk._replace(source=source) for chunk in chunks) if source else chunks, path


class Seam:
    """Takes the chunks of a document's stretches in order, and gives them their places in the document."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._titles: dict[str, str] = {}
        self._last = ""

    def chunk(self, stretch: Stretch, chunk: Chunk) -> Chunk:
        """A chunk of a stretch as one of the document."""
        place, page = stretch.start, stretch.page
        part = stretch.text[chunk.start : chunk.end]
        if place and not chunk.start and self._rule.overlap:
            chunk = self._over(chunk, part)
        self._last = part
        pages = (chunk.pages[0] + page, chunk.pages[1] + page) if chunk.pages else None
        return chunk._replace(
            start=chunk.start + place, end=chunk.end + place, headings=self._known(chunk.headings), pages=pages
        )

    def end(self, path: Path) -> None:
        """A stretch has ended under these headings."""
        self._titles = {_MARKS[level - 1]: self._title(title) for level, title in path}

    def _over(self, chunk: Chunk, part: str) -> Chunk:
        """The first chunk of a stretch, with what it repeats of the last of the one before."""
        ruler = Ruler(self._last + part, self._rule.max_tokens, self._rule.count)
        after = chunk._replace(start=len(self._last), end=len(ruler.text))
        found = repeating(ruler, 0, after, self._rule.overlap)
        return found._replace(start=chunk.start, end=chunk.end)

    def _title(self, title: str) -> str:
        return self._titles.get(title, "") if title in _MARKS else title

    def _known(self, headings: Iterable[str]) -> Headings:
        return tuple(known for title in headings if (known := self._title(title)))
