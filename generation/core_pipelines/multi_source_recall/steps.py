"""The steps of `multi_source_recall`: questions over several passages, answers that think first, and their check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generation.core_components.questions import only_the_question
from generation.core_components.retrieval import shown
from generation.core_components.source_references import (
    leans_on_its_source,
    named_in,
    names_no_source,
    sources_of,
    speaks_of_its_source,
)
from generation.core_components.titles import with_title
from generation.core_pipelines.multi_source_recall import offline_rules, stand_ins
from generation.core_pipelines.multi_source_recall.ways import TOLD, WAYS, Way, drawn
from generation_functions import DepthFirst, MajorityVoteStep, Model, PipelineStep, Row, VariationStep
from generation_functions.parsing import labelled, tags, verdict
from generation_functions.steps.asking import Doing

_NOTHING = re.compile(r"^[\W_]*no question[\W_]*$", re.IGNORECASE | re.MULTILINE)
_asked = labelled("First question", "First answer", "Question", many=False, optional=("First question", "First answer"))
NEEDS_SEVERAL = ("open", "comparison")


def question_or_none(completion: str) -> dict[str, Any]:
    """`question`, and for a follow-up `before`, the pair it follows; an empty question where there is none to ask.

    Raises `ParseError`.
    """
    if _NOTHING.search(completion):
        return {"question": "", "before": []}
    found = dict(_asked(completion))
    first, answer = found.get("first_question"), found.get("first_answer")
    before = [{"question": first, "answer": answer}] if first and answer else []
    return {"question": only_the_question(found["question"]), "before": before}


def unaskable(value: Mapping[str, Any], row: Mapping[str, Any]) -> str | None:
    """What is wrong with a question: it speaks of the passages, or follows nothing where it should."""
    asked = [value["question"], *(pair["question"] for pair in value["before"])]
    sources = sources_of(row["passages"])
    told = [leans_on_its_source(text, sources) for text in asked]
    told += [speaks_of_its_source(pair["answer"]) for pair in value["before"]]
    found = next(filter(None, told), None)
    if found is not None:
        return f'It says "{found}". The reader has no passages in front of them.'
    if value["question"] and row["way"] == "follow_up" and not value["before"]:
        return 'A follow-up needs its "First question:" and "First answer:".'
    return None


def cites_badly(value: Mapping[str, str], row: Mapping[str, Any]) -> str | None:
    """What is wrong with an answer's sources: passages that nobody sees, none named, one where several are needed."""
    seen = next(filter(None, map(speaks_of_its_source, value.values())), None)
    if seen is not None:
        return f'It says "{seen}". You recall what you know; there are no passages in the conversation.'
    sources = sources_of(row["passages"])
    if row["way"] == "hallucination":
        return None
    if (uncited := names_no_source(value["answer"], sources)) is not None:
        return uncited
    cited = named_in(value["answer"], sources)
    if row["way"] in NEEDS_SEVERAL and len(sources) > 1 and len(cited) < 2:
        return f"The answer names only {cited[0]}, and this question needs several sources."
    return None


def with_passages(row: Mapping[str, Any]) -> dict[str, str]:
    """`passages` as a prompt shows them."""
    return {"passages": shown(row["passages"])}


def with_question(row: Mapping[str, Any]) -> dict[str, str]:
    """`passages`, `told` of the question's way, and `dialogue`, what was said up to the question."""
    said = [line for pair in row["before"] for line in (f"User: {pair['question']}", f"Assistant: {pair['answer']}")]
    return {**with_passages(row), "told": TOLD[row["way"]], "dialogue": "\n".join([*said, f"User: {row['question']}"])}


ask = VariationStep(
    "ask",
    variations=tuple(f"ask/{way}" for way in WAYS),
    into=None,
    label="way",
    parse=question_or_none,
    validate=unaskable,
    prepare=with_passages,
    offline=offline_rules.ask,
    stand_ins=stand_ins.ask,
    sampling={"temperature": 0.8, "max_tokens": 1200},
    show_failure=True,
)

answer = PipelineStep(
    "answer",
    parse=tags("thoughts", "answer"),
    validate=cites_badly,
    prepare=with_question,
    offline=offline_rules.answer,
    known="answer",
    sampling={"temperature": 0.6, "max_tokens": 3000},
    show_failure=True,
)

check_answer = MajorityVoteStep(
    "check_answer",
    parse=verdict(yes="grounded", no="ungrounded"),
    reason="the answer is not grounded in the passages",
    prepare=with_question,
    offline=offline_rules.check_answer,
    stand_ins=stand_ins.check_answer,
    sampling={"temperature": 0.3, "max_tokens": 800},
)


async def _ask_in_ways(
    row: Row, do: Doing, *, model: Model, language: str, ways: Mapping[Way, float], questions: int, seed: int
) -> list[Row]:
    """A question in each way that the chunk draws, about it and what belongs to it."""
    own = {"text": row["text"], "source": row.get("source", ""), **with_title(row)}
    prompts = tuple(f"ask/{way}" for way in drawn(ways, questions, seed, row.key))
    about = row.adding({"passages": [own, *row["related"]]})
    return await do(ask, about, model=model, language=language, variations=prompts, count=len(prompts))


def asks_something(row: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether there was a question to ask in the way that was drawn."""
    return bool(row["question"]), "nothing to ask about it in the way it drew"


ask_in_ways = DepthFirst("ask_in_ways", _ask_in_ways)
