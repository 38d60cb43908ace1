"""Which answers of a conversation lack thoughts, and what keeps a text from being the thoughts before an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generation.core_components.conversations.thoughts import THOUGHTS

SHARED_WORDS = 8
FEWEST_WORDS = 6

_ABOUT_THE_ANSWER = re.compile(
    r"\b(?:the (?:given|provided|existing|final) (?:answer|response|reply)"
    r"|(?:the|my) (?:answer|response|reply) (?:says|states|given|above)"
    r"|as (?:given|stated) (?:in the answer|above)|die (?:vorgegebene|gegebene) Antwort)\b",
    re.IGNORECASE,
)


def wanted_thoughts(row: Mapping[str, Any]) -> list[str]:
    """The names of the passages of thoughts that a conversation lacks: one for each answer in words without any."""
    numbered = enumerate(row["messages"], start=1)
    return [
        f"thoughts{n}" for n, m in numbered if m["role"] == "assistant" and m["content"] and not m.get(THOUGHTS)
    ]  # fmt: skip


def hardly_thought(name: str, text: str, row: Mapping[str, Any]) -> str | None:
    """What is wrong with the thoughts of one passage: they speak of the answer, recite it, or are hardly any."""
    told = _ABOUT_THE_ANSWER.search(text)
    if told is not None:
        return f'<{name}> speaks of an answer that is not there yet: "{told.group()}".'
    answer = words(row["messages"][int(name.removeprefix("thoughts")) - 1]["content"])
    if len(answer.split()) > SHARED_WORDS and answer in words(text):
        return f"<{name}> recites the answer. Think towards it."
    spaced = len(text.split()) > 1 or text.isascii()  # some scripts write no spaces
    return f"<{name}> is too short to be a thought." if spaced and len(text.split()) < FEWEST_WORDS else None


def words(text: str) -> str:
    """The words of a text, one blank between them, whatever their case."""
    return " ".join(re.findall(r"\w+", text.casefold()))
