"""Conversations in which an answer is doubted and put right; the flawed answer is masked from the loss."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import Field

from generation.core_components.conversations import ThoughtsAs
from generation.core_components.languages import OWN_LANGUAGE, Language
from generation.core_components.reading import DocumentReading, Reading
from generation.core_pipelines.corrections.conversation import about, as_conversation
from generation.core_pipelines.corrections.flaws import FLAWS, Flaw, fate
from generation.core_pipelines.corrections.steps import answer_first, ask, check, correct
from generation_functions import Dataset, Model, Run


async def corrections(
    run: Run,
    *,
    input_dir: Annotated[Path, Field(description="Folder of source documents.")],
    writer: Annotated[Model, Field(description="Asks, answers rightly and wrongly, doubts and corrects.")],
    judge: Annotated[Model, Field(description="Decides whether what is wrong is wrong and what is right is right.")],
    chunk_tokens: Annotated[int, Field(ge=64, le=32_000, description="Longest chunk, in tokens.")] = 800,
    reading: DocumentReading = Reading(),
    questions: Annotated[int, Field(ge=1, le=20, description="Most questions asked about a chunk.")] = 2,
    flaws: Annotated[
        tuple[Flaw, ...], Field(min_length=1, description="Flaws that first answers are drawn from.")
    ] = FLAWS,
    right_share: Annotated[
        float, Field(ge=0, le=1, description="Share of first answers that are right, doubted, and stood by.")
    ] = 0.2,
    votes: Annotated[int, Field(ge=1, le=15, description="Votes the check may take; more than half must pass.")] = 3,
    thoughts_as: Annotated[ThoughtsAs, Field(description="Thoughts in <think> tags, or in a field.")] = "tags",
    language: Language = OWN_LANGUAGE,
) -> Dataset:
    """Write conversations that put a flawed answer right when it is doubted, and stand by a right one."""
    corrected = (
        reading.chunks(run, input_dir, chunk_tokens)
        .through(ask, model=writer, most=questions, language=language)
        .map(fate(flaws, right_share, run.seed), name="fate")
        .through(answer_first, model=writer, language=language)
        .through(correct, model=writer, language=language)
        .through(check, model=judge, votes=votes)
        .map(about)
    )
    shape = partial(as_conversation, thoughts_as=thoughts_as)
    return await run.write(corrected, "corrections", shape, formats=("messages", "segments"))
