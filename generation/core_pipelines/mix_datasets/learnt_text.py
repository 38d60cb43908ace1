"""What of a row is trained on, whose language is the row's: the assistant's turns, the chosen answer, the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from generation_functions.datasets import Format
from generation_functions.models.thoughts import split_thoughts

Fields = Mapping[str, Any]


def learnt_text(row: Fields, form: Format) -> str:
    """What a model learns to write from a row of this format, thoughts aside: many think in English, whatever they
    answer in. Raises `ConfigError` for a row that does not fit."""
    return "\n\n".join(_parts(form.read(row), form.family))


def _parts(fields: Fields, family: str) -> Iterable[str]:
    if family == "preference":
        return _said(fields["chosen"])
    if family == "labelled":
        return _said(fields["completion"])
    if family == "segments":
        return (segment["text"] for segment in fields["segments"] if segment["label"])
    if family == "tree":
        return _replies(fields["prompt"])
    return _said(fields["messages"]) if "messages" in fields else [fields["text"]]


def _said(messages: Sequence[Fields]) -> Iterator[str]:
    for message in messages:
        only_read = message.get("train") is False or message.get("weight") == 0
        if message["role"] == "assistant" and isinstance(message.get("content"), str) and not only_read:
            yield split_thoughts(message["content"])[0]


def _replies(node: Fields) -> Iterator[str]:
    if node["role"] == "assistant":
        yield node["text"]
    for reply in node.get("replies") or ():
        yield from _replies(reply)
