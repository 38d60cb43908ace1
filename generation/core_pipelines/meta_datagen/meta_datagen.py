"""Any run's exchanges with its models, as training data for a model that runs the pipeline itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from generation.core_components.languages import Languages
from generation.core_pipelines.meta_datagen.runs import Wish, answers_of
from generation_functions import Dataset, Row, Run


async def meta_datagen(
    run: Run,
    *,
    runs: Annotated[list[Path], Field(description="Output folders of the runs to learn from.")],
    steps: Annotated[list[str], Field(description="Steps whose answers are wanted; * stands for anything.")] = ["*"],  # noqa: B006
    leave_out: Annotated[list[str], Field(description="Steps whose answers are not wanted.")] = [],  # noqa: B006
    least_reached: Annotated[
        float, Field(ge=0, le=1, description="Share of the rows made of an answer that must be in a dataset.")
    ] = 1.0,
    most_of_step: Annotated[int | None, Field(ge=1, description="Most answers of one step.")] = None,
    examples: Annotated[
        Literal["keep", "drop"], Field(description="What becomes of prompts' few-shot turns.")
    ] = "keep",
    thoughts: Annotated[bool, Field(description="Whether answers keep what the model thought before them.")] = False,
    languages: Languages = (),
) -> Dataset:
    """Turn what a run's models were asked and answered well into training data for a model that runs the pipeline."""
    wish = Wish(steps, leave_out, least_reached, most_of_step, examples == "keep", thoughts, languages)
    answers = answers_of(run, runs, wish)
    return await run.write(answers, "meta_datagen", as_conversation, formats=("messages", "completion-chat"))


def as_conversation(row: Row) -> dict[str, Any]:
    """`{"messages": [...]}`, the last of which is to be learnt."""
    return {"messages": row["messages"]}
