"""Chunks: a text in pieces of at most so many tokens, losing and repeating nothing.

Paragraphs are packed whole while they fit, code and tables too, and a heading stays with what follows it. A paragraph
that is too long is divided at its sentences, a sentence that is too long at a line, a clause, a space, a character.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from generation_functions.chunking.blocks import LONGEST_INDENT, Block, Headings, blocks
from generation_functions.chunking.cutting import Measure, cut
from generation_functions.chunking.packing import Unit, pack
from generation_functions.chunking.sentences import Span, sentence_spans
from generation_functions.documents.document import Document
from generation_functions.errors import ConfigError
from generation_functions.models.tokens import estimate_tokens

CountTokens = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document.

    text      the piece, without the space around it.
    start     where it begins in the document's text and `end` where it ends: the spans of a document's chunks follow
              one another without a gap, so the space between two chunks belongs to the first.
    tokens    how many tokens `text` has.
    headings  the titles it begins under, outermost first.
    source    the document's path.
    """

    text: str
    start: int
    end: int
    tokens: int
    headings: Headings = ()
    source: str = ""


def chunk_document(document: Document, *, max_tokens: int, count: CountTokens = estimate_tokens) -> Iterator[Chunk]:
    """The chunks of a document, in order, each naming its source. Lazy."""
    return (
        replace(chunk, source=document.source)
        for chunk in chunk_text(document.text, max_tokens=max_tokens, count=count)
    )


def chunk_text(text: str, *, max_tokens: int, count: CountTokens = estimate_tokens) -> Iterator[Chunk]:
    """The chunks of a text, in order, each of at most `max_tokens` by `count`; none for a text that is all space.

    Lazy and near linear: `count` sees every part of the text a few times, whatever the text is. Only a single character
    that counts for more than `max_tokens` makes a chunk above it. Raises `ConfigError` for `max_tokens` below 1.
    """
    if max_tokens < 1:
        raise ConfigError(f"max_tokens must be at least 1, not {max_tokens}", hint="800 suits most models")
    return _chunks(text, max_tokens, count)


def _chunks(text: str, limit: int, count: CountTokens) -> Iterator[Chunk]:
    def measure(start: int, end: int) -> int:
        return count(text[start:end].strip())

    start = 0
    for group in pack(_units(text, limit, count, measure), limit, measure):
        end = group[-1].end
        visible, tokens = _visible(text[start:end], limit, count)
        yield Chunk(visible, start, end, tokens, group[0].headings)
        start = end


def _visible(piece: str, limit: int, count: CountTokens) -> tuple[str, int]:
    """The piece without the space around it, and its tokens; code keeps its first line's indentation if that fits."""
    bare = piece.strip()
    space = piece[: piece.find(bare)]
    indent = space[space.rfind("\n") + 1 :]
    if 0 < len(indent) <= LONGEST_INDENT and (tokens := count(indent + bare)) <= limit:
        return indent + bare, tokens
    return bare, count(bare)


def _units(text: str, limit: int, count: CountTokens, measure: Measure) -> Iterator[Unit]:
    for block in blocks(text):
        opens = True
        for start, end in _spans(text, block, limit, measure):
            yield _unit(text, start, end, opens, block.headings, count)
            opens = False


def _unit(text: str, start: int, end: int, opens: bool, headings: Headings, count: CountTokens) -> Unit:
    """Counted with the space after it where that is short, as it stands inside a chunk; a long one apart."""
    piece = text[start:end]
    ink = len(piece.rstrip())
    if len(piece) - ink <= 4:
        return Unit(start, end, count(piece), 0, opens, headings)
    return Unit(start, end, count(piece[:ink]), count(piece[ink:]), opens, headings)


def _spans(text: str, block: Block, limit: int, measure: Measure) -> Iterator[Span]:
    """A block whole if it fits, else divided; its headings stay with the first part if they fit there."""
    if measure(block.start, block.end) <= limit:
        yield block.start, block.end
        return
    head = block.start
    parts = iter([(block.body, block.end)]) if block.verbatim else sentence_spans(text, block.body, block.end)
    for start, end in parts:
        if head < start and measure(head, end) > limit:
            yield from cut(text, head, start, limit, measure)
            head = start
        begin, head = min(head, start), end
        if measure(begin, end) <= limit:
            yield begin, end
        else:
            yield from cut(text, begin, end, limit, measure)
    if head < block.end:
        yield from cut(text, head, block.end, limit, measure)
