"""The pipeline from schemas to a dataset: what is in it, what it costs, and what a config can get wrong."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import validate

from generation.core_components.conversations.source import conversations_of
from generation.core_pipelines.tool_use.tool_use import tool_use
from generation.core_pipelines.tool_use.tools import Tool
from generation_functions import Model, Run
from generation_functions.errors import ConfigError
from tests.end_to_end.project import ROOT
from tests.end_to_end.shipped import check_kill_and_resume
from tests.running import manifest_of

SHIPPED = yaml.safe_load((ROOT / "generation" / "core_pipelines" / "tool_use" / "config.yaml").read_text())
TOOLS = [Tool(**tool) for tool in SHIPPED["tools"]]
KINDS = {"one_call", "parallel_calls", "chained_calls", "missing_argument", "no_fitting_tool", "error"}


async def written(folder: Path, **settings: Any) -> list[dict[str, Any]]:
    async with Run(folder) as run:
        offline = Model.offline()
        dataset = await tool_use(run, **{"tools": TOOLS, "writer": offline, "judge": offline, **settings})
    return [json.loads(line) for line in dataset.path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return asyncio.run(written(tmp_path_factory.mktemp("tools") / "out", conversations=60))


def calls_of(row: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The calls of each of the assistant's messages."""
    return [m.get("tool_calls", []) for m in row["messages"] if m["role"] == "assistant"]


def of(rows: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    found = [row for row in rows if row["metadata"]["kind"] == kind]
    assert found, kind
    return found


def test_there_is_every_kind(rows: list[dict[str, Any]]) -> None:
    assert {row["metadata"]["kind"] for row in rows} == KINDS
    assert len(rows) > 40


def test_every_call_fits_the_schema_of_a_tool_that_was_offered(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        schemas = {tool["function"]["name"]: tool["function"]["parameters"] for tool in row["tools"]}
        for call in (call for move in calls_of(row) for call in move):
            validate(json.loads(call["function"]["arguments"]), schemas[call["function"]["name"]])


def test_every_call_has_its_result_right_after_it(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        for number, message in enumerate(row["messages"]):
            ids = [call["id"] for call in message.get("tool_calls", [])]
            following = row["messages"][number + 1 : number + 1 + len(ids)]
            assert [result.get("tool_call_id") for result in following] == ids
        assert row["messages"][-1]["role"] == "assistant"
        assert row["messages"][-1]["content"]


def test_each_kind_goes_its_way(rows: list[dict[str, Any]]) -> None:
    assert all(len(calls_of(row)[0]) > 1 for row in of(rows, "parallel_calls"))
    assert all(len(list(filter(None, calls_of(row)))) > 1 for row in of(rows, "chained_calls"))
    assert not any(any(calls_of(row)) for row in of(rows, "no_fitting_tool"))
    for row in of(rows, "missing_argument"):
        assert [bool(move) for move in calls_of(row)] == [False, True, False]
    for row in of(rows, "error"):
        first = next(message for message in row["messages"] if message["role"] == "tool")
        assert "error" in json.loads(first["content"])


def test_what_a_tool_gives_back_elsewhere_is_not_in_the_dataset(rows: list[dict[str, Any]]) -> None:
    assert all(set(tool) == {"type", "function"} for row in rows for tool in row["tools"])


def test_the_rows_can_be_read_as_conversations(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        (found,) = conversations_of(row)
        assert found["tools"] == row["tools"]
        assert [m.get("tool_calls") for m in found["messages"]] == [m.get("tool_calls") for m in row["messages"]]


async def test_more_conversations_leave_those_before_as_they_are(tmp_path: Path) -> None:
    few = await written(tmp_path / "run", conversations=10)
    more = await written(tmp_path / "run", conversations=20)
    assert all(row in more for row in few)
    calls = manifest_of(tmp_path / "run")["steps"]["write_request"]
    assert (calls["reused"], calls["calls"]) == (10, 10)


async def test_another_seed_asks_of_other_things(tmp_path: Path) -> None:
    async def requests(seed: int) -> list[str]:
        async with Run(tmp_path / str(seed), seed=seed) as run:
            offline = Model.offline()
            made = await tool_use(run, tools=TOOLS, writer=offline, judge=offline, conversations=12)
        rows = map(json.loads, made.path.read_text(encoding="utf-8").splitlines())
        return [next(m["content"] for m in row["messages"] if m["role"] == "user") for row in rows]

    assert await requests(1) != await requests(2)


async def test_one_tool_without_arguments_is_enough(tmp_path: Path) -> None:
    tool = Tool(function={"name": "ring", "description": "Ring the bell."})  # type: ignore[arg-type]
    rows = await written(tmp_path / "out", tools=[tool], conversations=12, likeness=1.0)
    assert rows
    assert {row["metadata"]["kind"] for row in rows} <= KINDS - {"no_fitting_tool", "chained_calls"}


FLY = {"name": "fly", "description": "Fly."}


@pytest.mark.parametrize(
    ("functions", "says"),
    [
        ([], "there are no tools"),
        ([FLY, FLY], "two tools are called 'fly'"),
        ([{**FLY, "parameters": {"type": "objekt"}}], "of the tool 'fly' is no JSON Schema"),
        ([{**FLY, "parameters": {"type": "string"}}], "are no object"),
    ],
)
async def test_tools_that_cannot_be_used_are_told(tmp_path: Path, functions: list[Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        await written(tmp_path / "out", tools=[Tool(function=function) for function in functions])


async def test_shares_that_draw_nothing_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no share of 'shares' is above 0"):
        await written(tmp_path / "out", shares={"one_call": 0, "error": 0})


@pytest.mark.slow
def test_killed_half_way_it_resumes_and_a_finished_run_asks_nothing(tmp_path: Path) -> None:
    calm = check_kill_and_resume(tmp_path, "tool-use", conversations=24)
    assert calm.datasets()["tool_use.jsonl"]
