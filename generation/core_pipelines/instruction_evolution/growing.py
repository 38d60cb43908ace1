"""A seed task and what becomes of it, round by round: each change is judged, and the next one builds on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generation.core_pipelines.instruction_evolution.changes import Change, drawn
from generation.core_pipelines.instruction_evolution.steps import check_task, evolve
from generation_functions import DepthFirst, Model, Row
from generation_functions.steps.asking import Doing


async def _grow(
    row: Row,
    do: Doing,
    *,
    model: Model,
    judge: Model,
    votes: int,
    language: str,
    rounds: int,
    lines: int,
    changes: Mapping[Change, float],
    personas: Sequence[str],
    persona_share: float,
    keep_seeds: bool,
    seed: int,
) -> list[Row] | None:
    """The seed and every task that came of it: rows with `task`, `generation`, `change`, `persona` and `seed_task`.

    A line ends where a change is found wanting: what came before it stays.
    """
    tasks = [_task(row, row["task"], 0, "seed", "")] if keep_seeds else []
    for line in range(lines):
        task = row["task"]
        for generation in range(1, rounds + 1):
            change = drawn(changes, personas, persona_share, seed, row.key, line, generation)
            asked = {"before": task, "line": line, **change._asdict()}
            state = row.children(f"round {generation}", [asked])[0]
            evolved = await do(evolve, state, model=model, language=language)
            kept = await do(check_task, evolved[0], model=judge, votes=votes) if evolved else []
            if not kept:
                break
            task = kept[0]["task"]
            tasks.append(_task(row, task, generation, change.change, change.persona))
    return tasks or None


grow = DepthFirst("grow", _grow)


def _task(row: Row, task: str, generation: int, change: str, persona: str) -> Row:
    told: dict[str, Any] = {"generation": generation, "change": change, "persona": persona, "seed_task": row["task"]}
    return row.adding({"task": task, **told})
