"""From a stream of chunks to an index, and to chunks with their neighbours. Embeddings are paid once and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generation.core_components.retrieval.passage import Passage
from generation.core_components.retrieval.retrieving import EmbedStep
from generation_functions import Model, Row, Run, Stream
from generation_functions.steps.embedding import gives_embeddings
from generation_functions.steps.outcome import Outcome
from generation_functions.store import KEPT
from generation_functions.streams.stage import Stage

if TYPE_CHECKING:
    from generation.core_components.retrieval.index import Index


@dataclass(frozen=True)
class Library:
    """An index, and its chunks as a stream to go on with."""

    index: Index
    chunks: Stream


async def searchable(run: Run, chunks: Stream, *, embedder: Model | None = None) -> Library:
    """Read all chunks and index them.

    embedder  a model with `mode: embedding`; without one (or with the offline writer) vectors are made of letters

    All chunks are indexed, also where a run is limited to a few: those few find what they will find in the whole run.
    """
    rows, index = await _indexed(run, chunks, embedder)
    return Library(index, _again(run, chunks, "index", lambda: ((row, row, {}) for row in rows)))


async def related_chunks(
    run: Run, chunks: Stream, *, most: int = 3, embedder: Model | None = None, into: str = "related"
) -> Stream:
    """The chunks, each with up to `most` that belong to it and stand elsewhere, in the order of the documents: their
    text, source, title and key.

    A chunk that nothing else belongs to is dropped.
    """
    rows, index = await _indexed(run, chunks, embedder)

    def source() -> Iterator[tuple[Row, Row | None, dict[str, object]]]:
        for row, hits in zip(rows, index.related(most), strict=True):
            # By source, not by rank: a rank may change with any document, and with it a prompt that shows them.
            elsewhere = sorted(
                (hit.passage for hit in hits), key=lambda passage: (passage.source, passage.place, passage.key)
            )
            fields = {into: [passage.as_field() for passage in elsewhere]}
            yield row, row.adding(fields) if hits else None, fields

    return _again(run, chunks, "related", source)


async def _indexed(run: Run, chunks: Stream, embedder: Model | None) -> tuple[list[Row], Index]:
    from generation.core_components.retrieval.index import Index
    from generation.core_components.retrieval.vectors import decoded

    step = EmbedStep("embed")
    embeds = gives_embeddings(embedder)
    rows = await run.collect(chunks.through(step, model=embedder) if embeds else chunks, every=True)
    vectors = decoded([step.vectors[row.key] for row in rows]) if embeds and rows else None
    return rows, Index([Passage.of(row) for row in rows], vectors)


def _again(
    run: Run, chunks: Stream, name: str, source: Callable[[], Iterator[tuple[Row, Row | None, dict[str, object]]]]
) -> Stream:
    """A stream of rows that were collected already, under their own keys and places."""
    stage = Stage(name, chunks.end)

    def rows() -> Iterator[Row]:
        for row, made, fields in source():
            if made is None:
                run.record(stage, row, Outcome.dropped("nothing else belongs to it"))
                continue
            yield made
            # Only now: a row that is looked at to see whether any is left, and not taken, is none of the run's.
            run.record(stage, row, Outcome(KEPT, [(made, fields)]))

    return Stream(run, rows, (stage,))
