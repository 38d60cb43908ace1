"""Chunks: a text in pieces of at most so many tokens, losing and repeating nothing.

Paragraphs are packed whole while they fit, code and tables too, and a heading stays with what follows it. A paragraph
that is too long is divided at its sentences, a sentence that is too long at a line, a clause, a space, a character.
Where chunks may begin is the mode's: at any block, at headings, at any sentence, or at pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Literal, NamedTuple, TypeAlias, get_args

from generation_functions.chunking.blocks import LONGEST_INDENT, Block, Headings, Path, blocks, first_headings
from generation_functions.chunking.overlap import LONGEST_TOKEN, overlap_start
from generation_functions.chunking.packing import Unit, pack
from generation_functions.chunking.pages import divided, pages_of
from generation_functions.chunking.sections import pack_sections
from generation_functions.chunking.units import CountTokens, Ruler, units
from generation_functions.errors import ConfigError

ChunkBy: TypeAlias = Literal["tokens", "heading", "sentence", "page"]
"""Where a chunk may begin: at any paragraph; at a heading; at any sentence; at a page's beginning and at paragraphs."""


MODES: tuple[str, ...] = get_args(ChunkBy)


class Chunk(NamedTuple):
    """A piece of a document.

    text      the piece, without the space around it.
    start     where it begins in the document's text and `end` where it ends: the spans of a document's chunks follow
              one another without a gap, so the space between two chunks belongs to the first.
    tokens    how many tokens `text` has.
    headings  the titles it begins under, outermost first.
    source    the document's path.
    overlap   how many characters before `start` stand in `text` too, repeated from the chunk before.
    pages     the first and the last page of its own part, from 1; None where the document has no pages.
    lead      characters of white space before `text`, in its own part or in what is repeated.
    """

    text: str
    start: int
    end: int
    tokens: int
    headings: Headings = ()
    source: str = ""
    overlap: int = 0
    pages: tuple[int, int] | None = None
    lead: int = 0

    @property
    def place(self) -> int:
        """Where `text` begins in the document's text."""
        return self.start - self.overlap + self.lead


@dataclass(frozen=True, slots=True)
class Rule:
    """How texts are cut: `by` what, into how many tokens counted how, and how many of them repeated."""

    max_tokens: int
    count: CountTokens
    by: ChunkBy = "tokens"
    overlap: int = 0


def cut_text(
    text: str, rule: Rule, pages: Sequence[int] = (), path: Path | None = None, *, in_table: bool = False
) -> Iterator[Chunk]:
    """The chunks of a text, in order. Lazy, and near linear: `rule.count` sees every part of the text a few times.

    path      what the text stands under; afterwards, what its end does
    in_table  whether its beginning belongs to a table that began before
    """
    found = blocks(text, path, in_table=in_table)
    chunks = _chunks(Ruler(text, rule.max_tokens - rule.overlap, rule.count), rule.by, pages, found)
    return _overlapping(chunks, Ruler(text, rule.max_tokens, rule.count), rule.overlap) if rule.overlap else chunks


def check_chunking(*, max_tokens: int, by: str, overlap: int) -> None:
    """Raises `ConfigError` for bounds that nothing fits, and for a mode there is not."""
    if max_tokens < 1:
        raise ConfigError(f"max_tokens must be at least 1, not {max_tokens}", hint="800 suits most models")
    if not 0 <= overlap * 2 <= max_tokens:
        raise ConfigError(
            f"overlap must be from 0 to half of max_tokens ({max_tokens // 2}), not {overlap}",
            hint="A tenth of max_tokens suits most uses.",
        )
    if by not in MODES:
        from generation_functions.config.suggestions import did_you_mean

        raise ConfigError(
            f"chunks are made by {', '.join(MODES)}, not by {by!r}", hint=did_you_mean(by, MODES) or "by: tokens"
        )


def _chunks(ruler: Ruler, by: ChunkBy, pages: Sequence[int], found: Iterator[Block]) -> Iterator[Chunk]:
    start = 0
    for group in _groups(ruler, by, pages, found):
        end = group[-1].end
        visible, tokens, lead = _visible(ruler, start, end)
        on = pages_of(ruler.text, start, end, pages)
        yield Chunk(visible, start, end, tokens, group[0].headings, pages=on, lead=lead)
        start = end


def whole_chunk(text: str, rule: Rule, pages: Sequence[int] = (), source: str = "") -> Chunk | None:
    """A text that fits as it is: most records are so short, and need not be taken apart to be put together again."""
    end, limit = len(text), rule.max_tokens - rule.overlap
    if end > limit * LONGEST_TOKEN or rule.by == "heading" or (rule.by == "page" and pages):
        return None
    if text[:1].isspace() or text[-1:].isspace():
        visible, tokens, lead = _visible(Ruler(text, limit, rule.count), 0, end)
    else:
        visible, tokens, lead = text, rule.count(text), 0
    headings = first_headings(text) if tokens <= limit else None
    if headings is None:
        return None
    return Chunk(visible, 0, end, tokens, headings, source, 0, pages_of(text, 0, end, pages) if pages else None, lead)


def _groups(ruler: Ruler, by: ChunkBy, pages: Sequence[int], found: Iterator[Block]) -> Iterator[list[Unit]]:
    """The units of each chunk."""
    if by == "heading":
        yield from pack_sections(ruler, found)
    elif by == "page" and pages:
        for _, parts in groupby(divided(ruler.text, found, pages), itemgetter(0)):
            page = units(ruler, (part for _, part in parts))
            yield from pack(page, ruler.limit, ruler.measure)
    else:
        yield from pack(units(ruler, found, sentences=by == "sentence"), ruler.limit, ruler.measure)


def _visible(ruler: Ruler, start: int, end: int) -> tuple[str, int, int]:
    """The piece without the space around it, its tokens, and how much space is before it; code keeps its first line's
    indentation if that fits."""
    piece = ruler.text[start:end]
    inked = piece.lstrip()
    bare = inked.rstrip()
    if lead := len(piece) - len(inked):
        indent = piece[piece.rfind("\n", 0, lead) + 1 : lead]
        if 0 < len(indent) <= LONGEST_INDENT and (tokens := ruler.count(indent + bare)) <= ruler.limit:
            return indent + bare, tokens, lead - len(indent)
    return bare, ruler.count(bare), lead


def _overlapping(chunks: Iterator[Chunk], ruler: Ruler, most: int) -> Iterator[Chunk]:
    before = 0
    for chunk in chunks:
        yield repeating(ruler, before, chunk, most) if chunk.start else chunk
        before = chunk.start


def repeating(ruler: Ruler, before: int, chunk: Chunk, most: int) -> Chunk:
    """A chunk that repeats up to `most` tokens of the one that begins at `before`."""
    begin = overlap_start(ruler, before, chunk.start, chunk.end, most)
    if begin == chunk.start:
        return chunk
    text, tokens, lead = _visible(ruler, begin, chunk.end)
    return chunk._replace(text=text, tokens=tokens, overlap=chunk.start - begin, lead=lead)
