"""Thoughts of an assistant's message: kept apart from its content while work is done, and written as trainers want."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from generation_functions.models.thoughts import split_thoughts

Message: TypeAlias = Mapping[str, Any]
ThoughtsAs: TypeAlias = Literal["tags", "field"]
"""How thoughts are written: as `<think>…</think>` before the content, or in the field `reasoning_content`."""

THOUGHTS = "reasoning_content"
OTHER_NAMES = ("reasoning", "thinking", "thoughts")
"""Fields by which datasets from elsewhere call thoughts."""


def thoughts_apart(message: Message) -> dict[str, Any]:
    """The message with its thoughts in `reasoning_content`, wherever they stood; only an assistant's has any."""
    found = dict(message)
    if found.get("role") != "assistant":
        return found
    told = [found.pop(name) for name in (THOUGHTS, *OTHER_NAMES) if isinstance(found.get(name), str)]
    if isinstance(found.get("content"), str):
        found["content"], inside = split_thoughts(found["content"])
        told.append(inside)
    return _thinking(found, next((each.strip() for each in told if each.strip()), ""))


def with_thoughts(messages: Sequence[Message], thoughts: Sequence[str]) -> list[dict[str, Any]]:
    """The messages with these thoughts, one for each of the assistant's messages; an empty one leaves it without."""
    left = iter(thoughts)
    return [_thinking(dict(m), next(left, "")) if m["role"] == "assistant" else dict(m) for m in messages]


def without_thoughts(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """The messages with no thoughts."""
    return with_thoughts(messages, ())


def written(messages: Sequence[Message], thoughts_as: ThoughtsAs) -> list[dict[str, Any]]:
    """The messages as they go into a dataset."""
    return [dict(m) for m in messages] if thoughts_as == "field" else [_in_tags(m) for m in messages]


def _thinking(message: dict[str, Any], thoughts: str) -> dict[str, Any]:
    rest = {name: value for name, value in message.items() if name not in ("role", "content", THOUGHTS)}
    own = {THOUGHTS: thoughts} if thoughts else {}
    return {"role": message["role"], "content": message.get("content"), **own, **rest}


def _in_tags(message: Message) -> dict[str, Any]:
    found = dict(message)
    thoughts = found.pop(THOUGHTS, "")
    if thoughts:
        found["content"] = f"<think>\n{thoughts}\n</think>\n\n{found.get('content') or ''}".rstrip()
    return found
