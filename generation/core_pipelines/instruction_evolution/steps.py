"""The steps of `instruction_evolution`: what each asks, how its answer is read, and what makes an answer unusable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generation.core_pipelines.instruction_evolution import offline_rules
from generation_functions import MajorityVoteStep, PipelineStep, ScoreStep
from generation_functions.duplicates import shingles, similarity
from generation_functions.parsing import rating, tag, text, verdict

HARDLY_CHANGED = 0.92
HARDLY_NEW = 0.5
LONGEST = 4000
LONGEST_REFUSAL = 60
_MADE = re.compile(
    r"\b(?:given|original|rewritten|changed|evolved) (?:task|prompt|instruction)s?\b"
    r"|^\W*(?:task|prompt|instruction)\W*:",
    re.IGNORECASE | re.MULTILINE,
)
_DECLINES = re.compile(
    r"(?:i['’]?m (?:very )?sorry,? (?:but )?|i am (?:very )?sorry,? (?:but )?|sorry,? (?:but )?|unfortunately,? )?"
    r"(?:as an ai\b.{0,40} )?(?:i can['’]?t|i cannot|i can not|i won['’]?t|i(?: a|['’])m (?:not able|unable) to)"
    r" (?:help|assist|comply|fulfil|answer|provide|do that|discuss|continue)",
    re.IGNORECASE,
)


def hardly_changed(task: str, row: Mapping[str, Any]) -> str | None:
    """What is wrong with a changed task: it says the same as before, speaks of that, or is too long for one answer."""
    alike = similarity(shingles(task), shingles(row["before"]))
    if alike >= HARDLY_CHANGED or task.split() == row["before"].split():
        return "The new task says the same as the one before."
    if row["change"] == "broader" and alike >= HARDLY_NEW:
        return "The new task is to be about another matter, and says nearly the same as the one before."
    made = _MADE.search(task)
    if made is not None and _MADE.search(row["before"]) is None:
        return f'The new task says "{made.group().strip()}". Who asks it knows of none before it.'
    return f"The new task has {len(task)} characters; write at most {LONGEST}." if len(task) > LONGEST else None


def declined(answer: str, row: Mapping[str, Any]) -> str | None:
    """What is wrong with an answer: it only says that the task will not be done."""
    refused = _DECLINES.match(answer) and len(answer.split()) <= LONGEST_REFUSAL
    return "The answer declines the task. Do it, as far as it can be done." if refused else None


evolve = PipelineStep(
    "evolve",
    parse=tag("task"),
    into="task",
    validate=hardly_changed,
    show_failure=True,
    offline=offline_rules.evolve,
    sampling={"temperature": 0.9, "max_tokens": 1600},
)

check_task = MajorityVoteStep(
    "check_task",
    parse=verdict(yes="good", no="bad"),
    votes=1,
    reason="no better task than the one before",
    offline=offline_rules.check_task,
    sampling={"temperature": 0.3, "max_tokens": 500},
)

answer = PipelineStep(
    "answer",
    parse=text,
    into="answer",
    validate=declined,
    show_failure=True,
    offline=offline_rules.answer,
    sampling={"temperature": 0.6, "max_tokens": 3000},
)

score_answer = ScoreStep(
    "score_answer",
    parse=rating(1, 10),
    into="score",
    offline=offline_rules.score_answer,
    sampling={"temperature": 0.2, "max_tokens": 600},
)
