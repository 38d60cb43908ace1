"""Cuts: documents into chunks whose language is told, as one setting says, in any process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from generation_functions.chunking.chunk import Chunk, ChunkBy, check_chunking, chunk_document
from generation_functions.chunking.tokenizer import token_counter
from generation_functions.chunking.units import CountTokens
from generation_functions.documents.document import Document
from generation_functions.languages import detect_language
from generation_functions.rows import Json


class Cut(NamedTuple):
    """A chunk and the language it is in."""

    chunk: Chunk
    language: str

    def packed(self, number: int, document: Document) -> list[Json]:
        """As JSON: the document's number, and the cut without the text, which whoever has the document has."""
        chunk = self.chunk
        begin = chunk.start - chunk.overlap
        finish = begin + len(document.text[begin : chunk.end].rstrip())
        place = [number, finish - len(chunk.text), finish, chunk.start, chunk.end, chunk.tokens]
        return [*place, chunk.headings, chunk.overlap, chunk.pages, self.language]


def unpacked(document: Document, told: list[Any]) -> Cut:
    """The cut of a document that `packed` told of."""
    _, begin, finish, start, end, tokens, headings, overlap, pages, language = told
    pages = (pages[0], pages[1]) if pages else None
    headings = tuple(headings) if headings else ()
    return Cut(
        Chunk(document.text[begin:finish], start, end, tokens, headings, document.source, overlap, pages), language
    )


@dataclass(frozen=True)
class Cutting:
    """How documents are cut: the settings of `chunk_document`, with the place of a tokenizer instead of a count."""

    max_tokens: int
    by: ChunkBy = "tokens"
    overlap: int = 0
    tokenizer: str | None = None

    def check(self) -> None:
        """Raises `ConfigError` for settings that mean nothing, and for a tokenizer that cannot be had."""
        check_chunking(max_tokens=self.max_tokens, by=self.by, overlap=self.overlap)
        _ = self._count

    @cached_property
    def _count(self) -> CountTokens:
        return token_counter(self.tokenizer)

    def cuts(self, document: Document) -> Iterator[Cut]:
        """The document's cuts, in order. Lazy."""
        found = chunk_document(
            document, max_tokens=self.max_tokens, count=self._count, by=self.by, overlap=self.overlap
        )
        return (Cut(chunk, detect_language(chunk.text)) for chunk in found)
