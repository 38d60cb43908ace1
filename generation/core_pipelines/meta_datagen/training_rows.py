"""An exchange with a model as a conversation to train on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generation.core_pipelines.meta_datagen.winners import Exchange
from generation_functions.parsing.surroundings import one_turn

Message = dict[str, Any]


def conversation(question: Exchange, answer: Exchange, *, examples: bool, thoughts: bool) -> list[Message]:
    """The messages that were asked, without a remark on a failed try, and the answer that won.

    examples  whether the prompt's few-shot turns stay; they are read, and not trained on (`weight: 0`)
    thoughts  whether what the model thought stands before its answer, in `<think>`
    """
    prompt = question["prompt"]
    if isinstance(prompt, str):
        prompt = [{"role": "user", "content": prompt}]
    asked = prompt if examples else without_examples(prompt)
    return [*map(_only_read, asked), {"role": "assistant", "content": _said(answer, thoughts)}]


def without_examples(prompt: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The system prompt and the last message: a trained model needs no example."""
    return [message for message in prompt[:-1] if message["role"] == "system"] + [prompt[-1]]


def _only_read(message: Mapping[str, Any]) -> Message:
    return {**message, "weight": 0} if message["role"] == "assistant" else dict(message)


def _said(answer: Exchange, thoughts: bool) -> str:
    said = one_turn(answer["text"])
    thought = answer["thoughts"].strip() if thoughts else ""
    return f"<think>\n{thought}\n</think>\n\n{said}" if thought else said
