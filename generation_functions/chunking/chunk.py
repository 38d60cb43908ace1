"""Chunks: a text in pieces of at most so many tokens, losing and repeating nothing.

Paragraphs are packed whole while they fit, code and tables too, and a heading stays with what follows it. A paragraph
that is too long is divided at its sentences, a sentence that is too long at a line, a clause, a space, a character.
Where chunks may begin is the mode's: at any block, at headings, at any sentence, or at pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Literal, TypeAlias, get_args

from generation_functions.chunking.blocks import LONGEST_INDENT, Headings, blocks, first_headings
from generation_functions.chunking.overlap import LONGEST_TOKEN, overlap_start
from generation_functions.chunking.packing import Unit, pack
from generation_functions.chunking.pages import divided, pages_of
from generation_functions.chunking.sections import pack_sections
from generation_functions.chunking.units import CountTokens, Ruler, units
from generation_functions.documents.document import Document
from generation_functions.errors import ConfigError
from generation_functions.models.tokens import estimate_tokens

ChunkBy: TypeAlias = Literal["tokens", "heading", "sentence", "page"]
"""Where a chunk may begin: at any paragraph; at a heading; at any sentence; at a page's beginning and at paragraphs."""


MODES: tuple[str, ...] = get_args(ChunkBy)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document.

    text      the piece, without the space around it.
    start     where it begins in the document's text and `end` where it ends: the spans of a document's chunks follow
              one another without a gap, so the space between two chunks belongs to the first.
    tokens    how many tokens `text` has.
    headings  the titles it begins under, outermost first.
    source    the document's path.
    overlap   how many characters before `start` stand in `text` too, repeated from the chunk before.
    pages     the first and the last page of its own part, from 1; None where the document has no pages.
    """

    text: str
    start: int
    end: int
    tokens: int
    headings: Headings = ()
    source: str = ""
    overlap: int = 0
    pages: tuple[int, int] | None = None

    def of(self, source: str) -> Chunk:
        """The same chunk, of a document."""
        headings, pages = self.headings, self.pages
        return Chunk(self.text, self.start, self.end, self.tokens, headings, source, self.overlap, pages)


def chunk_document(
    document: Document,
    *,
    max_tokens: int,
    count: CountTokens = estimate_tokens,
    by: ChunkBy = "tokens",
    overlap: int = 0,
) -> Iterator[Chunk]:
    """The chunks of a document, in order, each naming its source. Lazy."""
    pages: tuple[int, ...] = getattr(document, "pages", ())
    found = chunk_text(document.text, max_tokens=max_tokens, count=count, by=by, overlap=overlap, pages=pages)
    return (chunk.of(document.source) for chunk in found) if document.source else found


def chunk_text(
    text: str,
    *,
    max_tokens: int,
    count: CountTokens = estimate_tokens,
    by: ChunkBy = "tokens",
    overlap: int = 0,
    pages: Sequence[int] = (),
) -> Iterator[Chunk]:
    """The chunks of a text, in order, each of at most `max_tokens` by `count`; none for a text that is all space.

    by       where chunks begin, see `ChunkBy`
    overlap  most tokens that a chunk repeats of the one before, in whole sentences; they count towards `max_tokens`
    pages    the offsets where pages begin

    Lazy and near linear: `count` sees every part of the text a few times, whatever the text is. Only a single character
    that counts for more than `max_tokens` makes a chunk above it. Raises `ConfigError` for bounds that nothing fits.
    """
    check_chunking(max_tokens=max_tokens, by=by, overlap=overlap)
    ruler = Ruler(text, max_tokens - overlap, count)
    chunks = _chunks(ruler, by, pages)
    return _overlapping(chunks, Ruler(text, max_tokens, count), overlap) if overlap else chunks


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


def _chunks(ruler: Ruler, by: ChunkBy, pages: Sequence[int]) -> Iterator[Chunk]:
    whole = _whole(ruler, pages) if by != "heading" and not (by == "page" and pages) else None
    if whole is not None:
        yield whole
        return
    start = 0
    for group in _groups(ruler, by, pages):
        end = group[-1].end
        visible, tokens = _visible(ruler, start, end)
        yield Chunk(visible, start, end, tokens, group[0].headings, pages=pages_of(ruler.text, start, end, pages))
        start = end


def _whole(ruler: Ruler, pages: Sequence[int]) -> Chunk | None:
    """A text that fits as it is: most records are so short, and need not be taken apart to be put together again."""
    end = len(ruler.text)
    if end > ruler.limit * LONGEST_TOKEN:
        return None
    visible, tokens = _visible(ruler, 0, end)
    headings = first_headings(ruler.text) if tokens <= ruler.limit else None
    if headings is None:
        return None
    return Chunk(visible, 0, end, tokens, headings, pages=pages_of(ruler.text, 0, end, pages))


def _groups(ruler: Ruler, by: ChunkBy, pages: Sequence[int]) -> Iterator[list[Unit]]:
    """The units of each chunk."""
    found = blocks(ruler.text)
    if by == "heading":
        yield from pack_sections(ruler, found)
    elif by == "page" and pages:
        for _, parts in groupby(divided(ruler.text, found, pages), itemgetter(0)):
            page = units(ruler, (part for _, part in parts))
            yield from pack(page, ruler.limit, ruler.measure)
    else:
        yield from pack(units(ruler, found, sentences=by == "sentence"), ruler.limit, ruler.measure)


def _visible(ruler: Ruler, start: int, end: int) -> tuple[str, int]:
    """The piece without the space around it, and its tokens; code keeps its first line's indentation if that fits."""
    piece = ruler.text[start:end]
    inked = piece.lstrip()
    bare = inked.rstrip()
    space = piece[: len(piece) - len(inked)]
    indent = space[space.rfind("\n") + 1 :]
    if 0 < len(indent) <= LONGEST_INDENT and (tokens := ruler.count(indent + bare)) <= ruler.limit:
        return indent + bare, tokens
    return bare, ruler.count(bare)


def _overlapping(chunks: Iterator[Chunk], ruler: Ruler, most: int) -> Iterator[Chunk]:
    before = 0
    for chunk in chunks:
        begin = overlap_start(ruler, before, chunk.start, chunk.end, most) if chunk.start else 0
        before = chunk.start
        if begin == chunk.start:
            yield chunk
            continue
        text, tokens = _visible(ruler, begin, chunk.end)
        yield replace(chunk, text=text, tokens=tokens, overlap=chunk.start - begin)
