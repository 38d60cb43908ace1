"""Cuts: documents into chunks whose language is told, as one setting says, in any process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from generation_functions.chunking.blocks import Path
from generation_functions.chunking.chunk import Chunk, ChunkBy, Rule, check_chunking
from generation_functions.chunking.seams import stretch_chunks
from generation_functions.chunking.stretches import Stretch
from generation_functions.chunking.tokenizer import token_counter
from generation_functions.languages import detect_language
from generation_functions.rows import Json

Told: TypeAlias = list[Any]
"""A stretch's cuts as JSON: `[tokens, language]` where the one chunk is all of its text, else the cuts and the path."""


class Cut(NamedTuple):
    """A chunk and the language it is in."""

    chunk: Chunk
    language: str


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
        _ = self.rule

    @cached_property
    def rule(self) -> Rule:
        """The same with the count itself."""
        return Rule(self.max_tokens, token_counter(self.tokenizer), self.by, self.overlap)

    def cuts(self, stretch: Stretch, source: str = "") -> tuple[Iterable[Cut], Path]:
        """A stretch's cuts, in order, and what its end stands under once they were drawn. Lazy."""
        chunks, path = stretch_chunks(stretch, self.rule, source)
        return (Cut(chunk, detect_language(chunk.text)) for chunk in chunks), path

    def told(self, stretch: Stretch) -> Told:
        """A stretch's cuts as JSON, without their texts, which whoever has the stretch has."""
        chunks, path = stretch_chunks(stretch, self.rule)
        cuts = [(chunk, detect_language(chunk.text)) for chunk in chunks]
        if stretch.whole and len(cuts) == 1:
            chunk, language = cuts[0]
            if len(chunk.text) == chunk.end and not chunk.headings and chunk.pages is None:
                return [chunk.tokens, language]
        return [[_packed(*cut) for cut in cuts], path]


def heard(stretch: Stretch, told: Told, source: str) -> tuple[Iterable[Cut], Path]:
    """What `told` told."""
    first, second = told
    text = stretch.text
    if isinstance(first, int):
        return (Cut(Chunk(text, 0, len(text), first, (), source), second),), []
    return [_unpacked(text, source, *packed) for packed in first], [(level, title) for level, title in second]


def _packed(chunk: Chunk, language: str) -> list[Json]:
    _, start, end, tokens, headings, _, overlap, pages, lead = chunk
    return [chunk.place, len(chunk.text), start, end, tokens, headings, overlap, pages, lead, language]


def _unpacked(text: str, source: str, place: int, size: int, start: int, end: int, tokens: int, *rest: Any) -> Cut:
    headings, overlap, pages, lead, language = rest
    on = (pages[0], pages[1]) if pages else None
    chunk = Chunk(text[place : place + size], start, end, tokens, tuple(headings), source, overlap, on, lead)
    return Cut(chunk, language)
