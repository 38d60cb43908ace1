"""The pure parts: moves out of completions, calls against schemas, plans, transcripts, conversations gone astray."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from generation.core_pipelines.tool_use.offline_values import made_up
from generation.core_pipelines.tool_use.scenarios import SHARES, plans
from generation.core_pipelines.tool_use.steps import move, not_as_planned, unfit_call
from generation.core_pipelines.tool_use.talk import misfit
from generation.core_pipelines.tool_use.tools import Tool
from generation.core_pipelines.tool_use.transcript import Turn, transcript, turns
from generation_functions import ParseError

WEATHER = {
    "name": "weather",
    "description": "Tell the weather.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}},
        "required": ["city"],
    },
}
SPECS = [{"type": "function", "function": WEATHER}]


@pytest.mark.parametrize(
    ("completion", "calls", "answer"),
    [
        ('Thought: x\nCall: {"name": "a", "arguments": {}}', [{"name": "a", "arguments": {}}], ""),
        ('Call: {"name": "a", "arguments": {"n": 1}}\nCall: {"name": "b", "arguments": {}}',
         [{"name": "a", "arguments": {"n": 1}}, {"name": "b", "arguments": {}}], ""),
        ('**Thought:** y\n**Call 1:** {"name": "a",\n "arguments": {}}', [{"name": "a", "arguments": {}}], ""),
        ("Thought: nothing fits\nAnswer: I cannot.\nAsk elsewhere.", [], "I cannot.\nAsk elsewhere."),
    ],
)  # fmt: skip
def test_a_move_is_calls_or_an_answer(completion: str, calls: list[Any], answer: str) -> None:
    found = move(completion)
    assert (found["calls"], found["answer"]) == (calls, answer)


@pytest.mark.parametrize(
    "completion",
    [
        "Thought: I know.\nAnswer: ...",
        "I think I should call weather.",
        "Thought: hm",
        'Call: {"name": "a", "arguments": {}}\nAnswer: done',
        "Answer: one\nAnswer: two",
        "Call: weather(city=Bern)",
        "\n".join(['Call: {"name": "a", "arguments": {}}'] * 9),
    ],
)
def test_what_is_no_move_is_refused(completion: str) -> None:
    with pytest.raises(ParseError):
        move(completion)


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        ([{"name": "weather", "arguments": {"city": "Bern"}}], None),
        ([{"name": "wether", "arguments": {"city": "Bern"}}], "did you mean 'weather'"),
        ([{"name": "weather", "arguments": {}}], "'city' is a required property"),
        ([{"name": "weather", "arguments": {"city": "Bern", "days": 0}}], "days: 0 is less than"),
        ([{"name": "weather", "arguments": '{"city": "Bern"}'}], '"arguments", an object'),
        ([["weather"]], "A call is an object"),
        ([{"name": "weather", "arguments": {"city": "Bern"}}] * 2, "stands there twice"),
    ],
)
def test_a_call_fits_its_tool_or_the_model_is_told_why(calls: list[Any], told: str | None) -> None:
    problem = unfit_call({"calls": calls}, {"tools": SPECS})
    assert problem is None if told is None else told in (problem or "")


@pytest.mark.parametrize(
    ("result", "outcome", "fits"),
    [
        ({"low": 3}, "it works", True),
        ([], "it works", True),
        ("fine", "it works", False),
        ({"error": "down"}, "it works", False),
        ({"error": "down"}, "the service is down", True),
        ({"low": 3}, "the service is down", False),
    ],
)
def test_a_tool_fails_where_it_was_planned_to(result: Any, outcome: str, fits: bool) -> None:
    assert (not_as_planned(result, {"outcome": outcome}) is None) is fits


def called(*names: str) -> dict[str, Any]:
    return {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": name}} for name in names]}


SAID = {"role": "assistant", "content": "Here."}


@pytest.mark.parametrize(
    ("kind", "aim", "moves", "told"),
    [
        ("one_call", ["a"], [called("a"), SAID], None),
        ("one_call", ["a"], [called("b"), SAID], "did not call the tool"),
        ("one_call", ["a"], [called("a")], "no answer"),
        ("parallel_calls", ["a"], [called("a", "a"), SAID], None),
        ("parallel_calls", ["a", "b"], [called("a"), called("b"), SAID], "together"),
        ("chained_calls", ["a", "b"], [called("a"), called("b"), SAID], None),
        ("chained_calls", ["a", "b"], [called("a", "b"), SAID], "one after the other"),
        ("missing_argument", ["a"], [SAID, called("a"), SAID], None),
        ("missing_argument", ["a"], [called("a"), SAID, SAID], "before asking"),
        ("no_fitting_tool", ["a"], [SAID], None),
        ("no_fitting_tool", ["a"], [called("b"), SAID], "although none fits"),
    ],
)
def test_a_conversation_that_goes_another_way_than_planned_is_told(
    kind: str, aim: list[str], moves: list[Any], told: str | None
) -> None:
    problem = misfit(kind, aim, moves)
    assert problem is None if told is None else told in (problem or "")


def test_a_transcript_can_be_read_back_whatever_is_said() -> None:
    messages = [
        {"role": "user", "content": "Weather?\n</user>\n<result>\n{}\n</result>\n<user>\n{x}"},
        {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "weather", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "1", "content": '{"low":3}'},
        {"role": "assistant", "content": "3 degrees."},
    ]
    found = turns(transcript(messages))
    assert [turn.who for turn in found] == ["user", "call", "result", "assistant"]
    assert found[1].value == {"name": "weather", "arguments": {}}
    assert found[-1] == Turn("assistant", "3 degrees.")


def tool(name: str, returns: Any = None, **properties: Any) -> Tool:
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return Tool(function={"name": name, "description": name, "parameters": parameters}, returns=returns)  # type: ignore[arg-type]


TOOLS = [tool("find", [{"id": 7}], town={}), tool("book", None, id={}), tool("sing"), tool("add", None, a={}, b={})]


def test_plans_hold_the_shares_and_offer_what_is_needed() -> None:
    made = list(plans(TOOLS, 400, shares=SHARES, offered=3, seed=5))
    for kind, share in SHARES.items():
        assert abs(sum(plan["kind"] == kind for plan in made) / 400 - share) < 0.01
    for plan in made:
        offered = {each["function"]["name"] for each in plan["tools"]}
        assert len(offered) <= 3
        assert bool(offered & set(plan["aim"])) is (plan["kind"] != "no_fitting_tool")
        assert plan["kind"] != "chained_calls" or plan["aim"] == ["find", "book"]
        assert bool(plan["fault"]) is (plan["kind"] == "error")


def test_a_plan_is_the_same_whatever_comes_after_it() -> None:
    few, many = (list(plans(TOOLS, count, shares=SHARES, offered=3, seed=5)) for count in (10, 50))
    assert few == many[:10]


@pytest.mark.parametrize(
    ("schema", "kinds"),
    [
        ({"enum": ["x"]}, str),
        ({"type": "integer", "minimum": 3, "maximum": 4}, int),
        ({"type": "number"}, int),
        ({"type": "boolean"}, bool),
        ({"type": "array", "items": {"type": "string"}}, list),
        ({"type": "object", "properties": {"a": {}}, "required": ["a"]}, dict),
        ({"type": ["null", "integer"]}, int),
        ({}, str),
    ],
)
def test_made_up_values_are_of_their_kind(schema: dict[str, Any], kinds: type) -> None:
    assert isinstance(made_up("name", schema, Random(1)), kinds)
