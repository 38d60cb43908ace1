"""The prompt file of Augmentoolkit 3 that this pipeline takes in place of its own, and how its answers are read.

There, one answer is thought for at a time, here all answers of a conversation at once: its file is asked once for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from generation.core_components.conversations import system_of
from generation.core_components.conversations.passages import read_transcript
from generation.core_pipelines.rephrase_dataset.lacking import hardly_thought, wanted_thoughts
from generation_functions import PipelineStep, Row
from generation_functions.errors import ParseError
from generation_functions.parsing import tag
from generation_functions.stand_ins import StandIn, recast
from generation_functions.steps.asking import Calls
from generation_functions.steps.outcome import Outcome

_SPEAKERS = {"user": "HUMAN", "assistant": "GPT"}


def thought(completion: str) -> str:
    """The thoughts between their tags, or the one passage of thoughts, or all that was said. Raises `ParseError`."""
    for parse in (tag("thought_process"), lambda text: next(iter(read_transcript(text).values()))):
        try:
            return parse(completion)
        except ParseError:
            continue
    if not completion.strip():
        raise ParseError("There is no thought in it.")
    return completion.strip()


def asked_and_answered(messages: Sequence[Mapping[str, Any]], number: int) -> dict[str, str]:
    """What its prompt shows of a conversation before and at the message of this number, an answer."""
    before = [message for message in messages[: number - 1] if message["role"] in _SPEAKERS and message["content"]]
    last = max((place for place, message in enumerate(before) if message["role"] == "user"), default=len(before))
    said = [f"{_SPEAKERS[message['role']]}: {message['content']}" for message in before[:last]]
    return {
        "system_prompt": system_of(messages) or "not present",
        "history": "\n\n".join(said),
        "asked": before[last]["content"] if last < len(before) else "",
        "answered": messages[number - 1]["content"],
    }


@dataclass(frozen=True)
class ThoughtByThought(PipelineStep):
    """Asks for the thoughts of one answer at a time, until every answer that lacks some has them."""

    async def process(self, row: Row, calls: Calls) -> Outcome:
        thoughts: dict[str, str] = {}
        for name in wanted_thoughts(row):
            number = int(name.removeprefix("thoughts"))
            about = calls.knowing({**asked_and_answered(row["messages"], number), "wanted": f"<{name}>"})
            checked = replace(self, validate=lambda text, row, name=name: hardly_thought(name, text, row))
            thoughts[name] = await about.value(checked)
        return Outcome.kept(row, {"thoughts": thoughts})


def thought_by_thought(step: PipelineStep) -> ThoughtByThought:
    """The step as one that asks for each answer by itself."""
    return recast(step, ThoughtByThought, parse=thought)


write_thoughts = (
    StandIn(
        "thought_process_addition",
        {"system": "system_prompt", "conv_history_str": "history", "human": "asked", "gpt": "answered"},
        step=thought_by_thought,
    ),
)
