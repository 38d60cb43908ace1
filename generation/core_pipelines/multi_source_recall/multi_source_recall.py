"""Questions that several passages answer together, asked in different ways, with answers that think and cite."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import Field

from generation.core_components.conversations import ThoughtsAs
from generation.core_components.languages import OWN_LANGUAGE, Language
from generation.core_components.reading import DocumentReading, Reading
from generation.core_components.retrieval import related_chunks
from generation.core_pipelines.multi_source_recall.conversation import about, as_conversation
from generation.core_pipelines.multi_source_recall.steps import answer, ask_in_ways, asks_something, check_answer
from generation.core_pipelines.multi_source_recall.ways import SHARES, Way
from generation_functions import Dataset, Model, Run


async def multi_source_recall(
    run: Run,
    *,
    input_dir: Annotated[Path, Field(description="Folder of source documents.")],
    writer: Annotated[Model, Field(description="Asks and answers.")],
    judge: Annotated[Model, Field(description="Decides whether an answer is grounded.")],
    embedder: Annotated[
        Model | None, Field(description="Gives vectors to find related passages by; letters do without one.")
    ] = None,
    chunk_tokens: Annotated[int, Field(ge=64, le=32_000, description="Longest chunk, in tokens.")] = 800,
    reading: DocumentReading = Reading(),
    related: Annotated[int, Field(ge=1, le=10, description="Most passages shown beside a chunk.")] = 3,
    ways: Annotated[dict[Way, float], Field(description="Ways of asking, each with its share.")] = dict(SHARES),  # noqa: B006
    questions: Annotated[int, Field(ge=1, le=6, description="Questions about a chunk, each in a way of its own.")] = 2,
    votes: Annotated[int, Field(ge=1, le=15, description="Votes the check may take; more than half must pass.")] = 3,
    thoughts_as: Annotated[ThoughtsAs, Field(description="Thoughts in <think> tags, or in a field.")] = "tags",
    language: Language = OWN_LANGUAGE,
) -> Dataset:
    """Write questions that need several passages, and answers that think first and name their sources."""
    chunks = reading.chunks(run, input_dir, chunk_tokens)
    seeds = await related_chunks(run, chunks, most=related, embedder=embedder)
    answered = (
        seeds.through(ask_in_ways, model=writer, ways=ways, questions=questions, seed=run.seed, language=language)
        .filter(asks_something)
        .through(answer, model=writer, language=language)
        .through(check_answer, model=judge, votes=votes)
        .map(about)
    )
    shape = partial(as_conversation, thoughts_as=thoughts_as)
    return await run.write(answered, "multi_source_recall", shape, formats=("messages", "segments"))
