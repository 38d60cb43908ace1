"""Pairs of a better and a worse answer to one prompt, judged in both orders, for preference training."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import Field

from generation.core_components.conversations import conversations
from generation.core_components.languages import OWN_LANGUAGE_OF_CONVERSATION, Language
from generation.core_pipelines.preference_pairs.candidates import Way, asked, check_ways, pair_up
from generation.core_pipelines.preference_pairs.flaws import FLAWS, Flaw
from generation.core_pipelines.preference_pairs.judgement import (
    SETTLE,
    as_preference,
    clearly_better,
    report_bias,
    settled,
)
from generation.core_pipelines.preference_pairs.steps import compare, compare_swapped
from generation_functions import Dataset, Model, Run


async def preference_pairs(
    run: Run,
    *,
    input: Annotated[Path, Field(description="Conversations: a file, a folder of files, or a run's folder.")],
    writer: Annotated[Model, Field(description="Writes answers, and plants flaws into good ones.")],
    judge: Annotated[Model, Field(description="Scores answers and compares them.")],
    weak: Annotated[Model | None, Field(description="Writes the worse answers of the way `strength`.")] = None,
    ways: Annotated[list[Way], Field(description="How pairs are found.")] = ["samples", "flaws"],  # noqa: B006
    samples: Annotated[int, Field(ge=2, le=16, description="Answers that the best and worst are taken from.")] = 4,
    flaws: Annotated[list[Flaw], Field(description="Kinds of flaws; each answer draws one.")] = list(FLAWS),  # noqa: B006
    least_margin: Annotated[float, Field(ge=0, le=9, description="Least lead of the better answer, in points.")] = 1.0,
    language: Language = OWN_LANGUAGE_OF_CONVERSATION,
) -> Dataset:
    """Find a better and a worse answer to each prompt, and keep what the judge prefers in both orders."""
    check_ways(ways, weak, flaws)
    pairs = (
        conversations(run, input)
        .map(asked)
        .through(
            pair_up,
            writer=writer,
            weak=weak,
            judge=judge,
            ways=ways,
            samples=samples,
            flaws=flaws,
            language=language,
            seed=run.seed,
        )
        .through(compare, model=judge)
        .through(compare_swapped, model=judge)
        .map(settled, name=SETTLE)
        .filter(partial(clearly_better, least_margin=least_margin), name="clearly_better")
    )
    dataset = await run.write(pairs, "preference_pairs", as_preference, formats=("dpo-chat", "dpo"))
    report_bias(run)
    return dataset
