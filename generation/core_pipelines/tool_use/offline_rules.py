"""What a model would have said in a conversation with tools, by rules: requests that spell each argument out, and calls
read back from them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

import orjson

from generation.core_pipelines.tool_use.offline_values import made_up
from generation.core_pipelines.tool_use.tools import names_within
from generation.core_pipelines.tool_use.transcript import Turn, turns
from generation_functions.rows import Json

Values = Mapping[str, Any]

_OPENINGS = ("Could you", "Please", "I need you to", "Hi, can you", "Would you")
_LATER = ("please", "could you", "would you")
_THEN = "After that, "
_MOST_TOLD = 4
_OPTIONAL = 0.4


def write_request(values: Values, rng: Random) -> str:
    """A request that names what each tool does, in its own description's words, and then each argument."""
    tools = {tool["function"]["name"]: tool for tool in values["shown"]}
    aim = [tools[name] for name in values["aim"]]
    if "several calls" in values["brief"] and len(aim) == 1:
        aim *= 2
    chained = "one after the other" in values["brief"]
    known: set[str] = set()
    parts = []
    for number, tool in enumerate(aim):
        arguments = _arguments(tool["function"], rng, known)
        if "leaves out one thing" in values["brief"]:
            arguments.pop(rng.choice(tool["function"]["parameters"].get("required") or [""]), None)
        before = "" if not number else _THEN if chained else "Also, "
        opening = rng.choice(_LATER if before else _OPENINGS)
        parts.append(f"{before}{opening} {_asked(tool['function'], arguments, question='you' in opening[-4:])}")
        known |= set(names_within(tool.get("returns"))) if chained else set()
    return f"<request>\n{' '.join(parts)}\n</request>"


def next_move(values: Values, rng: Random) -> str:
    """Call what the user's words ask for, ask for an argument that is missing, or tell what the tools gave back."""
    talk = turns(values["talk"])
    wanted = list(_wanted(" ".join(turn.said for turn in talk if turn.who == "user"), values["tools"]))
    if not wanted:
        able = " or ".join(_deed(tool["function"]) for tool in values["tools"][:2])
        return _answer("No tool fits.", f"I am sorry, I have no tool for that. I can {able}, if that helps.")
    results = [turn.value for turn in talk if turn.who == "result"]
    pending = wanted[len(results) :]
    if not pending:
        return _answer("The tools have answered.", _report(wanted, talk))
    if _THEN in talk[0].said:
        pending = pending[:1]
    calls = []
    for function, said in pending:
        arguments = _read(function, said, results)
        missing = [name for name in function["parameters"].get("required", ()) if name not in arguments]
        if missing:
            return _answer(f"{missing[0]} is missing.", f"Gladly. What should I put for the {_label(missing[0])}?")
        calls.append(f"Call: {orjson.dumps({'name': function['name'], 'arguments': arguments}).decode()}")
    return "\n".join([f"Thought: This needs {len(calls)} of the tools now.", *calls])


def play_tool(values: Values, rng: Random) -> str:
    """The tool's example with this call's arguments in it and other numbers, or the fault that was planned."""
    if values["outcome"] != "it works":
        return orjson.dumps({"error": values["outcome"].partition(";")[0]}).decode()
    arguments = values["call"]["arguments"]
    example = values["example"]
    return orjson.dumps(
        {"done": True, **arguments} if isinstance(example, str) else _varied(example, arguments, rng)
    ).decode()


def reply(values: Values, rng: Random) -> str:
    """The argument that was asked for."""
    asked = turns(values["talk"])[-1].said
    for tool in values["tools"]:
        for name, schema in tool["function"]["parameters"].get("properties", {}).items():
            if f"for the {_label(name)}?" in asked:
                said = _as_said(made_up(name, schema, rng))
                return f"<reply>\nSorry, I forgot. {_label(name).capitalize()}: {said}.\n</reply>"
    return "<reply>\nAs you think best.\n</reply>"


def check_talk(values: Values, rng: Random) -> str:
    """Sound, where each argument's words stand in the conversation before it and the assistant has the last word."""
    talk = turns(values["talk"])
    for number, turn in enumerate(talk):
        if turn.who == "call":
            before = " ".join(each.said for each in talk[:number])
            loose = [value for value in turn.value["arguments"].values() if _as_said(value) not in before]
            if loose:
                return f"Reason: Nobody has said {_as_said(loose[0])}.\nVerdict: unsound"
    whole = talk[-1].who == "assistant"
    return f"Reason: Every argument was said before it was used.\nVerdict: {'' if whole else 'un'}sound"


def _answer(thought: str, words: str) -> str:
    return f"Thought: {thought}\nAnswer: {words}"


def _arguments(function: Mapping[str, Any], rng: Random, known: set[str]) -> dict[str, Json]:
    """Values for the arguments it needs and some of the others, but for those an earlier result tells."""
    schema = function["parameters"]
    needed = set(schema.get("required", ()))
    named = [
        name for name in schema.get("properties", {}) if name not in known and (name in needed or rng.random() < 0.4)
    ]
    return {name: made_up(name, schema["properties"][name], rng) for name in named}


def _asked(function: Mapping[str, Any], arguments: Mapping[str, Json], *, question: bool) -> str:
    stated = "; ".join(f"{_label(name)}: {_as_said(value)}" for name, value in arguments.items())
    words = f"{_deed(function)}{'?' if question else '.'}"
    return f"{words} {stated[0].upper()}{stated[1:]}." if stated else words


def _deed(function: Mapping[str, Any]) -> str:
    """What a tool does, as the words after "can you": its description's first sentence."""
    first = re.split(r"(?<=[.!?])\s", function["description"].strip())[0].rstrip(".!?")
    return first[0].lower() + first[1:]


def _as_said(value: Json) -> str:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return " and ".join(value)
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _as_meant(said: str, schema: Mapping[str, Any]) -> Json:
    """A value back from its words."""
    kind = schema.get("type", "string")
    if kind == "array" and not said.startswith("["):
        return said.split(" and ")
    return said if kind == "string" else orjson.loads(said)


def _label(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


def _wanted(words: str, tools: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Every mention of what a tool does, in order, with the words up to the next."""
    found = sorted(
        (match.start(), number)
        for number, tool in enumerate(tools)
        for match in re.finditer(re.escape(_deed(tool["function"])), words)
    )
    for place, (start, number) in enumerate(found):
        end = found[place + 1][0] if place + 1 < len(found) else len(words)
        yield tools[number]["function"], words[start:end]


def _read(function: Mapping[str, Any], words: str, results: Sequence[Json]) -> dict[str, Json]:
    """The arguments that words state, or else earlier results."""
    found: dict[str, Json] = {}
    for name, schema in function["parameters"].get("properties", {}).items():
        said = re.search(rf"\b{re.escape(_label(name))}: (.+?)(?=;|\.(?:\s|$))", words, re.IGNORECASE)
        if said:
            found[name] = _as_meant(said[1], schema)
        elif name in (needed := {n: v for result in results for n, v in _leaves(result)}):
            found[name] = needed[name]
    return found


def _leaves(value: Json, name: str = "") -> Iterator[tuple[str, Json]]:
    """Names and plain values of a result, the first of each name last."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, key)
    elif isinstance(value, list):
        for item in reversed(value):
            yield from _leaves(item, name)
    elif name:
        yield name, value


def _report(wanted: Sequence[tuple[Mapping[str, Any], str]], talk: Sequence[Turn]) -> str:
    calls = [turn.value for turn in talk if turn.who == "call"]
    results = [turn.value for turn in talk if turn.who == "result"]
    told = [_told(*each) for each in zip((f for f, _ in wanted), calls, results, strict=False)]
    return told[0] if len(told) == 1 else "\n".join(f"- {line}" for line in told)


def _told(function: Mapping[str, Any], call: Mapping[str, Any], result: Json) -> str:
    if isinstance(result, Mapping) and "error" in result:
        return f"I tried to {_deed(function)}, but it did not work: {result['error']}. You could try again later."
    items = [_item(item, call["arguments"]) for item in (result if isinstance(result, list) else [result])]
    told = "; or ".join(item for item in items[:_MOST_TOLD] if item) or "it is done"
    about = ", ".join(_as_said(value) for value in call["arguments"].values() if not isinstance(value, int | float))
    return f"{about[:1].upper()}{about[1:]}: {told}." if about else f"{told[:1].upper()}{told[1:]}."


def _item(item: Json, given: Mapping[str, Json]) -> str:
    news = [(name, value) for name, value in _leaves(item) if given.get(name) != value and value is not True]
    return ", ".join(f"{_label(name)} {_as_said(value)}" for name, value in news[:_MOST_TOLD])


def _varied(example: Json, arguments: Mapping[str, Json], rng: Random) -> Json:
    if isinstance(example, Mapping):
        return {
            name: arguments[name] if name in arguments else _varied(value, arguments, rng)
            for name, value in example.items()
        }
    if isinstance(example, list):
        return [_varied(item, arguments, rng) for item in example]
    if isinstance(example, bool) or not isinstance(example, int | float):
        return example
    changed = example * rng.uniform(0.7, 1.3)
    return round(changed) if isinstance(example, int) else round(changed, 2)
