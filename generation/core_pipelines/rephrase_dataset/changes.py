"""What `rephrase_dataset` does with a conversation: takes parts out, draws a style, puts back what was rewritten."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from random import Random
from typing import Any, Literal, TypeAlias

from generation.core_components.conversations import ThoughtsAs, system_of, with_system, without_thoughts
from generation.core_components.conversations.passages import passages_of, transcript, with_passages
from generation.core_components.conversations.protection import protected, restored
from generation.core_components.conversations.thoughts import written
from generation.core_pipelines.rephrase_dataset.lacking import wanted_thoughts
from generation.core_pipelines.rephrase_dataset.steps import thinking, write_system, write_thoughts
from generation_functions import DepthFirst, Model, Row
from generation_functions.languages import detect_language
from generation_functions.languages.names import language_code
from generation_functions.rows import content_key

Change: TypeAlias = Literal["keep", "add", "replace", "drop"]
"""keep: as it is · add: where there is none · replace: a new one for each · drop: none"""

Doing: TypeAlias = Callable[..., Awaitable[list[Row]]]
AS_IT_IS = "as it is"


def writes(change: Change) -> bool:
    """Whether a model has something to write."""
    return change in ("add", "replace")


def taken_out(row: Row, *, system: Change, thoughts: Change) -> dict[str, Any]:
    """The conversation without what is to go, or to be written anew."""
    messages = row["messages"]
    messages = with_system(messages, "") if system in ("drop", "replace") else messages
    return {"messages": without_thoughts(messages) if thoughts in ("drop", "replace") else messages}


def opened(row: Row, *, styles: Sequence[str], language: str, seed: int) -> dict[str, Any]:
    """The conversation as a text to rewrite, with marks for what is protected, and a style drawn by its content."""
    passages, pieces = protected(passages_of(row["messages"]))
    style = Random(content_key(seed, "style", row.key)).choice(styles) if styles else AS_IT_IS
    return {
        "passages": passages, "pieces": pieces, "transcript": transcript(passages), "style": style,
        "code": language_code(language),
    }  # fmt: skip


def closed(row: Row) -> dict[str, Any]:
    """The conversation with its rewritten passages, protected pieces back in their places."""
    passages = restored(row["rewritten"], row["pieces"])
    told = {} if row["style"] == AS_IT_IS else {"style": row["style"]}
    language = detect_language("\n".join(text for name, text in passages.items() if not name.startswith("system")))
    return {
        "messages": with_passages(row["messages"], passages), "language": language,
        "metadata": {**row["metadata"], **told},
    }  # fmt: skip


async def _system_added(row: Row, do: Doing, *, model: Model, language: str) -> Mapping[str, Any] | None:
    if system_of(row["messages"]):
        return {}
    for made in await do(write_system, row, model=model, language=language):
        return {"messages": with_system(row["messages"], made["system"])}
    return None


async def _thoughts_added(row: Row, do: Doing, *, model: Model, language: str) -> Mapping[str, Any] | None:
    if not wanted_thoughts(row):
        return {}
    for made in await do(write_thoughts, row, model=model, language=language):
        return {"messages": thinking(row, made["thoughts"])}
    return None


add_system = DepthFirst("add_system", _system_added)
add_thoughts = DepthFirst("add_thoughts", _thoughts_added)


def as_conversation(row: Row, *, thoughts_as: ThoughtsAs) -> dict[str, Any]:
    """A row of the dataset."""
    return {"messages": written(row["messages"], thoughts_as)}
