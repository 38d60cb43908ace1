"""A conversation with tools, held move by move: the assistant calls or speaks, tools answer, the user adds.

Its state is OpenAI's own list of messages, so what is written is what was held.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from generation.core_pipelines.tool_use.steps import next_move, play_tool, reply
from generation_functions import DepthFirst, Drop, Model, PipelineStep, Row
from generation_functions.rows import Json, content_key
from generation_functions.steps.asking import Doing

Message = dict[str, Any]


async def _hold(row: Row, do: Doing, *, model: Model, language: str, moves: int) -> Mapping[str, Json]:
    """`messages` of a conversation that begins with the row's `request`. Raises `Drop` where it goes another way."""
    held = _Talk(row, do, model, [{"role": "user", "content": row["request"]}])
    replied = row["kind"] != "missing_argument"
    for _ in range(moves):
        move = await held.ask(next_move, language=language)
        if move["calls"]:
            await held.call(move["calls"])
            continue
        held.say("assistant", move["answer"])
        if replied:
            break
        replied = True
        held.say("user", (await held.ask(reply, language=language))["reply"])
    if (problem := misfit(row["kind"], row["aim"], held.messages)) is not None:
        raise Drop(problem)
    return {"messages": held.messages}


talk = DepthFirst("talk", _hold)


class _Talk:
    """The messages so far, and the asking of whoever says the next."""

    def __init__(self, row: Row, do: Doing, model: Model, messages: list[Message]) -> None:
        self.messages = messages
        self._row, self._do, self._model = row, do, model

    async def ask(self, step: PipelineStep, values: Mapping[str, Json] | None = None, **settings: Json) -> Row:
        """What a step makes of the conversation so far. Raises `Drop` where it has no usable answer."""
        # Each move is a row of its own on record, so that none takes another's place.
        state = self._row.children(step.name, [{"messages": list(self.messages), **(values or {})}])[0]
        made = await self._do(step, state, model=self._model, **settings)
        if not made:
            raise Drop(f"{step.name} got no usable answer")
        return made[0]

    async def call(self, calls: Sequence[Mapping[str, Json]]) -> None:
        """Add the assistant's calls and what the tools answer."""
        made = [tool_call(self._row.key, len(self.messages), n, call) for n, call in enumerate(calls)]
        first = all(message["role"] != "tool" for message in self.messages)
        self.messages.append({"role": "assistant", "content": None, "tool_calls": made})
        results = []
        for n, (call, each) in enumerate(zip(calls, made, strict=True)):
            outcome = self._row["fault"] if first and n == 0 else ""
            values = {"call": dict(call), "outcome": outcome or "it works"}
            played = await self.ask(play_tool, values)
            results.append({"role": "tool", "tool_call_id": each["id"], "content": as_text(played["result"])})
        self.messages.extend(results)

    def say(self, role: str, text: str) -> None:
        """Add what someone says."""
        self.messages.append({"role": role, "content": text})


def tool_call(key: str, turn: int, number: int, call: Mapping[str, Json]) -> Message:
    """A call in OpenAI's form. Its id hashes where it stands, so it is the same every time."""
    function = {"name": call["name"], "arguments": as_text(call["arguments"])}
    return {"id": f"call_{content_key(key, turn, number)[:12]}", "type": "function", "function": function}


def as_text(value: Json) -> str:
    """A value as the JSON text that a message holds."""
    return orjson.dumps(value).decode()


def misfit(kind: str, aim: Sequence[str], messages: Sequence[Message]) -> str | None:
    """How a conversation fails to be what it was planned as, or None."""
    moves = [message for message in messages if message["role"] == "assistant"]
    called = [[call["function"]["name"] for call in move.get("tool_calls", ())] for move in moves]
    names = [name for move in called for name in move]
    if called[-1]:
        return "no answer within the moves it may take"
    if kind == "no_fitting_tool":
        return "called a tool although none fits" if names else None
    if not set(aim) <= set(names):
        return "did not call the tool it was planned for"
    if kind == "parallel_calls":
        return None if len(called[0]) > 1 else "did not make its calls together"
    if kind == "chained_calls":
        return None if sum(map(bool, called)) > 1 else "did not make its calls one after the other"
    if kind == "missing_argument":
        return "called a tool before asking for what was missing" if called[0] else None
    return None
