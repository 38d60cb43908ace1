"""The steps of `corrections`: a pair, a first answer that goes wrong, a doubt with the right answer, and a check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generation.core_components.source_references import speaks_of_its_source
from generation.core_components.titles import with_title
from generation.core_pipelines.corrections import offline_rules, stand_ins
from generation.core_pipelines.corrections.flaws import NONE
from generation_functions import DepthFirst, MajorityVoteStep, Model, OneToManyStep, PipelineStep, Row
from generation_functions.parsing import question_answer_pairs, tag, tags, verdict
from generation_functions.steps.asking import Doing

_NOTHING = re.compile(r"^[\W_]*no questions[\W_]*$", re.IGNORECASE | re.MULTILINE)


def pairs_or_none(completion: str) -> list[dict[str, str]]:
    """The pairs of a completion; none where it says that there is nothing to ask. Raises `ParseError`."""
    return [] if _NOTHING.search(completion) else question_answer_pairs(completion)


def leaning(pairs: list[dict[str, str]], row: Mapping[str, Any]) -> str | None:
    """What is wrong with pairs: one that speaks of the text it was made from."""
    found = next((found for pair in pairs for text in pair.values() if (found := speaks_of_its_source(text))), None)
    return None if found is None else f'A pair says "{found}". Its reader has no text in front of them.'


def not_flawed(first: str, row: Mapping[str, Any]) -> str | None:
    """What is wrong with a flawed answer: it is the right one."""
    same = _words(first) == _words(row["answer"])
    return "This is the right answer, word for word. It must have the flaw that was asked for." if same else None


def no_correction(value: Mapping[str, str], row: Mapping[str, Any]) -> str | None:
    """What is wrong with a doubt and its answer: the first answer once more, or talk of the text."""
    if row["flaw"] != NONE and _words(value["correction"]) == _words(row["first"]):
        return "The last answer only repeats the first."
    found = next((found for text in value.values() if (found := speaks_of_its_source(text))), None)
    return None if found is None else f'It says "{found}". Nobody in the conversation has a text in front of them.'


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


ask = OneToManyStep(
    "ask",
    parse=pairs_or_none,
    validate=leaning,
    empty="nothing in it to ask about",
    prepare=with_title,
    offline=offline_rules.ask,
    stand_ins=stand_ins.ask,
    sampling={"temperature": 0.7, "max_tokens": 2400},
    show_failure=True,
)

spoil = PipelineStep(
    "spoil",
    parse=tag("flawed"),
    validate=not_flawed,
    into="first",
    offline=offline_rules.spoil,
    sampling={"temperature": 0.9, "max_tokens": 1200},
    show_failure=True,
)

correct = PipelineStep(
    "correct",
    parse=tags("doubt", "thoughts", "correction"),
    validate=no_correction,
    offline=offline_rules.correct,
    known="correction",
    sampling={"temperature": 0.7, "max_tokens": 2000},
    show_failure=True,
)

check = MajorityVoteStep(
    "check",
    parse=verdict(yes="sound", no="unsound"),
    reason="the first answer has not the flaw it should have, or the last is not right",
    offline=offline_rules.check,
    sampling={"temperature": 0.3, "max_tokens": 800},
)


async def _answer_first(row: Row, do: Doing, *, model: Model, language: str) -> list[Row]:
    """The first answer: a flawed one, or the right one where that is to be doubted."""
    if "first" in row:
        return [row]
    if row["flaw"] == NONE:
        return [row.adding({"first": row["answer"]})]
    return await do(spoil, row, model=model, language=language)


answer_first = DepthFirst("answer_first", _answer_first)
