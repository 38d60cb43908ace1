"""The units that chunks are packed from: whole blocks, sentences, and pieces of what is too long to stay whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from generation_functions.chunking.blocks import Block, Headings
from generation_functions.chunking.cutting import cut
from generation_functions.chunking.packing import Unit
from generation_functions.chunking.sentences import Span, sentence_spans

CountTokens: TypeAlias = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Ruler:
    """A text, how its tokens are counted, and the most of them a chunk may have."""

    text: str
    limit: int
    count: CountTokens

    def measure(self, start: int, end: int) -> int:
        """Tokens of a stretch, without the space around it."""
        return self.count(self.text[start:end].strip())

    def fits(self, start: int, end: int) -> bool:
        """Whether a stretch is within the limit."""
        return self.measure(start, end) <= self.limit


def units(ruler: Ruler, blocks: Iterable[Block], *, sentences: bool = False) -> Iterator[Unit]:
    """The blocks' units, in order and without a gap. With `sentences`, paragraphs are divided even where they fit."""
    for block in blocks:
        divided = sentences and not block.verbatim
        if not divided:
            unit = _unit(ruler, block.start, block.end, True, block.headings)
            if unit.tokens * 2 <= ruler.limit or ruler.fits(block.start, block.end):
                yield unit
                continue
        opens = True
        for start, end in _spans(ruler, block):
            yield _unit(ruler, start, end, opens, block.headings)
            opens = False


def _unit(ruler: Ruler, start: int, end: int, opens: bool, headings: Headings) -> Unit:
    """Counted with the space after it where that is short, as it stands inside a chunk; a long one apart."""
    piece, count = ruler.text[start:end], ruler.count
    ink = len(piece.rstrip())
    if len(piece) - ink <= 4:
        return Unit(start, end, count(piece), 0, opens, headings)
    return Unit(start, end, count(piece[:ink]), count(piece[ink:]), opens, headings)


def _spans(ruler: Ruler, block: Block) -> Iterator[Span]:
    """A block divided; its headings stay with the first part if they fit there."""
    text, limit = ruler.text, ruler.limit
    head = block.start
    parts = iter([(block.body, block.end)]) if block.verbatim else sentence_spans(text, block.body, block.end)
    for start, end in parts:
        if head < start and not ruler.fits(head, end):
            yield from cut(text, head, start, limit, ruler.measure)
            head = start
        begin, head = min(head, start), end
        if ruler.fits(begin, end):
            yield begin, end
        else:
            yield from cut(text, begin, end, limit, ruler.measure)
    if head < block.end:
        yield from cut(text, head, block.end, limit, ruler.measure)
