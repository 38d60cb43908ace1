"""The forms a row can be written in, and the ways back: pure functions between mappings.

A conversation is `{"messages": [{"role", "content"}, ...]}`, as OpenAI's API and most trainers read it; a prompt and
its completion are one of a single turn. A row's other fields are kept in every form, unless the form uses their name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from generation_functions.errors import ConfigError
from generation_functions.rows import Json

Fields: TypeAlias = dict[str, Json]
Convert: TypeAlias = Callable[[Mapping[str, Json]], Fields]

SHAREGPT_NAMES = {"system": "system", "user": "human", "assistant": "gpt", "tool": "observation"}
ROLES = {name: role for role, name in SHAREGPT_NAMES.items()}
LABELS = {"system": "System", "user": "User", "assistant": "Assistant", "tool": "Tool"}
ALPACA_FIELDS = ("instruction", "input", "output", "system", "history")


@dataclass(frozen=True, slots=True)
class Format:
    """One form of a row. `write` raises `ConfigError` for a row that does not fit; `read` is the way back."""

    name: str
    description: str
    loses: str
    write: Convert
    read: Convert


def to_messages(row: Mapping[str, Json]) -> Fields:
    """The row as it is, its `messages` checked if it has any."""
    if "messages" in row:
        _messages_of(row)
    return dict(row)


def from_messages(row: Mapping[str, Json]) -> Fields:
    """The row as it is."""
    return dict(row)


def to_sharegpt(row: Mapping[str, Json]) -> Fields:
    """`conversations` of `from` (system, human, gpt, observation) and `value`."""
    turns = [{"from": SHAREGPT_NAMES[role], "value": content} for role, content in _turns(row)]
    return {"conversations": turns, **_rest(row, "conversations")}


def from_sharegpt(row: Mapping[str, Json]) -> Fields:
    """`messages` from `conversations`."""
    turns = row.get("conversations")
    if not isinstance(turns, list) or not all(
        isinstance(turn, Mapping) and turn.get("from") in ROLES for turn in turns
    ):
        raise ConfigError(f"`conversations` is no list of turns from {_list(ROLES)}", hint="check the row's format")
    messages = [{"role": ROLES[turn["from"]], "content": turn.get("value")} for turn in turns]
    return {"messages": messages, **_rest(row, "conversations")}


def to_alpaca(row: Mapping[str, Json]) -> Fields:
    """`instruction` and `output` are the last turn, `history` the pairs before it, `system` the system prompt."""
    turns = _turns(row)
    system = turns[0][1] if turns and turns[0][0] == "system" else ""
    talk = turns[1:] if turns and turns[0][0] == "system" else turns
    roles = [role for role, _ in talk]
    if not talk or len(talk) % 2 or roles != ["user", "assistant"] * (len(talk) // 2):
        raise _misfit("alpaca", "user and assistant do not take turns, the assistant last", ("messages", "sharegpt"))
    pairs = [[talk[index][1], talk[index + 1][1]] for index in range(0, len(talk), 2)]
    (instruction, output), history = pairs[-1], pairs[:-1]
    form = {"instruction": instruction, "input": "", "output": output, "system": system, "history": history}
    return {**form, **_rest(row, *ALPACA_FIELDS)}


def from_alpaca(row: Mapping[str, Json]) -> Fields:
    """`messages` from Alpaca's fields; `input` follows `instruction` after an empty line."""
    if not isinstance(row.get("instruction"), str) or not isinstance(row.get("output"), str):
        raise ConfigError("a row without `instruction` and `output` is not Alpaca's", hint="check the row's format")
    system = [("system", row["system"])] if row.get("system") else []
    history = [turn for asked, answered in row.get("history") or [] for turn in _pair(asked, answered)]
    instruction = "\n\n".join(filter(None, (row["instruction"], row.get("input"))))
    turns = [*system, *history, *_pair(instruction, row["output"])]
    return {"messages": _messages(turns), **_rest(row, *ALPACA_FIELDS)}


def to_completion(row: Mapping[str, Json]) -> Fields:
    """`text` as it is; a conversation as `prompt`, all but its last turn, and `completion`, the last.

    A single turn's prompt is the plain question, below its system prompt; longer conversations have role labels.
    """
    if isinstance(row.get("text"), str) and "messages" not in row:
        return dict(row)
    turns = _turns(row)
    if len(turns) < 2 or turns[-1][0] != "assistant":
        raise _misfit("completion", "the last turn is not an assistant's answer", ("messages", "sharegpt"))
    before = turns[:-1]
    plain = [role for role, _ in before] in (["user"], ["system", "user"])
    prompt = "\n\n".join(content if plain else f"{LABELS[role]}: {content}" for role, content in before)
    prompt = prompt if plain else f"{prompt}\n\nAssistant: "
    return {"prompt": prompt, "completion": turns[-1][1], **_rest(row, "prompt", "completion")}


def from_completion(row: Mapping[str, Json]) -> Fields:
    """`text` as it is; `prompt` and `completion` as a conversation of one turn."""
    if isinstance(row.get("text"), str) and "prompt" not in row:
        return dict(row)
    return {"messages": _messages(_turns(row)), **_rest(row, "prompt", "completion")}


FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format(
            "messages",
            "OpenAI messages (`role`, `content`); rows that are no conversation as they are.",
            "Nothing: it is the form rows are made in.",
            to_messages,
            from_messages,
        ),
        Format(
            "sharegpt",
            "ShareGPT `conversations` of `from` (system, human, gpt, observation) and `value`.",
            "Fields of a message other than its role and content.",
            to_sharegpt,
            from_sharegpt,
        ),
        Format(
            "alpaca",
            "Alpaca `instruction`, `input`, `output`, with `system` and `history`.",
            "An empty system prompt, and a message's fields other than role and content. Turns must alternate.",
            to_alpaca,
            from_alpaca,
        ),
        Format(
            "completion",
            "Plain `text`, or `prompt` and `completion`.",
            "Where the system prompt ends, and in longer conversations all turns but the last: they become one prompt.",
            to_completion,
            from_completion,
        ),
    )
}
"""By name."""


def format_named(name: str) -> Format:
    """A format by its name. Raises `ConfigError` with "did you mean"."""
    if name not in FORMATS:
        from generation_functions.config.suggestions import did_you_mean

        hint = did_you_mean(name, FORMATS) or f"the formats are: {', '.join(FORMATS)}"
        raise ConfigError(f"unknown dataset format {name!r}", hint=hint)
    return FORMATS[name]


def _turns(row: Mapping[str, Json]) -> list[tuple[str, str]]:
    """A row's conversation as `(role, content)`. Raises `ConfigError` for anything else, with what was found."""
    if "messages" not in row and isinstance(row.get("prompt"), str) and isinstance(row.get("completion"), str):
        return _pair(row["prompt"], row["completion"])
    return [_turn(number, message) for number, message in enumerate(_messages_of(row), start=1)]


def _messages_of(row: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    """A row's messages, each a mapping with a role; what else is in them is the pipeline's affair."""
    messages = row.get("messages")
    if not isinstance(messages, list) or not messages:
        fields = _list(map(str, row)) if row else "none"
        raise ConfigError(
            f"the row is no conversation: it has no `messages` (its fields: {fields})",
            hint="shape rows as {'messages': [...]}, or use the format `messages`, which keeps rows as they are",
        )
    for number, message in enumerate(messages, start=1):
        if not isinstance(message, Mapping) or not isinstance(message.get("role"), str):
            raise ConfigError(f"message {number} has no role: {message!r:.80}", hint="give it a `role` and a `content`")
    return messages


def _turn(number: int, message: Mapping[str, Json]) -> tuple[str, str]:
    role, content = message["role"], message.get("content")
    if role not in LABELS:
        raise ConfigError(f"message {number} has the role {role!r}", hint=f"use one of {_list(LABELS)}")
    if not isinstance(content, str):
        raise ConfigError(f"message {number} ({role}) has no text: its content is {type(content).__name__}")
    return str(role), content


def _pair(asked: str, answered: str) -> list[tuple[str, str]]:
    return [("user", asked), ("assistant", answered)]


def _messages(turns: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in turns]


def _rest(row: Mapping[str, Json], *used: str) -> Fields:
    taken = {"messages", *used} if "messages" in row else {"messages", "prompt", "completion", *used}
    return {name: value for name, value in row.items() if name not in taken}


def _misfit(name: str, why: str, others: tuple[str, ...]) -> ConfigError:
    return ConfigError(f"the row does not fit the format `{name}`: {why}", hint=f"write it as {' or '.join(others)}")


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in list(names)[:12])
