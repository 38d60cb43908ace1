"""The pipeline that is simulated: every kind of step, on rows of which some are alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from generation_functions import (
    Dataset,
    DepthFirst,
    MajorityVoteStep,
    Model,
    OneOffStep,
    OneToManyStep,
    PipelineStep,
    Prompt,
    Row,
    Run,
)
from generation_functions.parsing import numbered_list, tag, verdict
from tests.simulation.answers import RETRIES, VOTES, draw


def listed_parts(completion: str) -> list[str]:
    """The parts, of which there may be none."""
    return [] if completion == "none" else numbered_list()(completion)


rules = OneOffStep("rules", prompt=Prompt.of("Rules for all", system="rules"), parse=tag("rules"), retries=RETRIES)
name = PipelineStep(
    "name", prompt=Prompt.of("Name {text}", system="name"), parse=tag("name"), into="name", retries=RETRIES,
    show_failure=True, validate=lambda value, row: None if row["text"] in value else "It is of something else.",
)  # fmt: skip
split = OneToManyStep(
    "split", prompt=Prompt.of("Split {text}, {name}, by {rules}", system="split"), parse=listed_parts, into="part",
    empty="it has no part", retries=RETRIES,
)  # fmt: skip
judge = MajorityVoteStep(
    "judge", prompt=Prompt.of("Judge {part} of {name}", system="judge"), parse=verdict(yes="yes", no="no"),
    votes=VOTES, retries=RETRIES, reason="lost the vote",
)  # fmt: skip
polish = PipelineStep(
    "polish", prompt=Prompt.of("Polish {part} of {name}", system="polish"), parse=tag("polish"), into="polished",
    retries=RETRIES,
)  # fmt: skip


async def polished(row: Row, do: object, *, model: Model) -> Row | None:
    """Polish a part, or pass it over."""
    made = await do(polish, row, model=model)  # type: ignore[operator]
    return made[0] if made else None


finish = DepthFirst("finish", polished)


def even(row: Row) -> tuple[bool, str]:
    """A filter in plain Python."""
    return draw("kept", row["part"]) < 0.9, "filtered out"


async def story(run: Run, texts: Sequence[str], model: Model) -> Dataset:
    """Name each row, split it, judge and polish its parts, and put them together again."""
    agreed = await run.once(rules, model=model)
    named = run.rows([{"text": text} for text in texts], name="rows").through(name, model=model)
    parts = named.through(split, model=model, rules=agreed).through(judge, model=model).filter(even)
    whole = parts.through(finish, model=model).group(size=2, into="parts", fields=("part", "polished"))
    return await run.write(whole, "out", shape, parquet=False)


async def library(run: Run, folder: Path, model: Model) -> Dataset:
    """Name each document of a folder."""
    named = run.read(folder).chunk(max_tokens=100).through(name, model=model)
    return await run.write(named, "out", lambda row: {"text": row["name"], "source": row["source"]}, parquet=False)


async def anthology(run: Run, texts: Sequence[str], model: Model) -> None:
    """Two stories, each a run inside this one."""
    for inner, part in zip(INNER, (texts[::2], texts[1::2]), strict=True):
        spec = model.spec.model_copy(update={"extra_body": {"user": inner}})
        await story(run.child(inner), part, Model(model.name, spec))


INNER = ("first", "second")
PIPELINES: dict[str, Callable[[Run, Any, Model], Awaitable[Any]]] = {
    "rows": story, "documents": library, "children": anthology,
}  # fmt: skip


def shape(row: Row) -> dict[str, object]:
    """What is written of a row."""
    return {"text": f"{row['name']}: {row['parts']}"}
