"""Conversations that use retrieved passages, and a share in which the search failed and the model must notice."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import Field

from generation.core_components.conversations import ThoughtsAs
from generation.core_components.languages import OWN_LANGUAGE, Language
from generation.core_components.reading import DocumentReading, Reading
from generation.core_components.retrieval import RetrieveStep, searchable
from generation.core_pipelines.rag_data.conversation import KEPT_OF_A_TURN, PassagesIn, about, as_conversation
from generation.core_pipelines.rag_data.outcomes import outcome
from generation.core_pipelines.rag_data.steps import answer, ask, check_answer
from generation_functions import Dataset, Model, Run


async def rag_data(
    run: Run,
    *,
    input_dir: Annotated[Path, Field(description="Folder of source documents.")],
    writer: Annotated[Model, Field(description="Asks and answers.")],
    judge: Annotated[Model, Field(description="Decides whether an answer is what its passages allow.")],
    embedder: Annotated[
        Model | None, Field(description="Gives vectors to search by; words and their spelling do without one.")
    ] = None,
    chunk_tokens: Annotated[int, Field(ge=64, le=32_000, description="Longest passage, in tokens.")] = 400,
    reading: DocumentReading = Reading(),
    questions: Annotated[int, Field(ge=1, le=20, description="Most questions asked about a chunk.")] = 2,
    passages: Annotated[int, Field(ge=1, le=20, description="Passages that a search gives.")] = 3,
    failed_share: Annotated[float, Field(ge=0, le=1, description="Share of searches that are made to fail.")] = 0.25,
    unknown_share: Annotated[
        float, Field(ge=0, le=1, description="Share of failed searches whose answer is that it is not known.")
    ] = 0.5,
    votes: Annotated[int, Field(ge=1, le=15, description="Votes the check may take; more than half must pass.")] = 3,
    turns: Annotated[int, Field(ge=1, le=20, description="Most questions in a conversation.")] = 1,
    passages_in: Annotated[
        PassagesIn, Field(description="Where passages stand: before each question, or in the system prompt.")
    ] = "user",
    thoughts_as: Annotated[ThoughtsAs, Field(description="Thoughts in <think> tags, or in a field.")] = "tags",
    language: Language = OWN_LANGUAGE,
) -> Dataset:
    """Write conversations that use what a search found, and notice where it found the wrong thing."""
    library = await searchable(run, reading.chunks(run, input_dir, chunk_tokens), embedder=embedder)
    search = RetrieveStep("search", library.index, most=passages, missed=failed_share, together=turns > 1)
    answered = (
        library.chunks.through(ask, model=writer, most=questions, language=language)
        .through(search, model=embedder)
        .map(outcome(unknown_share, run.seed, turns=turns), name="outcome")
        .through(answer, model=writer, language=language)
        .through(check_answer, model=judge, votes=votes)
        .group(size=turns, into="turns", fields=KEPT_OF_A_TURN)
        .map(about)
    )
    shape = partial(as_conversation, passages_in=passages_in, thoughts_as=thoughts_as)
    return await run.write(answered, "rag_data", shape, formats=("messages", "segments"))
