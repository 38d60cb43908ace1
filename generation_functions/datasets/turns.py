"""Messages as plain turns: checked, and their text taken out, with what a plain turn has no room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeGuard

from generation_functions.datasets.form import Fields, listed
from generation_functions.errors import ConfigError
from generation_functions.rows import Json

Message: TypeAlias = Mapping[str, Json]
Turn: TypeAlias = tuple[str, str]
"""A role and a text."""

LABELS = {"system": "System", "user": "User", "assistant": "Assistant", "tool": "Tool"}
LOST_SYSTEM = "where the system prompt ends"
LOST_TURNS = "where a turn ends and whose it is"


def messages_of(value: Json, where: str = "messages") -> list[Message]:
    """A list of messages, each a mapping with a role. Raises `ConfigError` for anything else, with what was found."""
    if not isinstance(value, list) or not value:
        raise ConfigError(f"`{where}` is no list of messages: {value!r:.80}", hint="check the row's format")
    for number, message in enumerate(value, start=1):
        if not is_mapping(message) or not isinstance(message.get("role"), str):
            raise ConfigError(f"message {number} has no role: {message!r:.80}", hint="give it a `role` and a `content`")
    return value


def are_messages(value: Json) -> bool:
    """Whether a value looks like a list of messages."""
    return isinstance(value, list) and bool(value) and all(is_mapping(m) and "role" in m for m in value)


def is_mapping(value: Json) -> TypeGuard[Mapping[str, Json]]:
    """Whether a value is a mapping. Nearly all are plain dictionaries, which are told sooner."""
    return type(value) is dict or isinstance(value, Mapping)


def turns_of(messages: Sequence[Message]) -> tuple[list[Turn], list[str]]:
    """Roles and texts, and what is lost with the rest. Raises `ConfigError` for an unknown role or no text."""
    turns, lost = [], list[str]()
    for number, message in enumerate(messages, start=1):
        turns.append((known_role(number, message), text_of(number, message, lost)))
        lost += [f"the message field `{name}`" for name in message if name not in ("role", "content")]
    return turns, lost


def known_role(number: int, message: Message) -> str:
    """The role. Raises `ConfigError` for one that other formats have no word for."""
    role = message["role"]
    if role not in LABELS:
        raise ConfigError(f"message {number} has the role {role!r}", hint=f"use one of {listed(LABELS)}")
    return str(role)


def text_of(number: int, message: Message, lost: list[str]) -> str:
    """The text of a message; adds to `lost` what a plain text cannot be. Raises `ConfigError` where there is none."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    if content is None and message.get("tool_calls"):
        return ""
    if isinstance(content, list) and all(isinstance(part, Mapping) for part in content):
        return _text_of_parts(content, lost)
    kind = type(content).__name__
    raise ConfigError(
        f"message {number} ({message['role']}) has no text: its content is {kind}", hint="give it a text as `content`"
    )


def _text_of_parts(parts: Sequence[Message], lost: list[str]) -> str:
    texts = [part["text"] for part in parts if part.get("type") == "text" and isinstance(part.get("text"), str)]
    others = {str(part.get("type")) for part in parts} - {"text"}
    lost += [f"message parts of the kind `{kind}`" for kind in sorted(others)]
    lost += ["that a message's text stands in parts"]
    return "\n\n".join(texts)


def message(role: str, content: Json) -> Fields:
    """One message."""
    return {"role": role, "content": content}


def one_turn(asked: Json, answered: Json) -> list[Fields]:
    """A question and its answer."""
    return [message("user", asked), message("assistant", answered)]


def as_prompt(turns: Sequence[Turn], lost: list[str]) -> str:
    """Turns as one text that an answer follows; adds to `lost` what cannot be told from it any more.

    A single question is itself, below its system prompt; longer conversations have role labels.
    """
    roles = [role for role, _ in turns]
    if roles in (["user"], ["system", "user"]):
        lost += [LOST_SYSTEM] if len(roles) > 1 else []
        return "\n\n".join(text for _, text in turns)
    lost.append(LOST_TURNS)
    return "\n\n".join([*(f"{LABELS[role]}: {text}" for role, text in turns), "Assistant: "])
