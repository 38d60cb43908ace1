"""A conversation as one text that a model rewrites passage by passage, and back again.

    <user1>
    Why is the sea salty?
    </user1>

    <assistant2>
    Rivers carry salt into it.
    </assistant2>

A passage's name is its role and the number of its message; thoughts come before the answer that follows from them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from generation.core_components.conversations.thoughts import THOUGHTS
from generation_functions.errors import ParseError

Message: TypeAlias = Mapping[str, Any]
Passages: TypeAlias = dict[str, str]

WRITTEN_BY_PEOPLE = ("system", "user", "assistant")
_PASSAGE = re.compile(r"<(?P<name>(?:system|user|thoughts|assistant)\d+)>(?P<text>.*?)</(?P=name)>", re.DOTALL)
_FORGED = re.compile(r"<(/?(?:system|user|thoughts|assistant)\d+)>")


def passages_of(messages: Sequence[Message]) -> Passages:
    """Every text that can be rewritten, by the name of its passage. What a tool said, and calls to it, are none."""
    found: Passages = {}
    for number, message in enumerate(messages, start=1):
        if message["role"] in WRITTEN_BY_PEOPLE:
            texts = {f"thoughts{number}": message.get(THOUGHTS), f"{message['role']}{number}": message["content"]}
            found.update({name: text for name, text in texts.items() if text})
    return found


def transcript(passages: Mapping[str, str]) -> str:
    """The passages as one text, in their order. What looks like a passage inside one is made to look like none."""
    told = {name: _FORGED.sub(r"‹\1›", text) for name, text in passages.items()}
    return "\n\n".join(f"<{name}>\n{text}\n</{name}>" for name, text in told.items())


def read_transcript(completion: str) -> Passages:
    """The passages of a text. Raises `ParseError` for none, an empty one, and one that comes twice."""
    found: Passages = {}
    for match in _PASSAGE.finditer(completion):
        name, text = match["name"], match["text"].strip()
        if not text:
            raise ParseError(f"<{name}> is empty.")
        if name in found:
            raise ParseError(f"<{name}> is there twice.")
        found[name] = text
    if not found:
        raise ParseError("Expected passages such as <user1>…</user1> and <assistant2>…</assistant2>, found none.")
    return found


def other_passages(found: Mapping[str, str], wanted: Mapping[str, str]) -> str | None:
    """What is wrong with the passages of a rewriting: one that is missing, one that nobody asked for, another order."""
    missing = [name for name in wanted if name not in found]
    added = [name for name in found if name not in wanted]
    if missing or added:
        told = [f"<{name}> is missing" for name in missing] + [f"<{name}> was not there before" for name in added]
        return f"{'; '.join(told)}. Write every passage once, and no other."
    return None if list(found) == list(wanted) else "The passages are in another order than they were."


def with_passages(messages: Sequence[Message], passages: Mapping[str, str]) -> list[dict[str, Any]]:
    """The messages with these texts in place of their own; a passage that is not named stays as it is."""
    return [_rewritten(message, number, passages) for number, message in enumerate(messages, start=1)]


def _rewritten(message: Message, number: int, passages: Mapping[str, str]) -> dict[str, Any]:
    found = {**message, "content": passages.get(f"{message['role']}{number}", message["content"])}
    thoughts = passages.get(f"thoughts{number}", message.get(THOUGHTS))
    return {**found, THOUGHTS: thoughts} if thoughts else found
