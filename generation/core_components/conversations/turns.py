"""The turns of a conversation: checked as they come from a dataset, taken out and put in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from generation.core_components.conversations.thoughts import thoughts_apart
from generation_functions.datasets.conversations import ROLES
from generation_functions.datasets.turns import text_of
from generation_functions.errors import ConfigError

Message: TypeAlias = Mapping[str, Any]

KNOWN_ROLES: Mapping[str, str] = {**ROLES, "developer": "system", "bot": "assistant", "function": "tool"}


def plain_messages(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Messages with the four roles, contents that are texts, and thoughts apart. What else they have stays.

    Raises `ConfigError` for what is no conversation in words, with the message and what is wrong with it.
    """
    plain = [_plain(number, message) for number, message in enumerate(messages, start=1)]
    if not any(message["role"] == "user" for message in plain):
        raise ConfigError("no message is the user's", hint="a conversation has one at least")
    return plain


def _plain(number: int, message: Message) -> dict[str, Any]:
    role = KNOWN_ROLES.get(message["role"])
    if role is None:
        raise ConfigError(f"message {number} has the role {message['role']!r}", hint=f"known: {', '.join(KNOWN_ROLES)}")
    others = list[str]()
    content = text_of(number, message, others)
    strange = [each for each in others if each.startswith("message parts")]
    if strange:
        raise ConfigError(f"message {number} has {strange[0]}", hint="only conversations in words are read")
    rest = {name: value for name, value in message.items() if value is not None and name not in ("role", "content")}
    plain = thoughts_apart({"role": role, "content": content, **rest})
    if not plain["content"].strip() and not plain.get("tool_calls") and role in ("user", "assistant"):
        raise ConfigError(f"message {number} ({role}) is empty", hint="take it out, or write what was said")
    return plain


def answered(row: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether a conversation ends with an answer in words; for `.filter`."""
    last = row["messages"][-1]
    return last["role"] == "assistant" and bool(last["content"]), "does not end with an answer"


def answers(messages: Sequence[Message]) -> list[str]:
    """The texts of the assistant's messages, in order."""
    return [message["content"] or "" for message in messages if message["role"] == "assistant"]


def question_of(messages: Sequence[Message]) -> list[Message]:
    """The messages up to the user's last, which a model is asked with; none where the user asked nothing."""
    last = max((n for n, message in enumerate(messages) if message["role"] == "user"), default=-1)
    return list(messages[: last + 1])


def system_of(messages: Sequence[Message]) -> str:
    """The system prompt; empty where there is none."""
    return str(messages[0]["content"]) if messages and messages[0]["role"] == "system" else ""


def with_system(messages: Sequence[Message], prompt: str) -> list[Message]:
    """The messages with this system prompt in place of their own; with none where it is empty."""
    talk = list(messages[1:] if messages and messages[0]["role"] == "system" else messages)
    return [{"role": "system", "content": prompt}, *talk] if prompt else talk
