"""The steps of `factual_qa`: what each asks, how its answer is read, and what makes an answer unusable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generation.core_components.source_references import speaks_of_its_source
from generation.core_components.titles import with_title
from generation.core_pipelines.factual_qa import offline_rules, stand_ins
from generation_functions import MajorityVoteStep, OneToManyStep, PipelineStep
from generation_functions.parsing import choice, question_answer_pairs, verdict

JUDGING = {"temperature": 0.3, "max_tokens": 600}
WRITING = {"temperature": 0.7, "max_tokens": 2400}

_NOTHING_TO_ASK = re.compile(r"^[\W_]*no questions[\W_]*$", re.IGNORECASE | re.MULTILINE)
_judgement = choice("pass", "reword", "fail")
_VERDICT = re.compile(r"^\W*verdict\b.*$", re.IGNORECASE | re.MULTILINE)


def pairs_or_none(completion: str) -> list[dict[str, str]]:
    """The pairs of a completion; none where it says that there is nothing to ask. Raises `ParseError`."""
    return [] if _NOTHING_TO_ASK.search(completion) else question_answer_pairs(completion)


def no_repetition(pairs: list[dict[str, str]], row: Mapping[str, Any]) -> str | None:
    """What is wrong with a list of pairs: a question asked twice, or one that is its own answer."""
    questions = [" ".join(pair["question"].casefold().split()) for pair in pairs]
    twice = next((question for question in questions if questions.count(question) > 1), None)
    if twice is not None:
        return f"The question {twice!r} was asked twice."
    echo = next((pair for pair in pairs if pair["question"] == pair["answer"]), None)
    return None if echo is None else f"The answer to {echo['question']!r} only repeats the question."


def mended_pair(completion: str) -> dict[str, str]:
    """`{"repair": "pass" | "reword" | "fail"}`, for `reword` with the new question and answer. Raises `ParseError`."""
    judgement = _judgement(completion)
    if judgement != "reword":
        return {"repair": judgement}
    return {"repair": judgement, **question_answer_pairs(_VERDICT.sub("", completion))[-1]}


def still_speaks_of_source(value: Mapping[str, str], row: Mapping[str, Any]) -> str | None:
    """What is wrong with a reworded pair: a reference to the source that is still there."""
    for part in ("question", "answer"):
        found = speaks_of_its_source(value.get(part, ""))
        if found is not None:
            return f'The {part} still says "{found}", which a reader without the text cannot follow.'
    return None


def beyond_repair(value: Mapping[str, str], row: Mapping[str, Any]) -> str | None:
    """The reason to drop a pair that makes no sense without its source."""
    return "makes no sense without its source" if value["repair"] == "fail" else None


keep_suitable = MajorityVoteStep(
    "keep_suitable",
    parse=verdict(yes="suitable", no="unsuitable"),
    votes=1,
    reason="unsuitable: no running prose with facts",
    prepare=with_title,
    offline=offline_rules.keep_suitable,
    stand_ins=stand_ins.keep_suitable,
    sampling=JUDGING,
)

ask_questions = OneToManyStep(
    "ask_questions",
    parse=pairs_or_none,
    validate=no_repetition,
    empty="nothing in it to ask about",
    prepare=with_title,
    offline=offline_rules.ask_questions,
    stand_ins=stand_ins.ask_questions,
    sampling=WRITING,
    show_failure=True,
)

check_question = MajorityVoteStep(
    "check_question",
    parse=verdict(yes="answerable", no="unanswerable"),
    reason="the question cannot be answered from the text",
    offline=offline_rules.check_question,
    stand_ins=stand_ins.check_question,
    sampling=JUDGING,
)

check_relevance = MajorityVoteStep(
    "check_relevance",
    parse=verdict(yes="relevant", no="irrelevant"),
    reason="the answer does not answer the question",
    offline=offline_rules.check_relevance,
    stand_ins=stand_ins.check_relevance,
    sampling=JUDGING,
)

check_answer = MajorityVoteStep(
    "check_answer",
    parse=verdict(yes="accurate", no="inaccurate"),
    reason="the answer is not supported by the text",
    offline=offline_rules.check_answer,
    stand_ins=stand_ins.check_answer,
    sampling=JUDGING,
)

repair = PipelineStep(
    "repair",
    parse=mended_pair,
    validate=still_speaks_of_source,
    drop_if=beyond_repair,
    offline=offline_rules.repair,
    stand_ins=stand_ins.repair,
    sampling={"temperature": 0.2, "max_tokens": 1200},
    show_failure=True,
)
