"""The system prompt of a finished conversation: drawn from several by the conversation's content, sometimes none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from generation.core_components.languages import language_of
from generation_functions.rows import content_key

WITHOUT_SYSTEM_PROMPT = 0.25
"""The share of conversations that have no system prompt, so that a trained model does not depend on one."""


def drawn_system(
    turns: Sequence[Mapping[str, Any]],
    prompts: Mapping[str, Sequence[str]],
    *,
    without: float = WITHOUT_SYSTEM_PROMPT,
) -> list[dict[str, str]]:
    """A system message before these turns, or none.

    prompts  by language; English where the conversation's own has none

    Drawn by the content of the conversation, so equal conversations are equal everywhere and every time.
    """
    draw = Random(content_key("system prompt", [dict(turn) for turn in turns]))
    if draw.random() < without:
        return []
    language = language_of(" ".join(str(turn["content"]) for turn in turns))
    return [{"role": "system", "content": draw.choice(prompts.get(language, prompts["en"]))}]
