"""Chunks of whole documents and texts, in one process: stretch after stretch, as those of one text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generation_functions.chunking.chunk import Chunk, ChunkBy, Rule, check_chunking
from generation_functions.chunking.seams import Seam, stretch_chunks
from generation_functions.chunking.stretches import stretches
from generation_functions.chunking.units import CountTokens
from generation_functions.documents.document import Document
from generation_functions.models.tokens import estimate_tokens


def chunk_document(
    document: Document,
    *,
    max_tokens: int,
    count: CountTokens = estimate_tokens,
    by: ChunkBy = "tokens",
    overlap: int = 0,
) -> Iterator[Chunk]:
    """The chunks of a document, in order, each naming its source. Lazy."""
    check_chunking(max_tokens=max_tokens, by=by, overlap=overlap)
    return document_chunks(document, Rule(max_tokens, count, by, overlap))


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
    document = Document("", text, pages=tuple(pages))
    return chunk_document(document, max_tokens=max_tokens, count=count, by=by, overlap=overlap)


def document_chunks(document: Document, rule: Rule) -> Iterator[Chunk]:
    """The chunks of a document by a rule that was checked."""
    seam = Seam(rule)
    for stretch in stretches(document, by_page=rule.by == "page"):
        chunks, path = stretch_chunks(stretch, rule, document.source)
        for chunk in chunks:
            yield chunk if stretch.whole else seam.chunk(stretch, chunk)
        seam.end(path)
