"""Existing conversations in another language, each translation measured by its way back."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import Field

from generation.core_components.conversations import ThoughtsAs, answered, conversations
from generation.core_pipelines.translate_dataset.steps import (
    as_conversation,
    has_its_names,
    near_enough,
    opened,
    scored,
    translate,
    translate_back,
    translated_talk,
)
from generation_functions import Dataset, Model, Run

Share = Annotated[float, Field(ge=0, le=1)]


async def translate_dataset(
    run: Run,
    *,
    input: Annotated[Path, Field(description="Conversations: a file, a folder of files, or a run's folder.")],
    language: Annotated[str, Field(min_length=2, description="Language to translate into, by its name: German.")],
    writer: Annotated[Model, Field(description="Translates.")],
    reader: Annotated[Model, Field(description="Translates back, without having seen the original.")],
    source_language: Annotated[
        str | None, Field(description="Language of the conversations; by default what is detected, or English.")
    ] = None,
    keep: Annotated[list[str], Field(description="Names and terms that are never translated.")] = [],  # noqa: B006
    least_score: Annotated[Share, Field(description="Least chrF between the original and the way back.")] = 0.5,
    least_names: Annotated[Share, Field(description="Least share of names that come through.")] = 0.8,
    thoughts_as: Annotated[ThoughtsAs, Field(description="Thoughts in <think> tags, or in a field.")] = "tags",
) -> Dataset:
    """Translate existing conversations, and keep what comes back as it was."""
    talks = (
        conversations(run, input)
        .filter(answered)
        .map(partial(opened, language=language, source_language=source_language, keep=keep), name="open")
        .through(translate, model=writer, language=language)
        .through(translate_back, model=reader)
        .map(scored, name="score")
        .filter(partial(near_enough, least=least_score), name="near_enough")
        .filter(partial(has_its_names, least=least_names), name="has_its_names")
        .map(translated_talk, name="close")
    )
    return await run.write(talks, "translated", partial(as_conversation, thoughts_as=thoughts_as))
