"""Conversations: OpenAI's messages, ShareGPT, Alpaca, and a prompt with its completion as texts or as messages."""

from __future__ import annotations

from collections.abc import Mapping

from generation_functions.datasets.form import Fields, Format, Spelled, beside, listed, misfit, without_repeats
from generation_functions.datasets.turns import (
    are_messages,
    as_prompt,
    known_role,
    message,
    messages_of,
    one_turn,
    text_of,
    turns_of,
)
from generation_functions.errors import ConfigError
from generation_functions.rows import Json

SHAREGPT_NAMES = {"system": "system", "user": "human", "assistant": "gpt", "tool": "observation"}
ROLES = {name: role for role, name in SHAREGPT_NAMES.items()} | {
    "user": "user", "assistant": "assistant", "chatgpt": "assistant", "model": "assistant", "tool": "tool",
    "function_call": "assistant", "function_response": "tool",
}  # fmt: skip
ALPACA = ("instruction", "input", "output", "system", "history")
AS_CHAT = "write it as messages or sharegpt"


def has_texts(row: Mapping[str, Json], *names: str) -> bool:
    """Whether these fields of a row are texts."""
    return all(isinstance(row.get(name), str) for name in names)


def read_messages(row: Mapping[str, Json]) -> Fields:
    """The row as it is, its messages checked."""
    if "messages" not in row:
        raise ConfigError(
            f"the row is no conversation: it has no `messages` (its fields: {listed(map(str, row))})",
            hint="shape rows as {'messages': [...]}, or name the form they have",
        )
    messages_of(row["messages"])
    return dict(row)


def spell_messages(row: Mapping[str, Json]) -> Spelled:
    """The row as it is, its messages checked."""
    return Spelled(read_messages(row))


def spell_sharegpt(row: Mapping[str, Json]) -> Spelled:
    """`conversations` of `from` and `value`; a turn keeps what else its message has (`weight`, `tool_calls`)."""
    rest, lost = beside(row, ("messages",), ("conversations",))
    turns = [_sharegpt_turn(number, each, lost) for number, each in enumerate(messages_of(row["messages"]), start=1)]
    return Spelled({"conversations": turns, **rest}, without_repeats(lost))


def _sharegpt_turn(number: int, each: Mapping[str, Json], lost: list[str]) -> Fields:
    role, text = known_role(number, each), text_of(number, each, lost)
    rest, names = beside(each, ("role", "content"), ("from", "value"))
    lost += names
    if each.get("tool_calls") and (each.get("content") == "" or "content" not in each):
        lost.append("an empty text beside tool calls")
    return {"from": SHAREGPT_NAMES[role], "value": text, **rest}


def read_sharegpt(row: Mapping[str, Json]) -> Fields:
    """`messages` from `conversations`."""
    turns = row.get("conversations")
    if not isinstance(turns, list) or not turns or not all(_is_sharegpt_turn(turn) for turn in turns):
        raise ConfigError(
            f"`conversations` is no list of turns from {listed(ROLES)}", hint="check the row's format; see --from"
        )
    return {"messages": [_from_sharegpt(turn) for turn in turns], **beside(row, ("conversations", "messages"), ())[0]}


def _is_sharegpt_turn(turn: Json) -> bool:
    return isinstance(turn, Mapping) and turn.get("from") in ROLES


def _from_sharegpt(turn: Mapping[str, Json]) -> Fields:
    content = None if turn.get("value") == "" and turn.get("tool_calls") else turn.get("value")
    return {**message(ROLES[turn["from"]], content), **beside(turn, ("from", "value"), ())[0]}


def spell_alpaca(row: Mapping[str, Json]) -> Spelled:
    """`instruction` and `output` are the last turn, `history` the pairs before it, `system` the system prompt."""
    rest, lost = beside(row, ("messages",), ALPACA)
    turns, more = turns_of(messages_of(row["messages"]))
    system = turns[0][1] if turns[0][0] == "system" else ""
    talk = turns[1:] if turns[0][0] == "system" else turns
    if not talk or [role for role, _ in talk] != ["user", "assistant"] * (len(talk) // 2):
        raise misfit("alpaca", "user and assistant do not take turns, the assistant last", AS_CHAT)
    more += ["an empty system prompt"] if turns[0] == ("system", "") else []
    pairs = [[talk[index][1], talk[index + 1][1]] for index in range(0, len(talk), 2)]
    (instruction, output), history = pairs[-1], pairs[:-1]
    form = {"instruction": instruction, "input": "", "output": output, "system": system, "history": history}
    return Spelled({**form, **rest}, without_repeats(lost + more))


def read_alpaca(row: Mapping[str, Json]) -> Fields:
    """`messages` from Alpaca's fields; `input` follows `instruction` after an empty line."""
    if not has_texts(row, "instruction", "output"):
        raise ConfigError("a row without `instruction` and `output` is not Alpaca's", hint="check the row's format")
    system = [message("system", row["system"])] if row.get("system") else []
    history = [turn for asked, answered in row.get("history") or [] for turn in one_turn(asked, answered)]
    instruction = "\n\n".join([row["instruction"], *([row["input"]] if row.get("input") else [])])
    messages = [*system, *history, *one_turn(instruction, row["output"])]
    return {"messages": messages, **beside(row, (*ALPACA, "messages"), ())[0]}


def spell_completion(row: Mapping[str, Json]) -> Spelled:
    """`prompt`, all turns but the last as one text, and `completion`, the last; a `text` as it is."""
    if "messages" not in row:
        return Spelled(dict(row))
    rest, lost = beside(row, ("messages",), ("prompt", "completion", "text"))
    turns, more = turns_of(_answered("completion", row))
    prompt = as_prompt(turns[:-1], lost)
    return Spelled({"prompt": prompt, "completion": turns[-1][1], **rest}, without_repeats(lost + more))


def read_completion(row: Mapping[str, Json]) -> Fields:
    """A `prompt` and its `completion` as a conversation of one turn; a `text` as it is."""
    if has_texts(row, "text") and "completion" not in row:
        return dict(row)
    if not has_texts(row, "prompt", "completion"):
        raise ConfigError("the row has neither a `text` nor a `prompt` and a `completion`", hint="check its format")
    rest = beside(row, ("prompt", "completion", "messages"), ())[0]
    return {"messages": one_turn(row["prompt"], row["completion"]), **rest}


def spell_completion_chat(row: Mapping[str, Json]) -> Spelled:
    """`prompt`, all messages but the last, and `completion`, a list of the last."""
    rest, lost = beside(row, ("messages",), ("prompt", "completion"))
    messages = _answered("completion-chat", row)
    return Spelled({"prompt": messages[:-1], "completion": messages[-1:], **rest}, tuple(lost))


def read_completion_chat(row: Mapping[str, Json]) -> Fields:
    """`messages` from `prompt` and `completion`."""
    messages = [*messages_of(row.get("prompt"), "prompt"), *messages_of(row.get("completion"), "completion")]
    return {"messages": messages, **beside(row, ("prompt", "completion", "messages"), ())[0]}


def _answered(form: str, row: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    messages = messages_of(row["messages"])
    if len(messages) < 2 or messages[-1]["role"] != "assistant":
        raise misfit(form, "the last turn is not an assistant's answer", AS_CHAT)
    return messages


def _fits_sharegpt(row: Mapping[str, Json]) -> bool:
    turns = row.get("conversations")
    return (
        isinstance(turns, list) and bool(turns) and all(isinstance(turn, Mapping) and "from" in turn for turn in turns)
    )


MESSAGES = Format(
    "messages", "conversation", "OpenAI messages (`role`, `content`).", "Nothing.",
    fits=lambda row: are_messages(row.get("messages")), read=read_messages, spell=spell_messages,
)  # fmt: skip
CONVERSATIONS = (
    MESSAGES,
    Format(
        "sharegpt",
        "conversation",
        "ShareGPT `conversations` of `from` (system, human, gpt, observation) and `value`.",
        "Message parts: images and sounds, and where one text part ends.",
        fits=_fits_sharegpt,
        read=read_sharegpt,
        spell=spell_sharegpt,
    ),
    Format(
        "alpaca",
        "conversation",
        "Alpaca `instruction`, `input`, `output`, with `system` and `history`.",
        "A message's fields other than role and content, message parts, an empty system prompt. Turns must alternate.",
        fits=lambda row: has_texts(row, "instruction", "output"),
        read=read_alpaca,
        spell=spell_alpaca,
    ),
    Format(
        "completion",
        "conversation",
        "Plain `prompt` and `completion`; a `text` as it is.",
        "Where the system prompt ends, and in longer conversations where each turn does: they become one prompt."
        " A message's fields other than role and content, message parts.",
        fits=lambda row: has_texts(row, "prompt", "completion") and not isinstance(row.get("label"), bool),
        read=read_completion,
        spell=spell_completion,
        also=("text",),
    ),
    Format(
        "completion-chat",
        "conversation",
        "`prompt` and `completion`, each a list of messages.",
        "Nothing. The last turn must be the assistant's.",
        fits=lambda row: (
            are_messages(row.get("prompt"))
            and are_messages(row.get("completion"))
            and not isinstance(row.get("label"), bool)
        ),
        read=read_completion_chat,
        spell=spell_completion_chat,
    ),
)
