"""The prompt files of Augmentoolkit 3 that this pipeline takes in place of its own, and how their answers are read.

There, one prompt writes questions with their answers, one for searches that found the chunk and one for those that did
not. Both files are needed. The search is then for the chunk's own text, since its questions are not there yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generation.core_components.answers_elsewhere import starred_pairs, thoughts_and_answer
from generation_functions import OneToManyStep, PipelineStep, Row
from generation_functions.errors import ParseError
from generation_functions.stand_ins import StandIn, recast
from generation_functions.steps.asking import Calls
from generation_functions.steps.outcome import Outcome

_FOUND, _MISSED = "rag_success_conversation", "rag_failed_conversation"
_NAMES = {"text": "text", "metadata": "source", "stringified_retrieved_chunks": "retrieved"}


def answered_questions(completion: str) -> dict[str, Any]:
    """The last pair as `question`, `thoughts` and `answer`, and those `before` it. Raises `ParseError`."""
    pairs = [{**pair, **thoughts_and_answer(pair["answer"])} for pair in starred_pairs(completion)]
    if any("Ground Truth" in pair["answer"] for pair in pairs):
        raise ParseError('An answer speaks of the "Ground Truth", which nobody in the conversation has seen.')
    return {**pairs[-1], "before": pairs[:-1]}


def with_retrieved(row: Mapping[str, Any]) -> dict[str, str]:
    """The passages as there a prompt shows them; none before the search."""
    shown = (
        f"Chunk {n}\nSource: {each['source']}\n---\n{each['text']}\n---"
        for n, each in enumerate(row.get("passages", ()))
    )
    return {"retrieved": "\n\n".join(shown)}


def _is_offline(calls: Calls) -> bool:
    return calls.asking.the_model().spec.provider == "offline"


@dataclass(frozen=True)
class SearchForItself(OneToManyStep):
    """Asks nothing: what is searched for is the chunk. The offline writer asks as ever."""

    async def process(self, row: Row, calls: Calls) -> Outcome:
        if _is_offline(calls):
            return await super().process(row, calls)
        return Outcome.many(row, self.name, [{"question": row["text"]}])


@dataclass(frozen=True)
class AskAndAnswer(PipelineStep):
    """Asks and answers at once, by the file for what the search came to; what it missed is answered from memory."""

    async def process(self, row: Row, calls: Calls) -> Outcome:
        if row["search"] == "found" or _is_offline(calls):
            return await super().process(row, calls)
        value = await calls.value(self, prompt=calls.filled(self, _MISSED))
        return Outcome.kept(row, {**value, "search": "from_memory", "known": row["text"]})


def _search_for_itself(step: OneToManyStep) -> SearchForItself:
    return recast(step, SearchForItself)


def _ask_and_answer(step: PipelineStep) -> AskAndAnswer:
    return recast(step, AskAndAnswer, validate=None)


ask = (
    StandIn(_FOUND, _NAMES, prepare=with_retrieved, step=_search_for_itself, beside=(_MISSED,)),
    StandIn("filter", unused="no step sorts chunks out beforehand"),
)
answer = (
    StandIn(_FOUND, _NAMES, answered_questions, prepare=with_retrieved, step=_ask_and_answer, beside=(_MISSED,)),
    StandIn(_MISSED, _NAMES, prompt=_MISSED, beside=(_FOUND,)),
)
