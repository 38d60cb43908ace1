"""Tasks made harder and broader round by round, for many kinds of people, with judged answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from generation.core_components.conversations import conversations
from generation.core_components.languages import Language
from generation.core_components.shares import Share, check_shares
from generation.core_pipelines.instruction_evolution.changes import PERSONAS, SHARES, Change
from generation.core_pipelines.instruction_evolution.growing import grow
from generation.core_pipelines.instruction_evolution.steps import answer, score_answer
from generation.core_pipelines.instruction_evolution.tasks import as_conversation, origin, seed_task
from generation_functions import Dataset, Model, Run


async def instruction_evolution(
    run: Run,
    *,
    seeds: Annotated[Path, Field(description="Tasks to begin with: conversations in any format, or a run's output.")],
    writer: Annotated[Model, Field(description="Changes the tasks and answers them.")],
    judge: Annotated[Model, Field(description="Decides which tasks and answers are kept.")],
    rounds: Annotated[int, Field(ge=1, le=10, description="How often a task is changed further.")] = 3,
    lines: Annotated[int, Field(ge=1, le=20, description="How many times each seed sets out on its own way.")] = 1,
    changes: Annotated[dict[Change, Share], Field(description="How often each kind of change is drawn.")] = SHARES,
    personas: Annotated[list[str], Field(description="People who might ask; [] for nobody in particular.")] = PERSONAS,
    persona_share: Annotated[float, Field(ge=0, le=1, description="Part of the changes that are for a person.")] = 0.5,
    keep_seeds: Annotated[bool, Field(description="Whether the seeds are answered too.")] = True,
    likeness: Annotated[float, Field(gt=0, le=1, description="From which likeness a task is a repetition.")] = 0.8,
    at_least: Annotated[float, Field(ge=1, le=10, description="Least score of an answer, of 10.")] = 7,
    votes: Annotated[int, Field(ge=1, le=15, description="Votes on a changed task; more than half must pass.")] = 1,
    language: Language = "the language of the task",
) -> Dataset:
    """Make seed tasks harder and broader, answer them, and keep what is judged good."""
    check_shares("changes", changes)
    growing = {"rounds": rounds, "lines": lines, "changes": changes, "keep_seeds": keep_seeds, "seed": run.seed}
    people = {"personas": personas, "persona_share": persona_share}
    tasks = (
        conversations(run, seeds)
        .map(seed_task)
        .through(grow, model=writer, judge=judge, votes=votes, language=language, **growing, **people)
        .deduplicate("task", threshold=likeness)
    )
    answered = (
        tasks.through(answer, model=writer, language=language)
        .through(score_answer, model=judge, at_least=at_least)
        .map(origin)
    )
    return await run.write(answered, "instruction_evolution", as_conversation)
