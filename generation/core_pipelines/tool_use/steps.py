"""The steps of `tool_use`: what each asks, how its answer is read, and what makes an answer unusable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generation.core_pipelines.tool_use import offline_rules
from generation.core_pipelines.tool_use.tools import call_problem
from generation.core_pipelines.tool_use.transcript import transcript
from generation_functions import MajorityVoteStep, ParseError, PipelineStep
from generation_functions.parsing import json_value, labelled, tag, verdict
from generation_functions.rows import Json

MOST_CALLS = 8

_moved = labelled("Thought", "Call", "Answer", optional=("Thought", "Call", "Answer"), speech=True)
_value = json_value()


def move(completion: str) -> dict[str, Any]:
    """`{"thought", "calls", "answer"}`: calls or an answer, never both. Raises `ParseError`."""
    records = _moved.records(completion)
    calls = [_value(record["call"]) for record in records if record.get("call")]
    answers = [record["answer"] for record in records if record.get("answer")]
    if bool(calls) == bool(answers) or len(answers) > 1 or len(calls) > MOST_CALLS:
        raise ParseError('Expected either lines of "Call:" or one "Answer:", not both and not neither.')
    thought = " ".join(record["thought"] for record in records if record.get("thought"))
    return {"thought": thought, "calls": calls, "answer": answers[0] if answers else ""}


def unfit_call(value: Mapping[str, Any], row: Mapping[str, Any]) -> str | None:
    """What is wrong with the first call that does not fit its tool, or is made twice."""
    for number, call in enumerate(value["calls"]):
        if not isinstance(call, Mapping):
            return f"A call is an object, not {call!r:.60}."
        if (problem := call_problem(call, row["tools"])) is not None:
            return problem
        if call in value["calls"][:number]:
            return f"The call of {call['name']} stands there twice."
    return None


def not_as_planned(result: Json, row: Mapping[str, Any]) -> str | None:
    """What is wrong with a tool's result: it is no object or list, or it works although it was to fail."""
    if not isinstance(result, dict | list):
        return "The result is an object or a list."
    failed = isinstance(result, dict) and "error" in result
    if failed != (row["outcome"] != "it works"):
        return 'The result has "error" where the call is to fail, and only there.'
    return None


def with_talk(row: Mapping[str, Any]) -> dict[str, str]:
    """`talk`: the conversation so far, as text."""
    return {"talk": transcript(row["messages"])}


def with_tool(row: Mapping[str, Any]) -> dict[str, Json]:
    """`talk`, and of the tool that is called its `tool` and `example`, what it gives back elsewhere."""
    name = row["call"]["name"]
    tool = next(tool["function"] for tool in row["tools"] if tool["function"]["name"] == name)
    return {**with_talk(row), "tool": tool, "example": row["returns"].get(name, "(none given)")}


write_request = PipelineStep(
    "write_request",
    parse=tag("request"),
    into="request",
    offline=offline_rules.write_request,
    sampling={"temperature": 0.9, "max_tokens": 600},
)

next_move = PipelineStep(
    "next_move",
    parse=move,
    validate=unfit_call,
    prepare=with_talk,
    show_failure=True,
    offline=offline_rules.next_move,
    sampling={"temperature": 0.3, "max_tokens": 1200},
)

play_tool = PipelineStep(
    "play_tool",
    parse=_value,
    into="result",
    validate=not_as_planned,
    prepare=with_tool,
    show_failure=True,
    offline=offline_rules.play_tool,
    sampling={"temperature": 0.7, "max_tokens": 1200},
)

reply = PipelineStep(
    "reply",
    parse=tag("reply"),
    into="reply",
    prepare=with_talk,
    offline=offline_rules.reply,
    sampling={"temperature": 0.7, "max_tokens": 300},
)

check_talk = MajorityVoteStep(
    "check_talk",
    parse=verdict(yes="sound", no="unsound"),
    reason="a call or an answer is not borne out by the conversation",
    prepare=with_talk,
    offline=offline_rules.check_talk,
    sampling={"temperature": 0.3, "max_tokens": 600},
)
