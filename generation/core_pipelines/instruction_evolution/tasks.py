"""Tasks out of conversations, and conversations out of tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generation.core_pipelines.instruction_evolution.changes import NOBODY
from generation_functions import Drop


def seed_task(row: Mapping[str, Any]) -> dict[str, str]:
    """`task`: the first thing that is asked in a conversation. Raises `Drop` where that is nothing."""
    asked = next((message["content"] for message in row["messages"] if message["role"] == "user"), "")
    if not asked.strip():
        raise Drop("asks nothing")
    return {"task": asked.strip()}


def origin(row: Mapping[str, Any]) -> dict[str, Any]:
    """`metadata` with how the task came about and what its answer was worth."""
    known = {name: row[name] for name in ("generation", "change", "seed_task", "score")}
    person = {} if row["persona"] in ("", NOBODY) else {"persona": row["persona"]}
    return {"metadata": {**row["metadata"], **known, **person}}


def as_conversation(row: Mapping[str, Any]) -> dict[str, Any]:
    """`{"messages": [...]}` of a task and its answer."""
    return {"messages": [{"role": "user", "content": row["task"]}, {"role": "assistant", "content": row["answer"]}]}
