"""Existing conversations said anew: in another style or language, with a system prompt, with thoughts."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import Field

from generation.core_components.conversations import ThoughtsAs, answered, conversations
from generation.core_components.languages import OWN_LANGUAGE_OF_CONVERSATION, Language
from generation.core_pipelines.rephrase_dataset.changes import (
    Change,
    add_system,
    add_thoughts,
    as_conversation,
    closed,
    opened,
    taken_out,
    writes,
)
from generation.core_pipelines.rephrase_dataset.steps import check_same, rewrite
from generation_functions import Dataset, Model, Run


async def rephrase_dataset(
    run: Run,
    *,
    input: Annotated[Path, Field(description="Conversations: a file, a folder of files, or a run's folder.")],
    writer: Annotated[Model, Field(description="Rewrites, and writes system prompts and thoughts.")],
    judge: Annotated[Model, Field(description="Decides whether a rewriting still says the same.")],
    styles: Annotated[list[str], Field(description="Manners of speaking; each conversation draws one.")] = [],  # noqa: B006
    language: Language = OWN_LANGUAGE_OF_CONVERSATION,
    votes: Annotated[int, Field(ge=1, le=15, description="Most votes on whether a rewriting says the same.")] = 3,
    system: Annotated[Change, Field(description="System prompts: keep, add, replace or drop them.")] = "keep",
    thoughts: Annotated[
        Change, Field(description="Thoughts before answers: keep, add, replace or drop them.")
    ] = "keep",
    thoughts_as: Annotated[ThoughtsAs, Field(description="Thoughts in <think> tags, or in a field.")] = "tags",
) -> Dataset:
    """Say existing conversations anew: style, language, system prompts, thoughts."""
    talks = (
        conversations(run, input)
        .filter(answered)
        .map(partial(taken_out, system=system, thoughts=thoughts), name="take_out")
    )
    if styles or language != OWN_LANGUAGE_OF_CONVERSATION:
        talks = (
            talks.map(partial(opened, styles=styles, language=language, seed=run.seed), name="open")
            .through(rewrite, model=writer, language=language)
            .through(check_same, model=judge, votes=votes)
            .map(closed, name="close")
        )
    if writes(system):
        talks = talks.through(add_system, model=writer, language=language)
    if writes(thoughts):
        talks = talks.through(add_thoughts, model=writer, language=language)
    return await run.write(talks, "rephrased", partial(as_conversation, thoughts_as=thoughts_as))
