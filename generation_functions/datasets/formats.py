"""The forms a trainer may want a conversation in, each a pure function of one row, with the way back.

Inside Millrace a row is OpenAI messages: `{"messages": [{"role", "content"}, ...]}`. Its other fields travel along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from generation_functions.errors import ConfigError
from generation_functions.rows import Json

Row: TypeAlias = Mapping[str, Json]
_FROM = {"system": "system", "user": "human", "assistant": "gpt", "tool": "tool"}
_ROLE = {name: role for role, name in _FROM.items()} | {"user": "user", "assistant": "assistant"}


@dataclass(frozen=True, slots=True)
class Format:
    """One form. `write` makes a row of it, `read` the way back; `loses` says what cannot come back."""

    name: str
    description: str
    loses: str
    write: Callable[[Row], dict[str, Json]]
    read: Callable[[Row], dict[str, Json]]


def to_messages(row: Row) -> dict[str, Json]:
    """A row as it is, its messages checked. A row without `messages` is written as it stands."""
    if "messages" in row:
        _messages(row)
    return dict(row)


def to_sharegpt(row: Row) -> dict[str, Json]:
    """`{"conversations": [{"from": "human", "value": ...}, ...]}`."""
    turns = [{"from": _FROM.get(m["role"], m["role"]), "value": m["content"]} for m in _messages(row)]
    return {"conversations": turns, **_others(row, "messages")}


def from_sharegpt(row: Row) -> dict[str, Json]:
    """The messages of a ShareGPT row."""
    turns = _list(row, "conversations")
    messages = [{"role": _ROLE.get(turn["from"], turn["from"]), "content": turn["value"]} for turn in turns]
    return {"messages": messages, **_others(row, "conversations")}


def to_alpaca(row: Row) -> dict[str, Json]:
    """`instruction`, `input` (empty), `output`; `system` and `history` (pairs) where the conversation has them."""
    system, pairs = _turns(row, "alpaca")
    *history, (question, answer) = pairs
    made: dict[str, Json] = {"instruction": question, "input": "", "output": answer}
    if system is not None:
        made["system"] = system
    if history:
        made["history"] = [list(pair) for pair in history]
    return {**made, **_others(row, "messages")}


def from_alpaca(row: Row) -> dict[str, Json]:
    """The messages of an Alpaca row; an `input` follows its instruction after a blank line."""
    question = "\n\n".join(part for part in (row["instruction"], row.get("input")) if part)
    pairs = [*row.get("history", []), [question, row["output"]]]
    messages = [{"role": "system", "content": row["system"]}] if row.get("system") is not None else []
    for asked, answered in pairs:
        messages += [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]
    return {"messages": messages, **_others(row, "instruction", "input", "output", "system", "history")}


def to_completion(row: Row) -> dict[str, Json]:
    """`{"prompt": ..., "completion": ...}`, the system prompt and earlier turns in the prompt; text stays text."""
    if "messages" not in row and ("text" in row or {"prompt", "completion"} <= row.keys()):
        return dict(row)
    system, pairs = _turns(row, "completion")
    *before, (question, answer) = pairs
    earlier = [f"{asked}\n\n{answered}" for asked, answered in before]
    prompt = "\n\n".join([*([system] if system else []), *earlier, question])
    return {"prompt": prompt, "completion": answer, **_others(row, "messages")}


def from_completion(row: Row) -> dict[str, Json]:
    """One turn of messages from a prompt and its completion; plain text stays as it is."""
    if "prompt" not in row:
        return dict(row)
    asked, answered = row["prompt"], row["completion"]
    messages = [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]
    return {"messages": messages, **_others(row, "prompt", "completion")}


FORMATS: Mapping[str, Format] = {
    form.name: form
    for form in (
        Format("messages", "OpenAI messages; what most trainers and chat templates take", "nothing", to_messages, dict),
        Format(
            "sharegpt", "conversations of from and value, as Axolotl and LLaMA-Factory take them", "nothing",
            to_sharegpt, from_sharegpt,
        ),
        Format(
            "alpaca", "instruction, input and output, with system and history", "roles other than system, user and "
            "assistant, and conversations that do not alternate", to_alpaca, from_alpaca,
        ),
        Format(
            "completion", "prompt and completion, or plain text for pretraining",
            "where the system prompt and earlier turns begin and end", to_completion, from_completion,
        ),
    )
}  # fmt: skip


def format_named(name: str) -> Format:
    """A format by its name. Raises `ConfigError` with "did you mean"."""
    if name not in FORMATS:
        from generation_functions.config.suggestions import did_you_mean

        hint = did_you_mean(name, FORMATS) or f"the formats are: {', '.join(FORMATS)}"
        raise ConfigError(f"there is no dataset format '{name}'", hint=hint)
    return FORMATS[name]


def _messages(row: Row) -> list[dict[str, Any]]:
    messages = _list(row, "messages")
    for message in messages:
        if not isinstance(message, Mapping) or not isinstance(message.get("role"), str) or "content" not in message:
            raise ConfigError(f"a message needs a role and a content, and this is {message!r:.120}")
    return messages


def _list(row: Row, name: str) -> list[dict[str, Any]]:
    found = row.get(name)
    if not isinstance(found, list) or not found:
        fields = ", ".join(row) or "none"
        raise ConfigError(
            f"a row has no '{name}' to convert; its fields are: {fields}",
            hint='Let the shape function give {"messages": [{"role": ..., "content": ...}, ...]}.',
        )
    return found


def _turns(row: Row, form: str) -> tuple[str | None, list[tuple[str, str]]]:
    """The system prompt, and the question-and-answer pairs of a conversation that alternates."""
    messages = _messages(row)
    system = messages[0]["content"] if messages[0]["role"] == "system" else None
    turns = messages[system is not None :]
    roles = [message["role"] for message in turns]
    if not turns or roles != ["user", "assistant"] * (len(turns) // 2):
        raise ConfigError(
            f"the {form} format needs turns of user and assistant, and a row has: {', '.join(roles) or 'none'}",
            hint="Write this dataset as messages or sharegpt.",
        )
    contents = [message["content"] for message in turns]
    return system, list(zip(contents[::2], contents[1::2], strict=True))


def _others(row: Row, *taken: str) -> dict[str, Json]:
    return {name: value for name, value in row.items() if name not in taken}
