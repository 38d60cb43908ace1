"""Factual questions and answers from documents, checked against them, as conversations to train on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from generation.core_components.languages import OWN_LANGUAGE, Language
from generation.core_components.reading import DocumentReading, Reading
from generation.core_pipelines.factual_qa.conversation import as_conversation
from generation.core_pipelines.factual_qa.steps import (
    ask_questions,
    check_answer,
    check_question,
    check_relevance,
    keep_suitable,
    repair,
)
from generation_functions import Dataset, Model, Run


async def factual_qa(
    run: Run,
    *,
    input_dir: Annotated[Path, Field(description="Folder of source documents.")],
    writer: Annotated[Model, Field(description="Writes and mends the questions and answers.")],
    judge: Annotated[Model, Field(description="Decides what is kept.")],
    chunk_tokens: Annotated[int, Field(ge=64, le=32_000, description="Longest chunk, in tokens.")] = 800,
    questions: Annotated[int, Field(ge=1, le=20, description="Most questions asked about a chunk.")] = 4,
    votes: Annotated[int, Field(ge=1, le=15, description="Votes each check may take; more than half must pass.")] = 3,
    turns: Annotated[int, Field(ge=1, le=20, description="Most question-and-answer turns in a conversation.")] = 1,
    question_duplicates: Annotated[
        float | None, Field(gt=0, le=1, description="Drop questions worded this much like one before; 1: equal ones.")
    ] = None,
    language: Language = OWN_LANGUAGE,
    reading: DocumentReading = Reading(),
) -> Dataset:
    """Write question-and-answer conversations grounded in your documents."""
    chunks = reading.chunks(run, input_dir, chunk_tokens)
    asked = chunks.through(keep_suitable, model=judge).through(
        ask_questions, model=writer, most=questions, language=language
    )
    if question_duplicates is not None:
        asked = asked.deduplicate("question", threshold=question_duplicates)
    pairs = (
        asked.through(check_question, model=judge, votes=votes)
        .through(check_relevance, model=judge, votes=votes)
        .through(check_answer, model=judge, votes=votes)
        .through(repair, model=writer)
    )
    conversations = pairs.group(size=turns, into="pairs", fields=["question", "answer"])
    return await run.write(conversations, "factual_qa", as_conversation)
