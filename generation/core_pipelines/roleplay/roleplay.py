"""Roleplay: characters drawn from emotions and archetypes, their bibles, and stories in turns, kept by rating."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from generation.core_components.languages import Language
from generation.core_components.reading import DocumentReading, Reading
from generation.core_pipelines.roleplay.casting import ARCHETYPES, EMOTIONS, WORLDS, cast_from_text, casts
from generation.core_pipelines.roleplay.steps import rate_story, write_bible, write_features, write_scene, write_story
from generation_functions import Dataset, Model, Row, Run

Listed = list[str]


async def roleplay(
    run: Run,
    *,
    writer: Annotated[Model, Field(description="Invents characters and writes their stories.")],
    judge: Annotated[Model, Field(description="Rates the stories.")],
    stories: Annotated[int, Field(ge=1, description="How many stories to begin.")] = 100,
    turns: Annotated[int, Field(ge=1, le=12, description="Turns of a story, of both sides.")] = 6,
    least_rating: Annotated[float, Field(ge=1, le=10, description="Least rating of a story, 1 to 10, to be kept.")] = 6,
    emotions: Annotated[Listed, Field(description="What drives characters; each draws one.")] = list(EMOTIONS),  # noqa: B006
    archetypes: Annotated[Listed, Field(description="What characters start from.")] = list(ARCHETYPES),  # noqa: B006
    worlds: Annotated[Listed, Field(description="Where stories play, without documents.")] = list(WORLDS),  # noqa: B006
    input_dir: Annotated[Path | None, Field(description="Folder of documents that inspire characters.")] = None,
    chunk_tokens: Annotated[int, Field(ge=64, le=32_000, description="Longest inspiration, in tokens.")] = 400,
    reading: DocumentReading = Reading(),
    language: Language = "English",
) -> Dataset:
    """Write roleplay conversations with characters of many kinds, and keep the good ones."""
    plans = casts(stories, emotions, archetypes, worlds, run.seed)
    if input_dir is None:
        cast = run.rows(list(plans), name="cast")
    else:
        draw = partial(cast_from_text, emotions=emotions, archetypes=archetypes, seed=run.seed)
        cast = reading.chunks(run, input_dir, chunk_tokens).sample(stories).map(draw, name="cast")
    told = (
        cast.through(write_features, model=writer, language=language)
        .through(write_scene, model=writer, language=language)
        .through(write_bible, model=writer, language=language)
        .map(lambda row: {"turns": turns}, name="turns")
        .through(write_story, model=writer, language=language)
        .through(rate_story, model=judge, at_least=least_rating)
    )
    return await run.write(told.map(about, name="label"), "roleplay", as_conversation)


def about(row: Row) -> dict[str, Any]:
    """What a row of the dataset says of itself."""
    names = ("emotion", "archetype", "world", "rating")
    return {"metadata": {"character": row["features"]["name"], **{name: row[name] for name in names}}}


def as_conversation(row: Row) -> dict[str, Any]:
    """A row of the dataset: the character's bible as the system prompt, and the story as messages."""
    turns = [{"role": name.rstrip("0123456789"), "content": text} for name, text in row["story"].items()]
    return {"messages": [{"role": "system", "content": row["bible"]}, *turns]}
