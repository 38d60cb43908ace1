"""What each conversation is to be about: its kind, the tools that are offered and those it needs, and who asks."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Any, Literal, TypeAlias

from generation.core_pipelines.tool_use.tools import Tool, names_within
from generation_functions.rows import content_key

Kind: TypeAlias = Literal["one_call", "parallel_calls", "chained_calls", "missing_argument", "no_fitting_tool", "error"]

ANYTHING = "does what its tools can do"
"""What an assistant is for that is for nothing else."""

SHARES: Mapping[Kind, float] = {
    "one_call": 0.35,
    "parallel_calls": 0.15,
    "chained_calls": 0.15,
    "missing_argument": 0.15,
    "no_fitting_tool": 0.1,
    "error": 0.1,
}
"""How often each kind is drawn, where a config says nothing else."""

BRIEFS: Mapping[Kind, str] = {
    "one_call": "The request needs exactly one call of the tool named below, and says everything the call needs.",
    "parallel_calls": "The request needs several calls that do not depend on each other, of the tools named below (or "
    "of the one tool, several times with different arguments), and says everything they need.",
    "chained_calls": "The request needs the tools named below one after the other: the second call needs something "
    "that only the result of the first call tells. The request says everything else.",
    "missing_argument": "The request needs the tool named below, but leaves out one thing the tool cannot do without, "
    "as people do. What is left out cannot be guessed from the request.",
    "no_fitting_tool": "The request asks for what the tool named below would do. The assistant does not have that "
    "tool, and none of its other tools can stand in for it.",
    "error": "The request needs exactly one call of the tool named below, and says everything the call needs.",
}
"""What the writer of a request is told of its kind."""

FAULTS = (
    "the service did not answer in time",
    "there is no entry for what was asked; the message says which argument was not found",
    "the service refuses more requests for the next minutes",
    "this account has no permission for that",
    "the value of one argument is out of the range the service supports; the message names the range",
    "the service is down for maintenance",
)

PEOPLE = (
    "someone in a hurry, who writes in fragments",
    "a polite, somewhat long-winded person",
    "someone who tells what it is for before asking",
    "an expert who uses the field's own words",
    "someone not at ease with computers",
    "a parent between two other tasks",
    "a student with little money",
    "someone who makes small typing mistakes",
    "a manager who gives short orders",
    "a cheerful person who chats a little",
    "someone planning far ahead, with exact dates and figures",
    "someone who asks indirectly, by describing a problem",
)


def plans(
    tools: Sequence[Tool], count: int, *, shares: Mapping[Kind, float], offered: int, seed: int
) -> Iterator[dict[str, Any]]:
    """`count` plans, each drawn by the seed and its own number: more of them change none of those before.

    A plan: `kind`, `brief`, `aim` (names of the tools needed), `tools` (those the assistant has, at most `offered`
    unless more are needed), `shown` (those the request's writer sees), `person`, `fault` where a call is to fail.
    """
    possible = {kind: share for kind, share in shares.items() if len(tools) > 1 or kind not in _OF_TWO}
    start = Random(content_key(seed, "kinds")).random()
    for number in range(count):
        rng = Random(content_key(seed, "plan", number))
        kind = _kind(possible, (start + number * _GOLDEN) % 1)
        yield {"number": number, **_plan(rng, kind, tools, offered)}


def _kind(shares: Mapping[Kind, float], at: float) -> Kind:
    """The kind that stands at this part of the way, 0 to 1, when all lie one after the other by their shares."""
    kinds = list(shares)
    ends = list(accumulate(shares.values()))
    return kinds[min(bisect(ends, at * ends[-1]), len(kinds) - 1)]


_OF_TWO = ("no_fitting_tool", "chained_calls")
_GOLDEN = 0.6180339887498949
"""Steps of the golden ratio cover a round evenly, however many are taken: any number of plans keeps the shares."""


def _plan(rng: Random, kind: Kind, tools: Sequence[Tool], offered: int) -> dict[str, Any]:
    aim = _aim(rng, kind, tools)
    held_back = aim if kind == "no_fitting_tool" else []
    others = [tool for tool in tools if tool not in aim]
    needed = [] if held_back else aim
    room = max(0, min(offered - len(needed), len(others)))
    extra = rng.sample(others, rng.randint(min(1, room), room))
    has = sorted([*needed, *extra], key=lambda tool: rng.random())
    return {
        "kind": kind,
        "brief": BRIEFS[kind],
        "aim": [tool.name for tool in aim],
        "tools": [tool.spec for tool in has],
        "shown": [_shown(tool) for tool in [*has, *held_back]],
        "returns": {tool.name: tool.returns for tool in has if tool.returns is not None},
        "person": rng.choice(PEOPLE),
        "fault": rng.choice(FAULTS) if kind == "error" else "",
    }


def _shown(tool: Tool) -> dict[str, Any]:
    return tool.spec if tool.returns is None else {**tool.spec, "returns": tool.returns}


def _aim(rng: Random, kind: Kind, tools: Sequence[Tool]) -> list[Tool]:
    """The tools that a request of this kind needs, in the order of their calls."""
    if kind == "chained_calls":
        return list(rng.choice(_chains(tools)))
    if kind == "parallel_calls" and len(tools) > 1 and rng.random() < 0.5:
        return rng.sample(list(tools), 2)
    needing = [tool for tool in tools if tool.needs]
    return [rng.choice(needing if kind == "missing_argument" and needing else list(tools))]


def _chains(tools: Sequence[Tool]) -> list[tuple[Tool, Tool]]:
    """Pairs where the second takes what the first gives back; all pairs where no example says so."""
    pairs = [(first, second) for first in tools for second in tools if first is not second]
    fitting = [(first, second) for first, second in pairs if set(second.needs) & set(names_within(first.returns))]
    return fitting or pairs
