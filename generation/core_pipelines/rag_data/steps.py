"""The steps of `rag_data`: questions about a chunk, answers from what a search came to, and their check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generation.core_components.questions import only_the_question
from generation.core_components.retrieval import shown
from generation.core_components.source_references import leans_on_its_source, names_no_source, sources_of
from generation.core_components.titles import with_title
from generation.core_pipelines.rag_data import offline_rules, stand_ins
from generation.core_pipelines.rag_data.outcomes import TOLD
from generation_functions import MajorityVoteStep, OneToManyStep, PipelineStep
from generation_functions.parsing import numbered_list, tags, verdict

_NOTHING = re.compile(r"^[\W_]*no questions[\W_]*$", re.IGNORECASE | re.MULTILINE)
_listed = numbered_list()


def questions_or_none(completion: str) -> list[str]:
    """The questions of a numbered list; none where it says that there is nothing to ask. Raises `ParseError`."""
    return [] if _NOTHING.search(completion) else [only_the_question(each) for each in _listed(completion)]


def unaskable(questions: list[str], row: Mapping[str, Any]) -> str | None:
    """What is wrong with a list of questions: one that speaks of its source, or one asked twice."""
    sources = [row["source"]] if row.get("source") else []
    told = next((found for question in questions if (found := leans_on_its_source(question, sources))), None)
    if told is not None:
        return f'A question says "{told}". Who asks has no text in front of them.'
    plain = [" ".join(question.casefold().split()) for question in questions]
    twice = next((question for question in plain if plain.count(question) > 1), None)
    return None if twice is None else f"The question {twice!r} was asked twice."


def cites_badly(value: Mapping[str, str], row: Mapping[str, Any]) -> str | None:
    """What is wrong with an answer's sources: none named where the search found them."""
    return names_no_source(value["answer"], sources_of(row["passages"])) if row["search"] == "found" else None


def with_search(row: Mapping[str, Any]) -> dict[str, str]:
    """`passages` as a prompt shows them, and `told` of the search."""
    return {"passages": shown(row["passages"]), "told": TOLD[row["search"]]}


ask = OneToManyStep(
    "ask",
    parse=questions_or_none,
    validate=unaskable,
    into="question",
    empty="nothing in it to ask about",
    prepare=with_title,
    offline=offline_rules.ask,
    stand_ins=stand_ins.ask,
    sampling={"temperature": 0.8, "max_tokens": 1200},
    show_failure=True,
)

answer = PipelineStep(
    "answer",
    parse=tags("thoughts", "answer"),
    validate=cites_badly,
    prepare=with_search,
    offline=offline_rules.answer,
    stand_ins=stand_ins.answer,
    sampling={"temperature": 0.6, "max_tokens": 2400},
    show_failure=True,
)

check_answer = MajorityVoteStep(
    "check_answer",
    parse=verdict(yes="right", no="wrong"),
    reason="the answer is not what the search allows",
    prepare=with_search,
    offline=offline_rules.check_answer,
    sampling={"temperature": 0.3, "max_tokens": 800},
)
