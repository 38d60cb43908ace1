"""What is written of a conversation: OpenAI's messages with the tools that were offered."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from generation.core_pipelines.tool_use.scenarios import ANYTHING
from generation_functions.rows import content_key

WITHOUT_SYSTEM_PROMPT = 0.5
"""The share of conversations without a system prompt, so that a trained model uses tools whatever it is told."""

SYSTEM_PROMPTS = (
    "You are a helpful assistant with tools. Call one when it helps, and never make up what it would have said.",
    "Use the tools you are given where they fit. If something they need is missing, ask for it.",
    "You help people get things done. You may call tools; report plainly what they give back, failures included.",
    "Answer from what the user and the tools tell you. Where no tool can do what is asked, say so.",
)


def as_conversation(row: Mapping[str, Any]) -> dict[str, Any]:
    """`{"messages": [...], "tools": [...]}`; the system prompt is drawn by the conversation's own content."""
    return {"messages": [*_system(row), *row["messages"]], "tools": row["tools"]}


def _system(row: Mapping[str, Any]) -> list[dict[str, str]]:
    draw = Random(content_key("system prompt", row["messages"]))
    if draw.random() < WITHOUT_SYSTEM_PROMPT:
        return []
    purpose = "" if row["setting"] == ANYTHING else f"You are an assistant that {row['setting'].rstrip('.')}.\n\n"
    return [{"role": "system", "content": f"{purpose}{draw.choice(SYSTEM_PROMPTS)}"}]
